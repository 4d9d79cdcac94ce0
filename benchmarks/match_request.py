"""How long a match request takes: `python -m benchmarks.match_request [--json FILE] [--requests N]`

Starts its own servers, loads the demo firms and asks for the first 20 matches of each open requirement, explained, as
staff with an API key. Every request goes through the whole of Django in this process: middleware, authentication,
queries, ranking, explanation, JSON. What a web server and a network would add is left out.

The peer is a bare Django view, behind the same middleware, that returns the same bytes: what any answer of this size
costs here. Both are measured in turns. This process and the database share one core. On a machine that has other
things to do, the processor time of this process says more than the clock.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.in_process import Times, percentiles, send_logs_nowhere, timed
from config.devstack.folders import throw_away_folder
from config.devstack.stack import running_servers

TOP = 20


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # inherited by the servers
    with throw_away_folder() as folder, running_servers(folder, lasting=False) as servers:
        os.environ |= servers.environment
        figures = _measured(wishes.requests)
    _print(figures)
    if wishes.json:
        wishes.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.match_request", description="Time match requests.")
    parser.add_argument("--requests", type=int, default=600, help="how many of each kind (default: 600)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser


def _measured(count: int) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.development"
    import django

    django.setup()
    send_logs_nowhere()
    staff_key = _loaded_demo()
    from buyers.models import Requirement
    from suppliers.models import Supplier

    requirements = list(Requirement.objects.filter(state="open").values_list("public_id", flat=True))
    ours, peer = _requests(requirements, staff_key)
    samples = _in_turns(ours, peer, count, kinds=len(requirements))
    return {
        "suppliers": Supplier.objects.published().count(),
        "requirements": len(requirements),
        "requests": count,
        "top": TOP,
        "bytes": round(statistics.mean(len(ours(number)) for number in range(len(requirements)))),
        **{name: percentiles(times) for name, times in samples.items()},
        "ratio_of_medians": round(_median_ms(samples["match_request"]) / _median_ms(samples["bare_view"]), 2),
    }


def _loaded_demo() -> str:
    """Fill the empty database; returns the API key of staff."""
    from django.core.management import call_command

    with tempfile.TemporaryDirectory() as folder:
        log_ins = Path(folder) / "demo.json"
        call_command("migrate", verbosity=0)
        call_command("load_taxonomy", verbosity=0)
        call_command("load_demo", out=log_ins, verbosity=0)
        accounts = json.loads(log_ins.read_text())["accounts"]
    return next(str(account["api_key"]) for account in accounts if account["kind"] == "staff")


def _requests(requirements: Sequence[str], key: str) -> tuple[Callable[[int], bytes], Callable[[int], bytes]]:
    """Our request number n and the peer's; each returns the answer's bytes."""
    from django.http import HttpRequest, HttpResponse
    from django.test import Client, override_settings
    from django.urls import path

    client = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {key}", "accept-language": "vi"})
    answers: dict[int, bytes] = {}

    def ours(number: int) -> bytes:
        answer = client.get(f"/api/v1/requirements/{requirements[number]}/matches", {"top": TOP})
        if answer.status_code != 200:
            raise RuntimeError(answer.content.decode())
        answers[number] = answer.content
        return answer.content

    def bare_view(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 (Django's signature)
        return HttpResponse(answers[number], content_type="application/json")

    class BareUrls:
        urlpatterns = [path("<int:number>", bare_view)]

    bare = override_settings(ROOT_URLCONF=BareUrls)

    def peer(number: int) -> bytes:
        with bare:
            return client.get(f"/{number}").content

    return ours, peer


def _in_turns(
    ours: Callable[[int], bytes], peer: Callable[[int], bytes], count: int, *, kinds: int
) -> dict[str, list[Times]]:
    for number in range(kinds):
        if ours(number) != peer(number):
            raise RuntimeError("the peer does not return the same bytes")
    samples: dict[str, list[Times]] = {"match_request": [], "bare_view": []}
    for turn in range(count):
        samples["match_request"].append(timed(partial(ours, turn % kinds)))
        samples["bare_view"].append(timed(partial(peer, turn % kinds)))
    return samples


def _median_ms(times: list[Times]) -> float:
    return statistics.median(clock for clock, _ in times)


def _print(figures: dict[str, Any]) -> None:
    print(
        f"{figures['suppliers']} suppliers, {figures['requirements']} requirements, top {figures['top']} explained, "
        f"about {figures['bytes']:,} bytes, {figures['requests']} requests of each kind, in process, one core"
    )
    for name in ("match_request", "bare_view"):
        row = figures[name]
        clock = "   ".join(f"{cut} {row[f'{cut}_ms']:7.2f} ms" for cut in ("p50", "p95", "p99"))
        print(f"{name.replace('_', ' '):<14} {clock}   processor {row['processor_ms']:6.2f} ms")
    print(f"ratio of medians {figures['ratio_of_medians']}")


if __name__ == "__main__":
    sys.exit(main())
