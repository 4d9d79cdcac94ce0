"""How long filtered lists and the search box take: `python -m benchmarks.lists [--suppliers N] [--json FILE]`

Starts its own servers, fills them with very many firms and requirements (`benchmarks.crowd`), and asks as different
readers. Every request goes through the whole of Django in this process: middleware, authentication, filters, query,
serializers, JSON. What a web server and a network would add is left out.

The peer is the plainest list of the same page size, in raw SQL: the newest firms by primary key. On a machine that has
other things to do, the processor time of this process and the peer say more than the clock.
"""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.in_process import NEAR, Case, Figures, Times, asking, filled, parser, percentiles, run, sampled, timed

PAGE = 50
PEER = f"SELECT * FROM suppliers_supplier ORDER BY id DESC LIMIT {PAGE}"  # noqa: S608 (a number of ours)


def _suppliers(name: str, reader: str = "anonymous", **query: str) -> Case:
    return Case(f"suppliers: {name}", reader, "suppliers", query)


def _requirements(name: str, **query: str) -> Case:
    return Case(f"requirements: {name}", "supplier", "requirements", query)


CASES = (
    _suppliers("all"),
    _suppliers("common process", process="STMP"),
    _suppliers("single process", process="STMP.DEEP"),
    _suppliers("material family", material="METAL"),
    _suppliers("process, material, province", process="STMP", material="STEEL.SS", province="2025:01"),
    _suppliers("four codes, few rows", process="STMP", material="METAL", province="2004:11", sector="textile_footwear"),
    _suppliers("corridor", corridor="HN-HP"),
    _suppliers("standard valid on a day", standard="ISO9001", valid_on="2026-11-25"),
    _suppliers("standard valid, never", standard="ISO9001", valid_on="2036-11-25"),
    _suppliers("standard, level, process", standard="ISO9001", standard_level__gte="2", process="STMP"),
    _suppliers("common words", q="cơ khí"),
    _suppliers("rare words", q="phú tùng nikko 390"),
    _suppliers("name of a process", q="ép phun nhựa"),
    _suppliers("process and name", q="dập minh đức"),
    _suppliers("Japanese", q="精機"),
    _suppliers("words of nobody", q="khong co ai"),
    _suppliers("beginning of words", q="co"),
    _suppliers("within 50 km", "buyer", **NEAR),
    _suppliers("within 50 km, process", "buyer", **NEAR, process="STMP.DEEP"),
    _suppliers("within 50 km, nearest first", "buyer", **NEAR, ordering="distance"),
    _suppliers("within 1 km", "buyer", near="21.03,105.85", within_km="1"),
    _suppliers("common capacity", "buyer", monthly_capacity__gte="1000", capacity_unit="pcs"),
    _suppliers("rare capacity", "buyer", monthly_capacity__gte="99999", capacity_unit="pcs"),
    _suppliers("capacity of a process", "buyer", monthly_capacity__gte="20", capacity_unit="t", process="STMP"),
    _suppliers("state", "staff", state="published"),
    _suppliers("by name", ordering="name"),
    _suppliers("by name, process", ordering="name", process="STMP.DEEP"),
    _requirements("all"),
    _requirements("process", process="STMP"),
    _requirements("material", material="STEEL"),
    _requirements("standard", standard="ISO9001"),
    _requirements("words", q="khuôn mẫu"),
    _requirements("rare words", q="phú tùng 39"),
    _requirements("name of a process", q="ép phun"),
    _requirements("province", province="2025:01"),
    _requirements("within 50 km", **NEAR),
    _requirements("quantity, day", monthly_quantity__gte="500", quantity_unit="pcs", needed_on__lte="2027-03-01"),
    Case("search: common words", "anonymous", "search", {"q": "cơ khí"}),
    Case("search: a firm", "supplier", "search", {"q": "phú tùng nikko 390"}),
    Case("search: a process", "supplier", "search", {"q": "ép phun nhựa"}),
    Case("search: Japanese", "supplier", "search", {"q": "射出成形"}),
    Case("search: nothing", "staff", "search", {"q": "khong co ai"}),
)


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = parser("lists", "Time filtered lists and search.")
    wanted.add_argument("--requirements", type=int, default=10_000, help="how many requirements (default: 10,000)")
    _print(run(wanted.parse_args(arguments), _measured))
    return 0


def _measured(wishes: argparse.Namespace) -> Figures:
    seconds = filled(wishes.suppliers, wishes.requirements)
    ask = asking()
    cases = [case for case in CASES if wishes.only in case.name]
    rows = {case.name: _rows_of(ask(case)) for case in cases}  # also warms up
    peer: list[Times] = []
    samples = sampled(cases, ask, wishes.requests, after_each=lambda: peer.append(timed(_peer)))
    peer_ms = statistics.median(clock for clock, _ in peer)
    return {
        "suppliers": wishes.suppliers,
        "requirements": wishes.requirements,
        "filled_in_seconds": round(seconds, 1),
        "requests_of_each": wishes.requests,
        "peer": _beside(percentiles(peer), peer_ms),
        "cases": {
            name: {"rows": rows[name], **_beside(percentiles(times), peer_ms)} for name, times in samples.items()
        },
    }


def _beside(row: dict[str, float], peer_ms: float) -> dict[str, float]:
    return {**row, "ratio_to_peer": round(row["p50_ms"] / peer_ms, 1)}


def _rows_of(body: Any) -> int:
    return len(body["results"] if "results" in body else body["suppliers"]["results"])


def _peer() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PEER)
        cursor.fetchall()


def _print(figures: Mapping[str, Any]) -> None:
    print(
        f"{figures['suppliers']:,} suppliers, {figures['requirements']:,} requirements, filled in"
        f" {figures['filled_in_seconds']} s; {figures['requests_of_each']} requests of each case, pages of {PAGE}"
    )
    for name, row in {"peer: newest firms, raw SQL": figures["peer"], **figures["cases"]}.items():
        print(
            f"{name:<46} p50 {row['p50_ms']:7.2f} ms   p95 {row['p95_ms']:7.2f} ms   processor"
            f" {row['processor_ms']:6.2f} ms   {row['ratio_to_peer']:6.1f} × peer   {row.get('rows', PAGE):3} rows"
        )


if __name__ == "__main__":
    sys.exit(main())
