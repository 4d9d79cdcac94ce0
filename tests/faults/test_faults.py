"""Nothing that was accepted is lost, and nothing told twice under two ids, whatever is killed meanwhile."""

import subprocess
import sys

from tests.stack.processes import PROJECT, clean_environment


def test_every_fault_loses_nothing_and_is_over_within_a_minute() -> None:
    """One round of `make faults`, which starts servers of its own."""
    command = [sys.executable, "-m", "tests.faults"]
    told = subprocess.run(command, cwd=PROJECT, env=clean_environment(), capture_output=True, text=True, timeout=540)

    print(told.stdout)  # noqa: T201
    assert told.returncode == 0, told.stdout + told.stderr
    assert "\n0 rows fall short" in told.stdout
    assert told.stdout.count("receiver: ") == 4
    assert told.stdout.count("mail server: ") == 2
