"""How long the facets of a list take: `python -m benchmarks.facets [--suppliers N] [--json FILE]`

Starts its own servers, fills them as `benchmarks.lists` does, and asks for facets under every kind of filter. Every
request goes through the whole of Django in this process. The peer gets the same counts from PostgreSQL, one GROUP BY
for each facet under the same filters, and each case is first checked to have equal counts from both.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks.in_process import NEAR, Case, Figures, Times, asking, filled, parser, percentiles, run, sampled, timed

TARGET_MS = 50


def _case(name: str, reader: str = "anonymous", **query: str) -> Case:
    return Case(name, reader, "suppliers/facets", {**query, "top": "1000"})


CASES = (
    _case("no filter"),
    _case("process", process="STMP"),
    _case("two processes", process__in="STMP.DEEP,MACH"),
    _case("material", material="METAL"),
    _case("standard", standard="ISO9001"),
    _case("standard, day, level", standard="ISO9001", valid_on="2026-12-25", standard_level__gte="2"),
    _case("province", province="2025:01"),
    _case("sector", sector="textile_footwear"),
    _case("process, material, province", process="STMP", material="STEEL.SS", province="2025:01"),
    _case("all", process="STMP", material="METAL", standard="ISO9001", sector="textile_footwear", province="2025:01"),
    _case("corridor", corridor="HN-HP"),
    _case("common words", q="cơ khí"),
    _case("beginning of words", q="co"),
    _case("rare words", q="phu tung nikko 390"),
    _case("words and process", q="minh đức", process="STMP"),
    _case("words of nobody", q="khong co ai"),
    _case("within 50 km", "buyer", **NEAR),
    _case("within 50 km, process", "buyer", **NEAR, process="STMP.DEEP"),
    _case("rare capacity", "buyer", monthly_capacity__gte="99999", capacity_unit="pcs"),
    _case("common capacity", "buyer", monthly_capacity__gte="1000", capacity_unit="pcs"),
    _case("capacity of a process", "buyer", monthly_capacity__gte="20", capacity_unit="t", process="STMP"),
    _case("state", "staff", state="published"),
    _case("ownership", "staff", ownership="private"),
)
CLOSURE = """
CREATE TEMPORARY TABLE counting AS
WITH RECURSIVE
step (kind, id, upper) AS (
    SELECT 'process', id, parent_id FROM taxonomy_process WHERE parent_id IS NOT NULL
    UNION ALL SELECT 'material', id, parent_id FROM taxonomy_material WHERE parent_id IS NOT NULL
    UNION ALL SELECT 'standard', from_standard_id, to_standard_id FROM taxonomy_standard_implies
),
reached (kind, id, upper) AS (
    SELECT 'process', id, id FROM taxonomy_process UNION ALL SELECT 'material', id, id FROM taxonomy_material
    UNION ALL SELECT 'standard', id, id FROM taxonomy_standard
    UNION SELECT reached.kind, reached.id, step.upper FROM reached JOIN step ON step.kind = reached.kind
        AND step.id = reached.upper
)
SELECT * FROM reached;
ANALYZE counting;
"""
COUNTS = {
    "process": """
        SELECT process.code, count(DISTINCT site.supplier_id) FROM suppliers_site site
        JOIN suppliers_capability capability ON capability.site_id = site.id
        JOIN counting ON counting.kind = 'process' AND counting.id = capability.process_id
        JOIN taxonomy_process process ON process.id = counting.upper
        WHERE site.supplier_id IN ({found}) AND {able} GROUP BY 1""",
    "material": """
        SELECT material.code, count(DISTINCT site.supplier_id) FROM suppliers_site site
        JOIN suppliers_capability capability ON capability.site_id = site.id
        JOIN suppliers_capability_materials made_of ON made_of.capability_id = capability.id
        JOIN counting ON counting.kind = 'material' AND counting.id = made_of.material_id
        JOIN taxonomy_material material ON material.id = counting.upper
        WHERE site.supplier_id IN ({found}) GROUP BY 1""",
    "standard": """
        SELECT standard.code, count(DISTINCT supplier_id) FROM suppliers_certificate certificate
        JOIN counting ON counting.kind = 'standard' AND counting.id = certificate.standard_id
        JOIN taxonomy_standard standard ON standard.id = counting.upper
        WHERE supplier_id IN ({found}) AND state <> 'rejected' AND (valid_from IS NULL OR valid_from <= {day})
            AND (never_expires OR expires_on >= {day}) AND level >= {level} GROUP BY 1""",
    "province": """
        SELECT province.edition || ':' || province.code, count(DISTINCT supplier_id) FROM suppliers_site site
        JOIN taxonomy_province province ON province.id IN (province_id, old_province_id)
        WHERE supplier_id IN ({found}) GROUP BY 1""",
    "sector": """
        SELECT sector.code, count(DISTINCT supplier_id) FROM suppliers_supplier_sectors
        JOIN taxonomy_sector sector ON sector.id = sector_id WHERE supplier_id IN ({found}) GROUP BY 1""",
}
OWN = {
    kind: (kind, f"{kind}__in", *(("valid_on", "standard_level__gte") if kind == "standard" else ())) for kind in COUNTS
}


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = parser("facets", "Time the facets of a list.")
    wanted.add_argument("--peer-requests", type=int, default=3, help="how many by GROUP BY (default: 3)")
    figures = run(wanted.parse_args(arguments), _measured)
    _print(figures)
    return 1 if any(row["p95_ms"] > TARGET_MS for row in figures["cases"].values()) else 0


def _measured(wishes: argparse.Namespace) -> Figures:
    filled(wishes.suppliers, 100)
    ask = asking()
    cases = [case for case in CASES if wishes.only in case.name]
    _prepare_peer()
    first = {case.name: timed(partial(ask, case))[0] for case in cases}
    totals = {case.name: _checked(case, ask(case)) for case in cases}
    samples = sampled(cases, ask, wishes.requests)
    peers = sampled(cases, _grouped, wishes.peer_requests)
    return {
        "suppliers": wishes.suppliers,
        "requests_of_each": wishes.requests,
        "load": [round(each, 1) for each in os.getloadavg()],
        "cases": {
            name: {"found": totals[name], "first_ms": round(first[name], 1), **_row(samples[name], peers[name])}
            for name in totals
        },
    }


def _row(times: Sequence[Times], peer: Sequence[Times]) -> dict[str, float]:
    peer_ms = statistics.median(clock for clock, _ in peer)
    row = percentiles(times)
    return {**row, "group_by_ms": round(peer_ms, 1), "times_faster": round(peer_ms / row["p50_ms"], 1)}


def _prepare_peer() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CLOSURE)
        cursor.execute("SET statement_timeout = 0")


def _checked(case: Case, body: Mapping[str, Any]) -> int:
    """How many suppliers are found, once GROUP BY has found the same counts."""
    for kind, counts in _grouped(case).items():
        answered = {value["code"]: value["count"] for value in body[kind]["results"]}
        if answered != counts:
            differing = {code for code in answered | counts if answered.get(code) != counts.get(code)}
            raise RuntimeError(f"{case.name}, {kind}: {sorted(differing)} counted differently")
    return int(body["total"])


def _grouped(case: Case) -> dict[str, dict[str, int]]:
    """The same counts by GROUP BY, a query for each facet, of what the list's own filters find."""
    from django.db import connection
    from django.utils import timezone

    asked = {name: value for name, value in case.query.items() if name != "top"}
    parameters = {"day": asked.get("valid_on", timezone.localdate().isoformat())}
    found = {}
    with connection.cursor() as cursor:
        for kind, sql in COUNTS.items():
            firms, given = _sql({name: value for name, value in asked.items() if name not in OWN[kind]})
            able, of_able = _able(asked)
            level = asked.get("standard_level__gte", "0")
            statement = sql.format(found=firms, able=able, day=f"'{parameters['day']}'::date", level=level)
            cursor.execute(statement, (*given, *(of_able if kind == "process" else ())))
            found[kind] = dict(cursor.fetchall())
    return found


