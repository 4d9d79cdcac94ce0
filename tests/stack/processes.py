"""Start the product's own commands as a user would, and tell what is left of them afterwards."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
MARK = "MATCHMAKING_TEST_MARK"
OF_THE_SUITE = (
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "MAKELEVEL",
    "SECRET_KEY",
    "EMAIL_URL",
    "SITE_URL",
)


def clean_environment(mark: str = "") -> dict[str, str]:
    """What a user's shell has: nothing of this suite's, but a mark that every descendant inherits."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
    return {**kept, MARK: mark, "PYTHONPATH": str(PROJECT)}


@contextmanager
def started(*arguments: str, mark: str = "", **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A Python command of ours, killed at the end if it is still there."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={**clean_environment(mark), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def finished(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit status and output of a Python command of ours."""
    with started(*arguments, **environment) as process:
        said, _ = process.communicate(timeout=120)
        return process.returncode, said


def lines_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    """Read what the process says up to the line that holds `wanted`."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if wanted in line:
            return lines
    pytest.fail(f"{wanted!r} was never said, but:\n" + "\n".join(lines))


def marked(mark: str) -> list[str]:
    """Command lines of the processes that carry the mark and still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def eventually(holds: Callable[[], bool], *, within_seconds: float = 20) -> bool:
    """Poll a condition of the outside world."""
    last_moment = time.monotonic() + within_seconds
    while not holds():
        if time.monotonic() > last_moment:
            return False
        time.sleep(0.05)
    return True
