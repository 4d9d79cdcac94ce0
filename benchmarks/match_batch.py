"""All suppliers against all open requirements: `python -m benchmarks.match_batch [--suppliers N] [--requirements N]
[--json FILE]`

Fills a database of its own, starts one worker with one process, then two, on a real broker, and has each lot rank all
suppliers for all requirements, as the nightly batch does: a Celery group over ranges of requirements, whose results are
rows in PostgreSQL. Workers share nothing but these two servers, so any number may run on any number of machines. A
first batch, in which every worker reads the catalogue, is told apart from the next ones, in which it has it. Where the
machine has other things to do, the processor time that the workers spend on a batch says more than the clock.

The peer is the plain path in one process: one requirement after the other, every supplier ranked in full, nothing
stored; timed on a sample of the requirements and reckoned up to all. What the workers stored for these is compared.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.programme import fill_database
from benchmarks.programs import processor_seconds
from config.devstack.folders import Folder, throw_away_folder
from config.devstack.processes import Service
from config.devstack.stack import PROJECT, running_servers

SAMPLE = 60
BATCHES = 3
TARGET_SECONDS = 10.0
PATIENCE_SECONDS = 300


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    if wishes.prepare:
        _set_up()
        fill_database(suppliers=wishes.suppliers, requirements=wishes.requirements)
        return 0
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "STATEMENT_TIMEOUT_MS": "0",
            **servers.environment,
        }
        sizes = ["--suppliers", str(wishes.suppliers), "--requirements", str(wishes.requirements)]
        subprocess.run([sys.executable, "-m", "benchmarks.match_batch", "--prepare", *sizes], cwd=PROJECT, check=True)
        figures = _measured(folder)
    _print(figures)
    if wishes.json:
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if figures["workers"]["2"]["seconds"] <= TARGET_SECONDS else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.match_batch", description="Time batches of matches.")
    parser.add_argument("--suppliers", type=int, default=10_000, help="published firms, at least (default: 10000)")
    parser.add_argument("--requirements", type=int, default=1_000, help="open ones (default: 1000)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)  # in a process of its own
    return parser


def _set_up() -> None:
    import logging

    import django

    django.setup()
    logging.disable(logging.WARNING)


def _measured(folder: Folder) -> dict[str, Any]:
    _set_up()
    from buyers.models import Requirement
    from suppliers.models import Supplier

    suppliers, requirements = Supplier.objects.published().count(), Requirement.objects.filter(state="open").count()
    seen = {str(count): _batches(folder, count, requirements) for count in (1, 2)}
    pairs = suppliers * requirements
    return {
        "suppliers": suppliers,
        "requirements": requirements,
        "workers": {
            count: {**times, "pairs_per_second": round(pairs / times["seconds"])} for count, times in seen.items()
        },
        "ratio_of_two_to_one": round(seen["1"]["seconds"] / seen["2"]["seconds"], 2),
        "plain_path_seconds": round(_plain_path(), 2),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _batches(folder: Folder, workers: int, requirements: int) -> dict[str, float]:
    with _running_workers(folder, workers) as programs:
        first = _batch(programs, requirements)
        before = sum(map(processor_seconds, programs))
        again = [_batch(programs, requirements) for _ in range(BATCHES)]
        spent = (sum(map(processor_seconds, programs)) - before) / BATCHES
    return {
        "first_seconds": round(first, 2),
        "seconds": round(statistics.median(again), 2),
        "processor_seconds": round(spent, 2),
    }


@contextmanager
def _running_workers(folder: Folder, count: int) -> Iterator[list[Service]]:
    programs = [
        Service(
            name=f"worker {number + 1} of {count}",
            command=[
                *(sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1"),
                *("--hostname", f"benchmark{number}@%h", "--loglevel", "info", "--without-gossip", "--without-mingle"),
            ],
            log=folder.path / f"worker-{count}-{number}.log",
            environment={**os.environ, "LOG_LEVEL": "INFO"},
            folder=PROJECT,
            folder_in_use=folder,
        )
        for number in range(count)
    ]
    try:
        for program in programs:
            program.start()
        for program in programs:
            _wait_until(lambda log=program.log: " ready." in log.read_text(), programs)
        yield programs
    finally:
        for program in programs:
            program.ask_to_stop()
        for program in programs:
            program.wait_until_stopped(30)


def _batch(programs: Sequence[Service], requirements: int) -> float:
    """Seconds from asking until the last requirement's row is stored."""
    from django.utils import timezone

    from matchmaking.models import MatchSummary
    from matchmaking.tasks import summarise_all_matches

    asked_at, start = timezone.now(), time.perf_counter()
    summarise_all_matches.delay()
    _wait_until(lambda: MatchSummary.objects.filter(summarised_at__gte=asked_at).count() == requirements, programs)
    return time.perf_counter() - start


def _wait_until(condition: Any, programs: Sequence[Service]) -> None:
    last_moment = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > last_moment or any(program.has_ended for program in programs):
            raise RuntimeError("\n".join(program.last_words() for program in programs))
        time.sleep(0.02)


def _plain_path() -> float:
    """Seconds for all requirements, reckoned from a sample that is compared with what the workers stored."""
    from buyers.content import content_of
    from buyers.models import Requirement
    from matchmaking import catalogue
    from matchmaking.models import LeadingMatch, MatchSummary
    from matchmaking.services import match

    catalogue.current()
    rows = list(Requirement.objects.with_content().filter(state="open").order_by("pk"))
    sample = rows[:: max(1, len(rows) // SAMPLE)]
    start = time.perf_counter()
    found = [match(content_of(row)).ranking for row in sample]
    seconds = time.perf_counter() - start
    for row, ranking in zip(sample, found, strict=True):
        stored = MatchSummary.objects.get(requirement=row)
        counts = {name: getattr(stored, name) for name in ranking.counts}
        best = (
            LeadingMatch.objects.filter(summary=stored).order_by("rank").values_list("supplier__public_id", flat=True)
        )
        if counts != ranking.counts or list(best) != list(ranking.supplier_ids[: len(best)]):
            raise RuntimeError(f"the batch stored something else than the ranking of {row.public_id}")
    return seconds * len(rows) / len(sample)


def _print(figures: dict[str, Any]) -> None:
    pairs = figures["suppliers"] * figures["requirements"]
    print(f"{figures['suppliers']:,} suppliers × {figures['requirements']:,} requirements = {pairs:,} pairs")
    for count, row in figures["workers"].items():
        print(
            f"{count} worker{'s' if count != '1' else ' '}  {row['seconds']:7.2f} s"
            f"  {row['pairs_per_second']:>12,} pairs/s  processor {row['processor_seconds']:.2f} s"
            f"  (first batch, reading the catalogue: {row['first_seconds']:.2f} s)"
        )
    print(f"two workers are {figures['ratio_of_two_to_one']} times as fast as one")
    plain, two = figures["plain_path_seconds"], figures["workers"]["2"]["seconds"]
    print(f"plain path, one process, nothing stored  {plain:.2f} s  {plain / two:.1f} times two workers")
    print(f"target: two workers within {TARGET_SECONDS:g} s; load average {figures['load_average']}")


if __name__ == "__main__":
    sys.exit(main())
