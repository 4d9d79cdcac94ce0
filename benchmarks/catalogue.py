"""What the catalogue costs: `python -m benchmarks.catalogue [--suppliers N] [--json FILE]`

Starts its own servers, fills PostgreSQL with made-up firms (four capabilities each on average, skewed over processes)
and measures: making the base from PostgreSQL, its size, opening it in a new process and what memory of its own that
takes, what one changed firm costs (all of it, and without reading from PostgreSQL), and merging. Exits with 1 where a
million firms miss a target.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from config.devstack.folders import throw_away_folder
from config.devstack.stack import running_servers

CHANGES = 50
MILLION: Final = 1_000_000
MOST: Final[Mapping[str, float]] = {
    "build_seconds": 120.0,
    "file_mb": 1200.0,
    "private_mb_after_a_ranking": 100.0,
    "change_ms": 5.0,
}
"""Targets at a million firms; of several changes the median."""


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    if wishes.opened:
        print(json.dumps(_opened()))
        return 0
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        os.environ |= servers.environment
        figures = _measured(wishes.suppliers)
    missed = [name for name in MOST if figures["suppliers"] >= MILLION and _figure(figures, name) > MOST[name]]
    _print(figures, missed)
    if wishes.json:
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogue", description="Measure the catalogue.")
    parser.add_argument("--suppliers", type=int, default=100_000, help="how many firms (default: 100,000)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--opened", action="store_true", help=argparse.SUPPRESS)  # what a new process does
    return parser


def _measured(suppliers: int) -> dict[str, Any]:
    _set_up()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    fill_seconds = _seconds(lambda: _fill(suppliers))

    from matchmaking.catalogue import merge
    from matchmaking.catalogue.mirror import Mirror
    from matchmaking.catalogue.shelf import shelf

    peak_before = _peak_mb()
    build_seconds = _seconds(merge)
    size_mb = shelf().path.stat().st_size / 1e6
    new_process = _in_new_process()
    mirror = Mirror()
    base = mirror.current().layers.base
    return {
        "suppliers": len(base.supplier_ids),
        "capabilities": len(base.row_supplier),
        "load": [round(each, 1) for each in os.getloadavg()],
        "fill_seconds": round(fill_seconds, 1),
        "build_seconds": round(build_seconds, 1),
        "build_peak_mb": round(_peak_mb() - peak_before),
        "file_mb": round(size_mb, 1),
        "bytes_per_supplier": round(size_mb * 1e6 / suppliers),
        **new_process,
        **_changes(mirror),
        "merge_seconds": round(_seconds(lambda: merge(at_least=1)), 1),
    }


def _set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
    os.environ["STATEMENT_TIMEOUT_MS"] = "0"
    os.environ["LOG_LEVEL"] = "ERROR"
    import django

    django.setup()


def _in_new_process() -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.catalogue", "--opened"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    figures: dict[str, Any] = json.loads(told)
    return figures


def _opened() -> dict[str, Any]:
    """In a process that has only just started: how long until it can rank, and what that took of memory."""
    _set_up()
    from django.db import connection

    from matchmaking import catalogue

    connection.ensure_connection()
    before = _private_mb()
    seconds = _seconds(catalogue.current)
    opened = _private_mb()
    ranking = _seconds(lambda: _first_lines(catalogue.current()))
    return {
        "open_ms": round(1000 * seconds, 1),
        "private_mb": round(opened - before, 1),
        "first_ranking_ms": round(1000 * ranking, 1),
        "private_mb_after_a_ranking": round(_private_mb() - before, 1),
        "private_mb_of_the_process": round(_private_mb(), 1),
    }


def _first_lines(snapshot: Any) -> None:
    from matchmaking.engine.model import Operation, Requirement

    processes = snapshot.layers.base.processes.names
    operation = Operation(id="1", process=processes[len(processes) // 2], tolerance_mm=0.05)
    snapshot.leaders(Requirement(id="r", operations=(operation,)), top=20)


def _changes(mirror: Any) -> dict[str, Any]:
    """Milliseconds until a committed change is in a process's snapshot, and what of that is not PostgreSQL's share.

    By the clock and by the processor time of this process, which holds on a busy machine too.
    """
    from django.utils import timezone

    from matchmaking.catalogue.pulse import take_pulse
    from matchmaking.catalogue.reading import read_batch
    from matchmaking.catalogue.vocabulary import read_vocabulary
    from suppliers.models import Capability, Supplier

    vocabulary, today = read_vocabulary(take_pulse(since=None).taxonomy_version), timezone.localdate()
    keys = list(Supplier.objects.order_by("pk").values_list("pk", flat=True)[: 37 * CHANGES : 37])
    whole, alone, busy = [], [], []
    batch = read_batch(keys, vocabulary=vocabulary, as_of=today)
    for number, key in enumerate(keys):
        Capability.objects.filter(site__supplier=key).update(lead_time_days=number + 1)
        spent = time.process_time()
        whole.append(1000 * _seconds(mirror.current))
        busy.append(1000 * (time.process_time() - spent))
        read = read_batch([key], vocabulary=vocabulary, as_of=today)
        alone.append(1000 * _seconds(partial(_joined, batch, read, vocabulary.taxonomy)))
    return {
        "change_ms": _percentiles(whole),
        "change_processor_ms": _percentiles(busy),
        "change_in_memory_ms": _percentiles(alone),
    }


def _joined(batch: Any, read: Any, taxonomy: Any) -> Any:
    """What a process does with a changed firm once it is read."""
    return batch.copied().joined(read, taxonomy, instead_of=read.keys).changed_stock()


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _private_mb() -> float:
    """Unique set size: what would be freed if the process ended."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    kib = sum(
        int(line.split()[1]) for line in rollup.splitlines() if line.startswith(("Private_Clean", "Private_Dirty"))
    )
    return kib * 1024 / 1e6


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024 / 1e6


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(values), 2),
        "p95": round(statistics.quantiles(values, n=20)[-1], 2),
        "max": round(max(values), 2),
    }


def _fill(suppliers: int) -> None:
    from django.db import connection

    from benchmarks.crowd import add_suppliers

    add_suppliers(suppliers, searchable=False)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _figure(figures: Mapping[str, Any], name: str) -> float:
    value = figures[name]
    return float(value["p50"] if isinstance(value, dict) else value)


def _print(figures: Mapping[str, Any], missed: Sequence[str]) -> None:
    for name, value in figures.items():
        target = f"   target at a million: at most {MOST[name]:g}" if name in MOST else ""
        print(f"{name:<28} {value}{target}")
    print(*(f"MISSED  {name}: {_figure(figures, name):g}, at most {MOST[name]:g}" for name in missed), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
