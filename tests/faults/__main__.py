"""Kill, empty, restart and hang everything while requests come in, and count: `make faults [ROUNDS=20]`

Starts PostgreSQL (fsync and synchronous_commit on), Valkey, web server, worker, scheduler, mail server, and a receiver
of webhooks that knows nothing of the product. For each fault six connections are asked for; then it is waited until all
is told, and counted: each accepted request is there, with one event, and our log says once of each channel that it was
told. E-mails and webhooks may come again after a kill, under the same id: how often is shown.

The exit status is 1 where a row falls short, or takes longer than a minute.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from os import getloadavg
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tests.faults.stage import Stage, running, wait_until

if TYPE_CHECKING:
    from tests.faults.asking import Client
    from tests.faults.harm import Fault

MOST_SECONDS = 60.0
ASKED = re.compile(
    r'^http_request_duration_seconds_count\{method="POST",route="\S*connections\S*",status="2xx"\} (\S+)$', re.MULTILINE
)
COLUMNS = "{:38}{:>9}{:>8}{:>8}{:>9}{:>8}{:>10}{:>9}{:>9}  {}"
HEADINGS = ("fault", "accepted", "stored", "events", "e-mails", "in app", "webhooks", "repeats", "seconds", "")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Break everything, lose nothing.")
    parser.add_argument("--rounds", type=int, default=1, help="how often each fault is done (default: 1)")
    parser.add_argument("--only", default="", help="those faults whose names contain this")
    wishes = parser.parse_args(arguments)
    began, failed = time.monotonic(), 0
    for line, is_right in rows(wishes.rounds, wishes.only):
        print(line, flush=True)
        failed += not is_right
    print(f"{failed} rows fall short; {time.monotonic() - began:.0f} s, load {getloadavg()[0]:.1f}")
    return 1 if failed else 0


def rows(rounds: int, only: str = "") -> Iterator[tuple[str, bool]]:
    """The lines of the table, as they come about, and whether each is as promised."""
    with running(rounds=rounds, asked_a_round=100) as stage:
        from tests.faults.asking import Client
        from tests.faults.counting import is_settled
        from tests.faults.harm import FAULTS

        client = Client(stage)
        wait(client.ask(1))  # the first request makes the processes read what they keep
        wait_until(is_settled, seconds=120, what="a quiet beginning")
        yield COLUMNS.format(*HEADINGS), True
        for _round in range(rounds):
            for fault in FAULTS:
                if only in fault.name:
                    yield _row(stage, client, fault)
        yield _health(stage, asked=len(client.accepted))


def _health(stage: Stage, *, asked: int) -> tuple[str, bool]:
    """Whether the product finds itself ready again, and has counted requests, those of dead processes too."""
    told = {}
    for page in ("readyz", "metrics"):
        with urlopen(f"{stage.base_url}/{page}", timeout=30) as answer:  # noqa: S310
            told[page] = answer.read().decode()
    counted = sum(map(float, ASKED.findall(told["metrics"])))
    is_ready = '"status": "ok", "checks"' in told["readyz"]
    line = (
        f"afterwards /readyz says {'ok' if is_ready else told['readyz']}, /metrics {counted:.0f} requests for {asked}"
    )
    return line, is_ready and counted > 0


def _row(stage: Stage, client: "Client", fault: "Fault") -> "tuple[str, bool]":
    from tests.faults.counting import count, is_settled

    def is_over() -> bool:
        stage.look_after()
        return is_settled()

    crashes, began = client.crashes, time.monotonic()
    asked: list[Future[str]] = []
    problems = []
    try:
        asked = fault.harm(stage, client)
        accepted = [request.result(MOST_SECONDS) for request in asked]
        wait_until(is_over, seconds=MOST_SECONDS, what="an end of the work")
    except TimeoutError as late:
        problems.append(str(late))
        accepted = [request.result() for request in asked if request.done() and not request.exception()]
    seconds = time.monotonic() - began
    stage.set_receiver("well")
    seen = count(stage, accepted)
    problems += seen.faults
    if seconds > MOST_SECONDS:
        problems.append("too late")
    if client.crashes > crashes:
        problems.append(f"{client.crashes - crashes} answers of 500")
    told = (seen.delivered[channel] for channel in ("email", "in_app", "webhook"))
    figures = (seen.accepted, seen.stored, seen.events, *told, seen.repeats, f"{seconds:.1f}")
    return COLUMNS.format(fault.name, *figures, "; ".join(problems)), not problems


if __name__ == "__main__":
    sys.exit(main())
