"""What tests of the servers share."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_database_left_elsewhere(tmp_path: Path) -> Iterator[None]:
    """Run by root, PostgreSQL keeps its data outside a test's folder, which its user cannot enter."""
    yield
    for link in tmp_path.rglob("postgres"):
        if link.is_symlink():
            with link.with_name("lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # free once the last server of a killed command has ended
            shutil.rmtree(link.resolve())
