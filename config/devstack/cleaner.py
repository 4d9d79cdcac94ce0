"""Remove throw-away folders once their user has ended, even if it was killed. Run as: cleaner.py LOCK_FILE DOOMED...

Standard input is a pipe that only the user of the folders holds open: its end is the user's end.
"""

import fcntl
import shutil
import signal
import sys
from pathlib import Path


def main(lock_file: str, *doomed: str) -> None:
    for wish_to_end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish_to_end, signal.SIG_IGN)
    sys.stdin.buffer.read()
    with Path(lock_file).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # free once the last server has ended
        for path in map(Path, doomed):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
