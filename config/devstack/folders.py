"""Where the servers live: a folder that lasts or one thrown away, each held by one process at a time."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.devstack.errors import FolderInUseError

CLEANER = Path(__file__).with_name("cleaner.py")


@dataclass(frozen=True)
class Folder:
    """A folder under our lock. Whoever inherits `lock` keeps the folder taken until it ends.

    `cleaner` removes `scratch` at the end, and ends what has been `entrusted` to it.
    """

    path: Path
    scratch: Path
    lock: int
    cleaner: "subprocess.Popen[str]"

    def entrust(self, session: int) -> None:
        """Have a session killed that outlives us."""
        if self.cleaner.stdin is None:
            return
        with suppress(BrokenPipeError):  # somebody has killed the cleaner: there is nothing to entrust to
            self.cleaner.stdin.write(f"{session}\n")
            self.cleaner.stdin.flush()

    def announce(self, environment: Mapping[str, str]) -> None:
        """Tell others, through the lock file, who holds the folder and how to reach its servers."""
        os.ftruncate(self.lock, 0)
        os.pwrite(self.lock, json.dumps({"pid": os.getpid(), "environment": dict(environment)}).encode(), 0)


def holder(folder: Path) -> tuple[int, dict[str, str]] | None:
    """Process id and environment that the last holder of the lock announced, if any."""
    try:
        told = json.loads((folder / "lock").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return told["pid"], told["environment"]


@contextmanager
def lasting_folder(path: Path) -> Iterator[Folder]:
    """Hold a folder that keeps its content, with a scratch folder beside it for sockets (their paths must be short).

    Raises:
        FolderInUseError: another live process holds it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _locked(path / "lock")
    with _cleaned_up_at_the_end(path / "lock", lock) as (scratch, cleaner):
        yield Folder(path, scratch, lock, cleaner)


@contextmanager
def throw_away_folder() -> Iterator[Folder]:
    """Hold a new folder that is removed afterwards, even if we are killed."""
    handle, name = tempfile.mkstemp(prefix="matchmaking-lock-")
    os.close(handle)
    lock = _locked(Path(name))
    with _cleaned_up_at_the_end(Path(name), lock, and_the_lock=True) as (scratch, cleaner):
        yield Folder(scratch, scratch, lock, cleaner)


@contextmanager
def _cleaned_up_at_the_end(
    lock_file: Path, lock: int, *, and_the_lock: bool = False
) -> Iterator[tuple[Path, "subprocess.Popen[str]"]]:
    """A scratch folder, and the process that removes it once every holder of `lock` has ended."""
    scratch = Path(tempfile.mkdtemp(prefix="matchmaking-", dir=_short_temporary_folder()))
    doomed = [str(scratch), *([str(lock_file)] if and_the_lock else [])]
    cleaner = subprocess.Popen(
        [sys.executable, "-I", str(CLEANER), str(lock_file), *doomed],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd="/",
    )
    try:
        yield scratch, cleaner
    finally:
        os.close(lock)
        cleaner.communicate()


def _short_temporary_folder() -> str:
    """A temporary folder whose path leaves room for a socket's name in the 107 bytes the kernel allows."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) < 60 else "/tmp"


def _locked(file: Path) -> int:
    """Open and lock a file. Servers of a killed holder are given time to end; a living holder is not waited for."""
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(150):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if (last := holder(file.parent)) and _is_alive(last[0]):
                os.close(lock)
                raise FolderInUseError(f"{file.parent} is already in use by process {last[0]}.") from None
            time.sleep(0.1)
        else:
            return lock
    os.close(lock)
    raise FolderInUseError(f"{file.parent} is still in use by servers of an earlier run.")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
