"""How many match requests a web server answers: `python -m benchmarks.http_match [--suppliers N] [--json FILE]`

Starts its own PostgreSQL, Valkey and web servers with at least so many fictional firms, and asks over HTTP, as software
with an API key, for the first 20 matches of open requirements with all explanations. Once every answer is computed, as
after any change of others, with the reasons at hand of whoever has not changed; once told again because nothing has
changed; and once from nothing, as each process does when it first hears of a requirement.

The peer is a bare Django view that returns the same bytes from memory under the same server, all but without
middleware; beside it the same view behind our middleware. The client runs on the same cores. Prints requests per
second and the share of the peer's, which is what the targets are about; and the processor time of one request, of the
web server alone and with PostgreSQL, Valkey and the client, and what share the peer's is of that: where the machine has
other things to do, that says more.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from os import getloadavg
from pathlib import Path
from typing import Any

from benchmarks.load import NO_LIMITS
from benchmarks.programme import fill_database
from benchmarks.programs import processor_seconds, wait_until_idle
from config.demo.__main__ import wait_for_answer
from config.demo.product import Addresses, product, product_environment
from config.devstack.folders import Folder, throw_away_folder
from config.devstack.processes import Service
from config.devstack.stack import PROJECT, running_servers
from config.devstack.valkey import free_port

TOP = 20
REQUIREMENTS = 40
CONNECTIONS = 4
REQUESTS_A_CONNECTION = 40
"""A connection stays with the process that accepted it. If all met in one, the other would have nothing to do."""
WARM_UP_S = 2.0
WARM_UP_TIMES = 20
"""So often is each path asked first: each process is to have answered it before."""
FROM_NOTHING, COMPUTED, TOLD_AGAIN = "from nothing", "computed", "told again"
LEAST_SHARES = {FROM_NOTHING: 0.15, COMPUTED: 0.15, TOLD_AGAIN: 0.35}
KEPT = {
    FROM_NOTHING: {"MATCH_ANSWERS_KEPT_BYTES": "0", "MATCH_LINES_KEPT_BYTES": "0"},
    COMPUTED: {"MATCH_ANSWERS_KEPT_BYTES": "0"},
    TOLD_AGAIN: {},
}
"""With which settings the web server runs."""


@dataclass(frozen=True)
class Seen:
    """What a server answered in a while."""

    per_second: float
    processor_ms: float
    everything_ms: float
    bytes: int


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    if wishes.prepare:
        _prepare(wishes.prepare, suppliers=wishes.suppliers)
        return 0
    seen = _measured(wishes.suppliers, wishes.seconds)
    bare = seen["bare view"]
    shares = {name: seen[name].per_second / bare.per_second for name in LEAST_SHARES}
    for name, each in seen.items():
        spent = f"{each.processor_ms:8.2f} ms of the web server{each.everything_ms:8.2f} ms in all"
        by_time = bare.everything_ms / each.everything_ms
        shown = f"   {shares[name]:5.1%} of the bare view, {by_time:5.1%} by processor time" if name in shares else ""
        print(f"{name:24}{each.per_second:8.1f}/s{spent}{shown}")
    print(f"load average {getloadavg()[0]:.1f}")
    if wishes.json:
        figures = {"shares": shares, **{name: asdict(each) for name, each in seen.items()}}
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    missed = [name for name, least in LEAST_SHARES.items() if shares[name] < least]
    for name, least in LEAST_SHARES.items():
        print(f"{'MISSED' if name in missed else 'kept  '}  {name}: {shares[name]:.1%}, at least {least:.0%}")
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http_match", description="Time match requests.")
    parser.add_argument("--suppliers", type=int, default=10_000, help="published firms, at least (default: 10000)")
    parser.add_argument("--seconds", type=float, default=8, help="how long each is asked (default: 8)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)  # in a process of its own: fill the database
    return parser


def _measured(suppliers: int, seconds: float) -> dict[str, Seen]:
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        environment = {**product_environment(folder, servers.environment, Addresses(web_port=0)), **NO_LIMITS}
        written = folder.path / "world.json"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.http_match", "--prepare", str(written), "--suppliers", str(suppliers)],
            env={**environment, "STATEMENT_TIMEOUT_MS": "0", "LOG_LEVEL": "WARNING"},
            cwd=PROJECT,
            check=True,
        )
        world = json.loads(written.read_text())
        print(f"{world['suppliers']} published suppliers, {len(world['paths'])} requirements", flush=True)
        return _all_seen(folder, environment, world, servers.services, seconds)


def _all_seen(
    folder: Folder, environment: Mapping[str, str], world: Mapping[str, Any], servers: Sequence[Service], seconds: float
) -> dict[str, Seen]:
    key, paths, seen = world["key"], world["paths"], {}
    answer = folder.path / "answer.json"
    for name, kept in KEPT.items():
        with _web(folder, {**environment, **kept}) as (web, port):
            answers = sorted((_get(port, path, key) for path in paths), key=len)
            answer.write_bytes(answers[len(answers) // 2])
            _asked([web, *servers], port, paths, key, WARM_UP_S, least=WARM_UP_TIMES * len(paths))
            seen[name] = _asked([web, *servers], port, paths, key, seconds)
    bare = {**environment, "DJANGO_SETTINGS_MODULE": "benchmarks.bare_view", "BARE_BYTES": str(answer)}
    for name, middleware in (("bare view", "none"), ("bare, our middleware", "ours")):
        with _web(folder, {**bare, "BARE_MIDDLEWARE": middleware}) as (web, port):
            seen[name] = _asked([web, *servers], port, ["/bare"], key, seconds)
    return seen


@contextmanager
def _web(folder: Folder, environment: Mapping[str, str]) -> Iterator[tuple[Service, int]]:
    addresses = Addresses(web_port=free_port())
    web = product(folder, environment, addresses).web
    web.start()
    try:
        wait_for_answer(web, addresses.web_port)
        wait_until_idle({"web": web})
        yield web, addresses.web_port
    finally:
        web.ask_to_stop()
        web.wait_until_stopped(30)


def _get(port: int, path: str, key: str) -> bytes:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        return _ask(connection, path, key)


def _ask(connection: HTTPConnection, path: str, key: str) -> bytes:
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}", "Accept-Language": "vi"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(content.decode())
    return content


def _asked(
    programs: Sequence[Service], port: int, paths: Sequence[str], key: str, seconds: float, *, least: int = 0
) -> Seen:
    """Some connections ask for one path after the other, each as fast as it is answered; so many answers at least.

    Args:
        programs: the web server, and what it uses.
    """
    sizes: list[int] = []
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        while time.perf_counter() < until or len(sizes) < least:
            with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
                for _ in range(REQUESTS_A_CONNECTION):
                    sizes.append(len(_ask(connection, paths[number % len(paths)], key)))
                    number += 1

    started, before = time.perf_counter(), _spent(programs)
    threads = [threading.Thread(target=work, args=[number * 7]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    web_ms, *others_ms = (1000 * (now - then) / len(sizes) for now, then in zip(_spent(programs), before, strict=True))
    return Seen(
        per_second=round(len(sizes) / took, 1),
        processor_ms=round(web_ms, 2),
        everything_ms=round(web_ms + sum(others_ms), 2),
        bytes=sum(sizes) // len(sizes),
    )


def _spent(programs: Sequence[Service]) -> list[float]:
    """Processor seconds so far of each program, and last of this one."""
    return [*map(processor_seconds, programs), time.process_time()]


def _prepare(written: Path, *, suppliers: int) -> None:
    """Fill the empty database, and write who may ask and for what."""
    import django

    django.setup()
    from buyers.models import Requirement
    from matchmaking.demo.logins import agency, log_in_for
    from suppliers.models import Supplier

    fill_database(suppliers=suppliers, requirements=REQUIREMENTS)
    opened = Requirement.objects.filter(state=Requirement.State.OPEN).order_by("pk")
    world = {
        "suppliers": Supplier.objects.published().count(),
        "key": log_in_for("staff", agency(), language="vi")["api_key"],
        "paths": [f"/api/v1/requirements/{row.public_id}/matches?top={TOP}" for row in opened],
    }
    written.write_text(json.dumps(world))


if __name__ == "__main__":
    sys.exit(main())
