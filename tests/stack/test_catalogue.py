"""Two web servers and a worker share one catalogue: what is committed counts in the next ranking of each."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone

from accounts.models import Organisation
from accounts.services import issue_api_key
from buyers.models import Requirement
from config.devstack.valkey import free_port
from matchmaking.catalogue.mirror import MANY_CHANGES
from matchmaking.catalogue.shelf import shelf
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.fixtures.worker import StartWorker, worker_environment
from tests.stack.processes import eventually, started


class Web:
    """A running web server of one process."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key = port, key

    def matches(self, requirement: Requirement) -> list[tuple[str, str]]:
        """Who is ranked, and with which eligibility."""
        answer = self.get(f"/api/v1/requirements/{requirement.public_id}/matches")
        return [(line["supplier"], line["eligibility"]) for line in answer["results"]]

    def get(self, path: str) -> Any:
        asked = Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.key}", "Host": "localhost"}
        )
        with urlopen(asked, timeout=20) as answer:  # noqa: S310
            return json.load(answer)

    def answers(self) -> bool:
        try:
            return self.get("/healthz") is not None
        except OSError:
            return False


@pytest.fixture
def environment(own_catalogue: Path) -> dict[str, str]:
    return {
        **worker_environment(),
        "CATALOGUE_DIR": str(own_catalogue),
        "MERGE_EVERY_SECONDS": "0.3",
        "WEB_CONCURRENCY": "1",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def webs(transactional_db: None, environment: dict[str, str]) -> Iterator[list[Web]]:
    key = issue_api_key(name="Catalogue", scopes=["read"], by=member("agency"))[1]
    with ExitStack() as at_the_end:
        found = []
        for _ in range(2):
            web = Web(free_port(), key)
            arguments = ("-m", "gunicorn", "-c", "python:config.gunicorn", "-b", f"127.0.0.1:{web.port}")
            at_the_end.callback(at_the_end.enter_context(started(*arguments, **environment)).terminate)
            found.append(web)
        assert eventually(lambda: all(web.answers() for web in found), within_seconds=60)
        yield found


def many_new_firms(count: int) -> None:
    kind = Organisation.Kind.SUPPLIER
    organisations = Organisation.objects.bulk_create(OrganisationFactory.build_batch(count, kind=kind))
    state, now = Supplier.State.PUBLISHED, timezone.now()
    Supplier.objects.bulk_create([Supplier(organisation=each, state=state, published_at=now) for each in organisations])


def test_what_is_committed_counts_at_once_everywhere_while_the_base_is_made_anew(
    webs: list[Web], environment: dict[str, str], start_worker: StartWorker
) -> None:
    supplier = make.published_supplier()
    make.capability(supplier, tolerance_mm=0.01)
    requirement = make.requirement(
        operations=({"process": "cnc_turning", "tolerance_mm": 0.02},), criteria={"tolerance": {"mode": "must"}}
    )
    fits, misses = [(supplier.public_id, "eligible")], [(supplier.public_id, "near_miss")]
    assert [web.matches(requirement) for web in webs] == [fits, fits]
    first = shelf().mark()
    assert first is not None

    for tolerance_mm, expected in ((0.03, misses), (0.02, fits), (0.021, misses)):
        Capability.objects.update(tolerance_mm=tolerance_mm)
        assert [web.matches(requirement) for web in webs] == [expected, expected]
    assert shelf().mark() == first

    worker = start_worker(**environment)
    many_new_firms(MANY_CHANGES)
    worker.wait_until(lambda: shelf().mark() != first)
    assert [web.matches(requirement) for web in webs] == [misses, misses]
    Capability.objects.update(tolerance_mm=0.005)
    assert [web.matches(requirement) for web in webs] == [fits, fits]
    Supplier.objects.filter(pk=supplier.pk).update(state=Supplier.State.SUSPENDED)
    assert [web.matches(requirement) for web in webs] == [[], []]