def _filters(asked: Mapping[str, str]) -> Any:
    from accounts.models import Organisation
    from accounts.principals import Principal
    from matchmaking.services.facets import FacetFilters
    from matchmaking.services.searching import Asker
    from suppliers.models import Supplier

    staff = Principal(user=None, organisation=Organisation.objects.get(kind="agency"), role="owner")
    filters = FacetFilters(data=asked, queryset=Supplier.objects.published().order_by(), request=Asker(staff))
    if not filters.is_valid():
        raise RuntimeError(str(filters.errors))
    return filters


def _sql(asked: Mapping[str, str]) -> tuple[str, tuple[Any, ...]]:
    sql, given = _filters(asked).qs.values("pk").query.sql_with_params()
    return sql, given


def _able(asked: Mapping[str, str]) -> tuple[str, tuple[Any, ...]]:
    """The condition on capabilities that count for the processes."""
    if "capacity_unit" not in asked:
        return "true", ()
    sql, given = _filters(asked).capabilities_asked().values("pk").query.sql_with_params()
    return f"capability.id IN ({sql})", given


def _print(figures: Mapping[str, Any]) -> None:
    print(
        f"{figures['suppliers']:,} suppliers; {figures['requests_of_each']} requests of each case;"
        f" load {figures['load']}; all counts equal"
    )
    for name, row in figures["cases"].items():
        late = "" if row["p95_ms"] <= TARGET_MS else f"   MISSED: at most {TARGET_MS} ms"
        print(
            f"{name:<30} p50 {row['p50_ms']:6.1f} ms   p95 {row['p95_ms']:6.1f} ms   first {row['first_ms']:6.1f} ms"
            f"   processor {row['processor_ms']:6.1f} ms   GROUP BY {row['group_by_ms']:8.1f} ms"
            f"   {row['times_faster']:6.1f} × faster   {row['found']:7,} found{late}"
        )


if __name__ == "__main__":
    sys.exit(main())
