"""How much the whole stack bears: `python -m benchmarks.load [--suppliers N] [--soak MINUTES] [--json FILE]`

Starts its own PostgreSQL (fsync and synchronous_commit on), Valkey, web server, worker, scheduler and mail catcher,
with at least so many fictional firms, and lets 16 and 200 connections use the API over HTTP, reading and writing. The
client runs on the same cores. The peer is `/healthz` through the same server: what an answer costs that says nothing.
Nothing is measured before the programs have read what they keep in memory.

Prints one row per scenario, with the processor time of each program for one request, which says more than the clock
where the machine has other things to do, and the targets; the exit status is 1 where one is missed. With --soak the
mixed traffic goes on for so long, and the memory of the web server and the worker (proportional set size) is compared
between the first and the last minute.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import getloadavg
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.programme import fill_database
from benchmarks.programs import Programs, memory_mib, processor_seconds_by_name, wait_until_idle
from benchmarks.traffic import MIXED, PEER, READING, Habit, Traffic, World, drive
from config.demo.__main__ import wait_for_answer
from config.demo.product import Addresses, product, product_environment
from config.devstack.folders import throw_away_folder
from config.devstack.stack import PROJECT, running_servers
from config.devstack.valkey import free_port

REQUIREMENTS = 40
FEW, MANY = 16, 200
LEAST_PER_SECOND, MOST_P99_MS, MOST_GROWTH_PCT = 200.0, 400.0, 10.0
NO_LIMITS = {f"LIMIT_{name}": "1000000/minute" for name in ("ANONYMOUS", "READ", "SEARCH", "WRITE", "PREVIEW")}
"""Few connections stand for many users, so what one user may do would stop them."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """So many connections doing something."""

    name: str
    habit: Habit
    connections: int


SCENARIOS = (
    Scenario(name="peer", habit=PEER, connections=FEW),
    Scenario(name="reading", habit=READING, connections=FEW),
    Scenario(name="mixed", habit=MIXED, connections=FEW),
    Scenario(name="crowded", habit=MIXED, connections=MANY),
)


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    if wishes.prepare:
        _prepare(wishes.prepare, suppliers=wishes.suppliers)
        return 0
    with _running_stack(wishes.suppliers) as (port, programs, world):
        wait_until_idle(programs)
        print(f"{len(world.published)} published suppliers, {wishes.seconds:g} s a scenario", flush=True)
        seen = {each.name: _measured(each, port, programs, world, wishes.seconds) for each in SCENARIOS}
        soak = _soaked(port, programs, world, minutes=wishes.soak) if wishes.soak else None
    missed = list(_missed(seen, soak))
    print(*(f"MISSED  {line}" for line in missed), sep="\n") if missed else print("All targets met.")
    if wishes.json:
        wishes.json.write_text(json.dumps(_figures(seen, soak), indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description="Load the whole stack.")
    parser.add_argument("--suppliers", type=int, default=10_000, help="published firms, at least (default: 10000)")
    parser.add_argument("--seconds", type=float, default=30, help="how long each scenario takes (default: 30)")
    parser.add_argument("--soak", type=float, default=0, help="minutes of mixed traffic at the end (default: none)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)  # in a process of its own: fill the database
    return parser


@contextmanager
def _running_stack(suppliers: int) -> Iterator[tuple[int, Programs, World]]:
    addresses = Addresses(web_port=free_port())
    with throw_away_folder() as folder, running_servers(folder, lasting=True) as servers:
        environment = {**product_environment(folder, servers.environment, addresses), **NO_LIMITS}
        written = folder.path / "world.json"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.load", "--prepare", str(written), "--suppliers", str(suppliers)],
            env={**environment, "STATEMENT_TIMEOUT_MS": "0", "LOG_LEVEL": "WARNING"},
            cwd=PROJECT,
            check=True,
        )
        programs = product(folder, environment, addresses)
        try:
            for program in programs:
                program.start()
            wait_for_answer(programs.web, addresses.web_port)
            watched = {service.name: service for service in (programs.web, programs.worker, *servers.services)}
            yield addresses.web_port, watched, World(**json.loads(written.read_text()))
        finally:
            for program in reversed(programs):
                program.ask_to_stop()
            for program in reversed(programs):
                program.wait_until_stopped(30)


def _prepare(written: Path, *, suppliers: int) -> None:
    """Fill the empty database, and write who may call and what there is."""
    import django

    django.setup()
    fill_database(suppliers=suppliers, requirements=REQUIREMENTS)
    written.write_text(json.dumps(_world()))


def _world() -> dict[str, Any]:
    from buyers.models import Buyer, Requirement
    from suppliers.models import Capability, Supplier

    capabilities = Capability.objects.filter(site__supplier__state=Supplier.State.PUBLISHED, role="core")
    own = capabilities.order_by("site__supplier", "pk").distinct("site__supplier").select_related("site__supplier")
    buyers = Buyer.objects.filter(requirements__state=Requirement.State.OPEN).distinct().order_by("pk")
    return {
        "suppliers": [
            {
                "key": _key(capability.supplier.organisation),
                "supplier": capability.supplier.public_id,
                "capability": capability.public_id,
            }
            for capability in own[:MANY]
        ],
        "buyers": [
            {
                "key": _key(buyer.organisation),
                "requirements": list(buyer.requirements.filter(state="open").values_list("public_id", flat=True)),
            }
            for buyer in buyers
        ],
        "published": list(Supplier.objects.published().values_list("public_id", flat=True)),
        "processes": sorted(set(capabilities.values_list("process__code", flat=True))),
    }


def _key(organisation: Any) -> str:
    from accounts.models import Membership, User
    from accounts.principals import Principal
    from accounts.services import issue_api_key

    person = User.objects.create_user(f"load-{organisation.pk}@load.example", is_active=True)
    member = Membership.objects.create(user=person, organisation=organisation, role=Membership.Role.OWNER)
    return issue_api_key(name="load", scopes=["read", "write"], by=Principal.of_member(member))[1]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The traffic of a scenario, and the milliseconds of processor time that each program spent on one request."""

    traffic: Traffic
    processor_ms: Mapping[str, float]


