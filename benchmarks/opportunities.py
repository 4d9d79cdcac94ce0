"""One supplier before many open requirements: `python -m benchmarks.opportunities [--requirements N] [--json FILE]`

Fills a database of its own with the demo's firms and so many open requirements, and times, for firms of every trade:

- `engine`: the lines of all requirements from columns that are there, in order;
- `service`: the same from the database's state of this moment: which requirements the firm may see, which changed. It
  sees all: it was told of those that are not public;
- `peer`: the plain path, a ranking of this firm alone for one requirement after the other; timed on a sample and
  reckoned up to all. Its lines are compared with ours to the bit.

Also how long it takes to read all requirements when a process starts, and to take one change in.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.programme import fill_database
from config.devstack.folders import throw_away_folder
from config.devstack.stack import running_servers

FIRMS, ROUNDS, SAMPLE = 25, 5, 200
TARGET_MS = 100.0


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "STATEMENT_TIMEOUT_MS": "0",
            **servers.environment,
        }
        _set_up()
        fill_database(suppliers=wishes.suppliers, requirements=wishes.requirements)
        figures = _measured()
    _print(figures)
    if wishes.json:
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if figures["service_p50_ms"] <= TARGET_MS else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opportunities", description="Time opportunities.")
    parser.add_argument("--suppliers", type=int, default=800, help="published firms, at least (default: 800)")
    parser.add_argument("--requirements", type=int, default=10_000, help="open ones (default: 10000)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def _set_up() -> None:
    import logging

    import django

    django.setup()
    logging.disable(logging.WARNING)


def _measured() -> dict[str, Any]:
    from buyers.models import Requirement
    from matchmaking import catalogue
    from matchmaking.catalogue.demand import demand_of
    from matchmaking.engine.opportunities import opportunities
    from matchmaking.services import matches_of_supplier, requirements_seen_by
    from suppliers.models import Supplier

    snapshot = catalogue.current()
    everything = Requirement.objects.filter(state="open").order_by("pk")
    reading = _ms(lambda: demand_of(everything, snapshot))
    changed = everything[0]
    changed.save_next_version()
    one_change = _ms(lambda: demand_of(everything, snapshot)) - _ms(lambda: demand_of(everything, snapshot))
    demand = demand_of(everything, snapshot).demand
    published = list(Supplier.objects.published().select_related("organisation").order_by("pk"))
    suppliers = {firm.public_id: firm for firm in published[:: max(1, len(published) // FIRMS)][:FIRMS]}
    firms = list(suppliers)
    _tell(everything, suppliers.values())
    columns = {firm: snapshot.columns_of([firm]) for firm in firms}

    def engine(firm: str) -> Any:
        found = opportunities(demand, 0, columns[firm], snapshot.taxonomy, snapshot.as_of)
        return found, found.order

    listed = [len(engine(firm)[0]) for firm in firms]
    times = [_ms(partial(engine, firm)) for _ in range(ROUNDS) for firm in firms]
    seen = {firm: requirements_seen_by(supplier) for firm, supplier in suppliers.items()}
    for firm in firms:
        matches_of_supplier(firm, seen[firm], top=20)
    before = time.process_time()
    whole = [_ms(partial(matches_of_supplier, firm, seen[firm].all(), top=20)) for _ in range(2) for firm in firms]
    processor = 1000 * (time.process_time() - before) / len(whole)
    return {
        "requirements": everything.count(),
        "seen": seen[firms[0]].count(),
        "candidates_p50": statistics.median(listed),
        "candidates_most": max(listed),
        "engine_p50_ms": round(statistics.median(times), 2),
        "engine_slowest_ms": round(max(times), 2),
        "service_p50_ms": round(statistics.median(whole), 2),
        "service_processor_ms": round(processor, 2),
        "peer_ms": round(_peer_ms(demand, columns, engine, everything), 1),
        "first_reading_ms": round(reading),
        "one_change_ms": round(one_change, 1),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _tell(requirements: Any, suppliers: Iterable[Any]) -> None:
    """Let the suppliers see what is not public, too."""
    from django.db import connection

    from buyers.models import RequirementAudience

    hidden = list(requirements.exclude(visibility="public"))
    RequirementAudience.objects.bulk_create(
        RequirementAudience(requirement=row, organisation=supplier.organisation, reason="match")
        for supplier in suppliers
        for row in hidden
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _peer_ms(demand: Any, columns: Any, engine: Callable[[str], Any], everything: Any) -> float:
    """What the plain path would take for all requirements, the median of some firms."""
    from buyers.content import content_of
    from matchmaking import catalogue
    from matchmaking.catalogue.requirements import engine_requirement
    from matchmaking.engine.rank import rank

    snapshot = catalogue.current()
    rows = list(everything.with_content())[:: max(1, len(demand) // SAMPLE)]
    asked = [engine_requirement(content_of(row)) for row in rows]
    times = []
    for firm in list(columns)[:5]:
        start = time.perf_counter()
        rankings = [rank(one, columns[firm], snapshot.taxonomy, snapshot.as_of) for one in asked]
        times.append(1000 * (time.perf_counter() - start) * len(demand) / len(asked))
        found, _ = engine(firm)
        entries = {found.id_of(entry): entry for entry in range(len(found))}
        for ranking in rankings:
            entry = entries.get(ranking.requirement.id)
            here = [] if entry is None else [(found.eligibility[entry], found.score[entry], found.potential[entry])]
            if here != list(zip(ranking.eligibility, ranking.score, ranking.potential, strict=True)):
                raise RuntimeError(f"the two directions differ on {ranking.requirement.id}")
    return statistics.median(times)


def _ms(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def _print(figures: dict[str, Any]) -> None:
    print(
        f"{figures['requirements']:,} open requirements, {figures['seen']:,} seen;"
        f" a firm has a capability for {figures['candidates_p50']:,.0f}"
        f" of them (median), {figures['candidates_most']:,} at most"
    )
    print(f"engine   p50 {figures['engine_p50_ms']:8.2f} ms   slowest {figures['engine_slowest_ms']:.2f} ms")
    print(
        f"service  p50 {figures['service_p50_ms']:8.2f} ms   processor of this process"
        f" {figures['service_processor_ms']:.2f} ms   target {TARGET_MS:g} ms"
    )
    ratio = figures["peer_ms"] / figures["engine_p50_ms"]
    print(f"peer         {figures['peer_ms']:8.1f} ms   one ranking after the other: {ratio:.0f} times the engine's")
    print(
        f"first reading {figures['first_reading_ms']:,} ms, one change {figures['one_change_ms']:.1f} ms more;"
        f" load average {figures['load_average']}"
    )


if __name__ == "__main__":
    sys.exit(main())
