"""What running programs use of the machine, each with all that it started."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.devstack.processes import Service

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
Programs = Mapping[str, Service]


def memory_mib(program: Service) -> float:
    """Proportional set size."""
    total = 0
    for process in _family(program):
        try:
            rollup = (process / "smaps_rollup").read_text()
        except OSError:
            continue  # it has ended
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def processor_seconds(program: Service) -> float:
    """Time that was spent so far, also in processes that have ended."""
    ticks = 0
    for process in _family(program):
        try:
            told = (process / "stat").read_text()
        except OSError:
            continue
        ticks += sum(map(int, told.rpartition(")")[2].split()[11:15]))  # utime, stime, and those of ended children
    return ticks / TICKS_PER_SECOND


def processor_seconds_by_name(programs: Programs) -> dict[str, float]:
    """The same of several programs, and of this process as `client`."""
    return {**{name: processor_seconds(each) for name, each in programs.items()}, "client": time.process_time()}


def wait_until_idle(programs: Programs, *, within_seconds: float = 600) -> None:
    """Wait until none of them does anything more: what they read when they start would be taken for work."""
    until = time.monotonic() + within_seconds
    while time.monotonic() < until:
        before = sum(map(processor_seconds, programs.values()))
        time.sleep(5)
        if sum(map(processor_seconds, programs.values())) - before < 0.3:  # what the schedule does every few seconds
            return
    raise RuntimeError("the programs do not come to rest")


def _family(program: Service) -> Iterator[Path]:
    """Folders in /proc of the program and all that it started."""
    assert program.process is not None  # noqa: S101
    waiting = [program.process.pid]
    while waiting:
        process = Path(f"/proc/{waiting.pop()}")
        yield process
        try:
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except OSError:
            continue
