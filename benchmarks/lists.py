"""How long filtered lists and the search box take: `python -m benchmarks.lists [--suppliers N] [--json FILE]`

Starts its own servers, fills them with very many firms and requirements (`benchmarks.crowd`), and asks as different
readers. Every request goes through the whole of Django in this process: middleware, authentication, filters, query,
serializers, JSON. What a web server and a network would add is left out.

The peer is the plainest list of the same page size, in raw SQL: the newest firms by primary key. On a machine that has
other things to do, the processor time of this process and the peer say more than the clock.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from config.devstack.folders import throw_away_folder
from config.devstack.stack import running_servers

PAGE = 50
NO_LIMITS = {f"LIMIT_{name}": "1000000/second" for name in ("ANONYMOUS", "READ", "SEARCH")}
PEER = f"SELECT * FROM suppliers_supplier ORDER BY id DESC LIMIT {PAGE}"  # noqa: S608 (a number of ours)
NEAR = {"near": "21.03,105.85", "within_km": "50"}


@dataclass(frozen=True)
class Case:
    """A list, who asks for it, and by what."""

    name: str
    reader: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


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
    wishes = _parser().parse_args(arguments)
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        os.environ |= {**servers.environment, **NO_LIMITS}
        figures = _measured(wishes)
    _print(figures)
    if wishes.json:
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description="Time filtered lists and search.")
    parser.add_argument("--suppliers", type=int, default=100_000, help="how many firms (default: 100,000)")
    parser.add_argument("--requirements", type=int, default=10_000, help="how many requirements (default: 10,000)")
    parser.add_argument("--requests", type=int, default=40, help="how many of each case (default: 40)")
    parser.add_argument("--only", default="", help="only cases with this in their name")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def _measured(wishes: argparse.Namespace) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
    import django

    django.setup()
    send_logs_nowhere()
    seconds = filled(wishes.suppliers, wishes.requirements)
    ask = asking()
    cases = [case for case in CASES if wishes.only in case.name]
    rows = {case.name: _rows_of(ask(case)) for case in cases}  # also warms up
    gc.collect()
    gc.freeze()  # as web processes do
    samples: dict[str, list[tuple[float, float]]] = {case.name: [] for case in cases}
    peer = []
    for _turn in range(wishes.requests):
        for case in cases:
            samples[case.name].append(timed(partial(ask, case)))
        peer.append(timed(_peer))
    peer_ms = statistics.median(clock for clock, _ in peer)
    return {
        "suppliers": wishes.suppliers,
        "requirements": wishes.requirements,
        "filled_in_seconds": round(seconds, 1),
        "requests_of_each": wishes.requests,
        "peer": percentiles(peer, peer_ms),
        "cases": {name: {"rows": rows[name], **percentiles(times, peer_ms)} for name, times in samples.items()},
    }


def send_logs_nowhere() -> None:
    """Log as always, but into nothing: writing the lines counts, reading them would not."""
    import logging

    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(os.devnull).open("w"))  # noqa: SIM115 (open until the process ends)


def filled(suppliers: int, requirements: int) -> float:
    """Fill the database, unless it is filled already; returns how long that took."""
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.crowd import add_requirements, add_suppliers
    from suppliers.models import Supplier

    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    started = time.perf_counter()
    if not Supplier.objects.exists():
        add_suppliers(suppliers)
        add_requirements(requirements)
        with connection.cursor() as cursor:
            for statement in ("SET statement_timeout = 0", "VACUUM ANALYZE", "RESET statement_timeout"):
                cursor.execute(statement)
    return time.perf_counter() - started


def asking() -> Callable[[Case], Any]:
    """Asks for a case and returns the answer."""
    from django.test import Client

    clients = {
        name: Client(SERVER_NAME="localhost", headers={"accept-language": "vi", **headers})
        for name, headers in {"anonymous": {}, **_keys()}.items()
    }

    def ask(case: Case) -> Any:
        answer = clients[case.reader].get(f"/api/v1/{case.path}", dict(case.query))
        if answer.status_code != 200:
            raise RuntimeError(f"{case.name}: {answer.content.decode()}")
        return answer.json()

    return ask


def _rows_of(body: Any) -> int:
    return len(body["results"] if "results" in body else body["suppliers"]["results"])


def _keys() -> dict[str, dict[str, str]]:
    """Headers with a key of a reader of each kind."""
    from accounts.models import Membership, Organisation, User
    from accounts.principals import Principal
    from accounts.services import issue_api_key

    organisations = {
        "supplier": Organisation.objects.filter(kind="supplier").earliest("pk"),
        "buyer": Organisation.objects.filter(kind="buyer").earliest("pk"),
        "staff": Organisation.objects.get_or_create(kind="agency", legal_name="Agency")[0],
    }
    headers = {}
    for kind, organisation in organisations.items():
        user = User.objects.get_or_create(email=f"{kind}@benchmark.example")[0]
        owner = Principal(user=user, organisation=organisation, role=Membership.Role.OWNER)
        headers[kind] = {"authorization": f"Bearer {issue_api_key(name='Benchmark', scopes=['read'], by=owner)[1]}"}
    return headers


def _peer() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PEER)
        cursor.fetchall()


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of this process's processor time."""
    start, used = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - used)


def percentiles(times: Sequence[tuple[float, float]], peer_ms: float) -> dict[str, float]:
    cuts = statistics.quantiles([clock for clock, _ in times], n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "processor_ms": round(statistics.mean(used for _, used in times), 2),
        "ratio_to_peer": round(cuts[49] / peer_ms, 1),
    }


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
