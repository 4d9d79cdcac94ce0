"""Requests to a database with very many firms, each through the whole of Django in this process: what benchmarks of
lists and of their facets share.

On a machine that has other things to do, the processor time of this process says more than the clock.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from config.devstack.folders import throw_away_folder
from config.devstack.stack import running_servers

NO_LIMITS = {f"LIMIT_{name}": "1000000/second" for name in ("ANONYMOUS", "READ", "SEARCH")}
NEAR = {"near": "21.03,105.85", "within_km": "50"}

Times = tuple[float, float]
"""Milliseconds by the clock, and of this process's processor time."""
Figures = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A list, who asks for it, and by what."""

    name: str
    reader: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """With the wishes that all of them have."""
    made = argparse.ArgumentParser(prog=f"python -m benchmarks.{program}", description=description)
    made.add_argument("--suppliers", type=int, default=100_000, help="how many firms (default: 100,000)")
    made.add_argument("--requests", type=int, default=40, help="how many of each case (default: 40)")
    made.add_argument("--only", default="", help="only cases with this in their name")
    made.add_argument("--json", type=Path, help="also write the figures to this file")
    return made


def run(wishes: argparse.Namespace, measured: Callable[[argparse.Namespace], Figures]) -> Figures:
    """The figures that are measured on servers of their own; written to a file as well, where that is wished."""
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        os.environ |= {**servers.environment, **NO_LIMITS, "DJANGO_SETTINGS_MODULE": "config.settings.development"}
        import django

        django.setup()
        send_logs_nowhere()
        figures = measured(wishes)
    if wishes.json:
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return figures


def sampled(
    cases: Sequence[Case], ask: Callable[[Case], object], turns: int, *, after_each: Callable[[], object] = tuple
) -> dict[str, list[Times]]:
    """How long each case takes, asked in turns."""
    gc.collect()
    gc.freeze()  # as web processes do
    samples: dict[str, list[Times]] = {case.name: [] for case in cases}
    for _turn in range(turns):
        for case in cases:
            samples[case.name].append(timed(partial(ask, case)))
        after_each()
    return samples


def send_logs_nowhere() -> None:
    """Log as always, but into nothing: writing the lines counts, reading them would not."""
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


def timed(act: Callable[[], object]) -> Times:
    """Milliseconds by the clock, and of this process's processor time."""
    start, used = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - used)


def percentiles(times: Sequence[Times]) -> dict[str, float]:
    cuts = statistics.quantiles([clock for clock, _ in times], n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
        "processor_ms": round(statistics.mean(used for _, used in times), 2),
    }
