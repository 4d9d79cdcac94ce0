"""Clean up after a process, even if it is killed. Run as: cleaner.py LOCK_FILE DOOMED...

Standard input is a pipe that only that process holds open, so its end is the process's end. Through it come the ids of
the sessions that the process starts: those that outlive it are killed, then what is doomed is removed.
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

SECONDS_TO_END = 5


def main(lock_file: str, *doomed: str) -> None:
    for wish_to_end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish_to_end, signal.SIG_IGN)
    sessions = [int(line) for line in sys.stdin]
    with Path(lock_file).open("ab") as lock:
        if not _comes_free(lock.fileno()):
            _kill(sessions)
            fcntl.flock(lock, fcntl.LOCK_EX)
        for path in map(Path, doomed):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _comes_free(lock: int) -> bool:
    """Wait a while for the lock, which everything that was started holds until it ends."""
    last_moment = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < last_moment:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def _kill(sessions: list[int]) -> None:
    for session in sessions:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