def _measured(scenario: Scenario, port: int, programs: Programs, world: World, seconds: float) -> Seen:
    drive(port, world, scenario.habit, connections=scenario.connections, seconds=min(3.0, seconds))  # to warm up
    before = processor_seconds_by_name(programs)
    traffic = drive(port, world, scenario.habit, connections=scenario.connections, seconds=seconds)
    after = processor_seconds_by_name(programs)
    spent = {name: 1000 * (after[name] - before[name]) / len(traffic.samples) for name in after}
    _print(scenario.name, scenario.connections, traffic)
    shares = "  ".join(f"{name} {share:.2f}" for name, share in spent.items())
    print(
        f"    processor {sum(spent.values()):.2f} ms a request: {shares}; load average {getloadavg()[0]:.1f}",
        flush=True,
    )
    return Seen(traffic=traffic, processor_ms=spent)


def _print(name: str, connections: int, seen: Traffic) -> None:
    cuts = "  ".join(f"p{cut} {seen.percentile_ms(cut):7.1f} ms" for cut in (50, 95, 99))
    print(f"{name:<9}{connections:>4} connections {seen.per_second:8.1f}/s  {cuts}  statuses {seen.statuses}")
    for kind in sorted({sample.kind for sample in seen.samples}):
        of_kind = seen.of(kind)
        p50, p99 = of_kind.percentile_ms(50), of_kind.percentile_ms(99)
        print(f"    {kind:<10}{of_kind.per_second:8.1f}/s  p50 {p50:7.1f} ms  p99 {p99:7.1f} ms", flush=True)


@dataclass(frozen=True, kw_only=True)
class Soak:
    """Mixed traffic for long, and the memory in MiB of each program, as sampled."""

    traffic: Traffic
    memory_mib: Mapping[str, Sequence[float]]

    def growth_pct(self, program: str) -> float:
        """Of the last minute over the first."""
        samples = self.memory_mib[program]
        share = max(1, round(60 * len(samples) / self.traffic.seconds))
        first, last = sum(samples[:share]) / share, sum(samples[-share:]) / share
        return 100 * (last / first - 1)


def _soaked(port: int, programs: Programs, world: World, *, minutes: float) -> Soak:
    over = Event()
    watched = {name: programs[name] for name in ("web", "worker")}
    memory: dict[str, list[float]] = {name: [] for name in watched}

    def watch() -> None:
        while not over.wait(2):
            for name, program in watched.items():
                memory[name].append(memory_mib(program))

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    traffic = drive(port, world, MIXED, connections=FEW, seconds=60 * minutes)
    over.set()
    watcher.join()
    soak = Soak(traffic=traffic, memory_mib=memory)
    _print("soak", FEW, traffic)
    for name, samples in memory.items():
        print(f"    memory of {name}: {samples[0]:.0f} MiB, then {samples[-1]:.0f} MiB; {soak.growth_pct(name):+.1f} %")
    return soak


def _missed(seen: Mapping[str, Seen], soak: Soak | None) -> Iterator[str]:
    reading, crowd = seen["reading"].traffic, seen["crowded"].traffic
    if reading.per_second < LEAST_PER_SECOND:
        yield f"lists and details: {reading.per_second:.1f}/s, at least {LEAST_PER_SECOND:g}/s"
    if reading.percentile_ms(99) > MOST_P99_MS:
        yield f"lists and details: p99 {reading.percentile_ms(99):.0f} ms, at most {MOST_P99_MS:g} ms"
    for name in ("reading", "mixed"):
        if wrong := {status: count for status, count in seen[name].traffic.statuses.items() if not 200 <= status < 300}:
            yield f"{name}: statuses {wrong}"
    allowed = (*range(200, 300), 429, 503)
    if wrong := {status: count for status, count in crowd.statuses.items() if status not in allowed}:
        yield f"crowded: statuses {wrong}"
    for name in soak.memory_mib if soak else ():
        if soak and soak.growth_pct(name) >= MOST_GROWTH_PCT:
            yield f"soak: memory of {name} grew by {soak.growth_pct(name):.1f} %, less than {MOST_GROWTH_PCT:g} %"


def _figures(seen: Mapping[str, Seen], soak: Soak | None) -> dict[str, Any]:
    peer = seen["peer"].traffic.per_second

    def row(traffic: Traffic) -> dict[str, Any]:
        return {
            "per_second": round(traffic.per_second, 1),
            "ratio_to_peer": round(traffic.per_second / peer, 3),
            **{f"p{cut}_ms": round(traffic.percentile_ms(cut), 1) for cut in (50, 95, 99)},
            "statuses": traffic.statuses,
        }

    figures: dict[str, Any] = {
        name: {**row(each.traffic), "processor_ms": {key: round(ms, 2) for key, ms in each.processor_ms.items()}}
        for name, each in seen.items()
    }
    if soak:
        grown = {name: round(soak.growth_pct(name), 1) for name in soak.memory_mib}
        figures["soak"] = {**row(soak.traffic), "minutes": round(soak.traffic.seconds / 60, 1), "growth_pct": grown}
    return figures


if __name__ == "__main__":
    sys.exit(main())
