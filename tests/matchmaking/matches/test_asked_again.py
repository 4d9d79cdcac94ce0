"""Software that asks again is told at once, as long as it still may ask and nothing has changed.

Each change acts at the next request of every process.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import ApiKey, Organisation
from accounts.principals import Principal
from accounts.services import issue_api_key, revoke_api_key
from buyers.models import Buyer, Criterion, Plant, Requirement
from config import metrics
from matchmaking import middleware
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers, matches_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_catalogue")]

OF_ITS_OWN = {"X-Request-ID", "RateLimit"}


class Software:
    """A program with a key, and a web process of its own that answers it."""

    def __init__(self, key: str, path: str) -> None:
        self.headers = {"authorization": f"Bearer {key}", "accept-language": "en"}
        self.path, self.client = path, Client()

    def ask(self, path: str | None = None, **headers: str) -> Any:
        return self.client.get(path or self.path, headers={**self.headers, **headers})

    def told_again(self, path: str | None = None, **headers: str) -> bool:
        """Whether an answer takes one look at the database and nothing else."""
        with CaptureQueriesContext(connection) as queries:
            self.answer = self.ask(path, **headers)
        return [query["sql"].partition("_")[0] for query in queries] == ["EXECUTE glance"]

    @property
    def told(self) -> Any:
        return json.loads(self.answer.content)

    def warmed(self) -> "Software":
        """The first time it is let in, the second time what it rests on is seen, the third time that is unchanged."""
        assert [self.told_again() for _ in range(3)] == [False, False, True]
        return self


@pytest.fixture
def firms() -> dict[str, Supplier]:
    return example_suppliers()


@pytest.fixture
def requirement(buyer: Principal, firms: dict[str, Supplier]) -> Requirement:
    return example_requirement(buyer)


@pytest.fixture
def api_key(buyer: Principal) -> tuple[ApiKey, str]:
    return issue_api_key(name="ERP", scopes=["read"], by=buyer)


@pytest.fixture
def software(api_key: tuple[ApiKey, str], requirement: Requirement) -> Software:
    return Software(api_key[1], matches_of(requirement))


def test_the_same_request_gets_the_same_answer_after_one_look(software: Software) -> None:
    first, second = software.ask(), software.ask()

    assert software.told_again()

    third = software.answer
    assert first.content == second.content == third.content
    assert set(third.headers) == set(first.headers)
    shared = set(first.headers) - OF_ITS_OWN
    assert {name: third[name] for name in shared} == {name: first[name] for name in shared}
    assert third["X-Request-ID"] != first["X-Request-ID"]
    assert third["Content-Length"] == str(len(third.content))


def test_what_an_answer_must_say_for_safety_it_says_again(software: Software) -> None:
    software.warmed()

    told = {
        name: software.answer[name] for name in ("Cache-Control", "X-Content-Type-Options", "Content-Security-Policy")
    }
    assert told["Cache-Control"] == "private, no-store"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"].startswith("default-src 'none'")
    assert set(software.answer["Vary"].split(", ")) >= {"Authorization", "Cookie", "Accept-Language"}


def test_it_counts_as_any_request_does(software: Software, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "read": "4/hour"}

    answers = [software.ask() for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=3", "r=2", "r=1", "r=0", "r=0"]
    assert json.loads(answers[4].content)["code"] == "throttled"


def test_it_is_counted_under_its_route(software: Software, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, str, str]] = []
    labels = metrics.REQUESTS.labels

    def noted(*names: str) -> Any:
        counted.append((names[0], names[1], names[2]))
        return labels(*names)

    software.warmed()
    monkeypatch.setattr(metrics.REQUESTS, "labels", noted)
    assert software.told_again()

    ((method, route, status),) = counted
    assert (method, status) == ("GET", "2xx")
    assert route.endswith("/matches$")


def test_the_log_tells_of_it_as_of_any_request(
    software: Software, api_key: tuple[ApiKey, str], log_lines: StringIO
) -> None:
    software.warmed()
    log_lines.truncate(0)
    log_lines.seek(0)

    assert software.told_again(**{"x-request-id": "req-7"})

    (line,) = [json.loads(text) for text in log_lines.getvalue().splitlines()]
    assert (line["event"], line["code"], line["request"]) == ("request_finished", 200, f"GET {software.path}")
    assert (line["request_id"], line["ip"]) == ("req-7", "127.0.0.1")
    assert (line["api_key"], line["organisation"]) == (api_key[0].public_id, api_key[0].organisation.public_id)


END: dict[str, tuple[Callable[[ApiKey, Requirement], Any], int, str]] = {
    "the key is revoked": (
        lambda key, _: revoke_api_key(api_key_id=key.pk, by=member("buyer", organisation=key.organisation)),
        401,
        "api_key_ended",
    ),
    "the key has another secret": (
        lambda key, _: ApiKey.objects.filter(pk=key.pk).update(secret_hash="0" * 64),
        401,
        "unknown_api_key",
    ),
    "the key is removed": (lambda key, _: ApiKey.objects.filter(pk=key.pk).delete(), 401, "unknown_api_key"),
    "the key may not read": (
        lambda key, _: ApiKey.objects.filter(pk=key.pk).update(scopes=["webhooks"]),
        403,
        "scope_missing",
    ),
    "the key works elsewhere": (
        lambda key, _: ApiKey.objects.filter(pk=key.pk).update(allowed_networks=["203.0.113.0/24"]),
        403,
        "network_not_allowed",
    ),
    "the key is another organisation's": (
        lambda key, _: ApiKey.objects.filter(pk=key.pk).update(organisation=member("buyer").organisation),
        404,
        "not_found",
    ),
    "the buyer is suspended": (lambda *_: Buyer.objects.update(state="suspended"), 403, "buyer_not_verified"),
    "the requirement is another's": (
        lambda _, asked: Requirement.objects.filter(pk=asked.pk).update(buyer=make.verified_buyer()),
        404,
        "not_found",
    ),
    "the requirement is removed": (
        lambda _, asked: (Criterion.objects.all().delete(), Requirement.objects.filter(pk=asked.pk).delete()),
        404,
        "not_found",
    ),
}


@pytest.mark.parametrize("what", END)
def test_whoever_may_no_longer_ask_is_refused_at_once_by_every_process(
    what: str, software: Software, api_key: tuple[ApiKey, str], requirement: Requirement
) -> None:
    processes = [software.warmed(), Software(api_key[1], software.path).warmed()]
    change, status, code = END[what]

    change(api_key[0], requirement)
    answers = [process.ask() for process in processes]

    assert [answer.status_code for answer in answers] == [status] * 2
    assert [json.loads(answer.content)["code"] for answer in answers] == [code] * 2


def test_a_key_ends_when_its_time_is_up_though_nobody_changes_it(
    software: Software, api_key: tuple[ApiKey, str]
) -> None:
    software.warmed()

    with time_machine.travel(api_key[0].expires_at, tick=False):
        refused = software.ask()

    assert (refused.status_code, json.loads(refused.content)["code"]) == (401, "api_key_ended")


def test_a_role_that_comes_back_is_let_in_anew(software: Software) -> None:
    software.warmed()
    Buyer.objects.update(state="suspended")
    assert software.ask().status_code == 403

    Buyer.objects.update(state="verified")

    assert [software.told_again() for _ in range(3)] == [False, False, True]
    assert software.answer.status_code == 200


def test_a_changed_supplier_is_told_at_once_without_asking_anew_who_asks(
    software: Software, firms: dict[str, Supplier], api_key: tuple[ApiKey, str]
) -> None:
    processes = [software.warmed(), Software(api_key[1], software.path).warmed()]
    assert software.told["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}

    Capability.objects.filter(site__supplier=firms["C"]).update(tolerance_mm=0.02)
    Organisation.objects.filter(pk=firms["A"].organisation_id).update(trade_name="Renamed")

    for told in (json.loads(process.ask().content) for process in processes):
        assert told["counts"] == {"eligible": 2, "unconfirmed": 2, "near_miss": 0}
        assert [line["trade_name"] for line in told["results"]].count("Renamed") == 1
    assert [process.told_again() for process in processes] == [True, True]


def test_a_changed_requirement_or_plant_is_told_at_once(
    software: Software, requirement: Requirement, buyer: Principal
) -> None:
    software.warmed()
    assert software.told["counts"]["near_miss"] == 1

    Criterion.objects.filter(requirement=requirement).update(mode="should")
    requirement.save_next_version()
    assert not software.told_again()
    assert software.told["counts"]["near_miss"] == 0

    plant = Plant.objects.create(buyer=requirement.buyer, name="New")
    requirement.plant = plant
    requirement.save_next_version()
    assert not software.told_again()
    assert "distance" not in software.told["results"][0]["criteria"]
    plant.latitude, plant.longitude = 21.0, 105.8
    plant.save_next_version()
    assert not software.told_again()
    assert "distance" in software.told["results"][0]["criteria"]


def test_a_requirement_that_ends_goes_the_usual_way(software: Software, requirement: Requirement) -> None:
    software.warmed()

    Requirement.objects.filter(pk=requirement.pk).update(state="withdrawn")

    assert not software.told_again()
    assert software.answer.status_code == 200  # its buyer still sees who would match


def test_a_new_day_is_told_as_such(software: Software) -> None:
    software.warmed()
    today = timezone.localdate()

    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert not software.told_again()
        assert software.told["as_of"] == (today + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "vi"},
        {"x-forwarded-for": "203.0.113.9"},
        {"x-organisation": "org_0000"},
        {"x-session-token": "a" * 32},
        {"accept": "text/html"},
        {"cookie": "django_language=vi"},
        {"authorization": "Basic abc"},
        {"x-anything": "new"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_request_that_is_not_the_same_goes_the_usual_way(software: Software, headers: dict[str, str]) -> None:
    software.warmed()

    assert not software.told_again(**headers)

    assert software.told_again()


def test_a_body_that_nobody_asked_for_is_read_away_each_time(software: Software) -> None:
    software.warmed()

    assert [software.told_again(**{"transfer-encoding": "chunked"}) for _ in range(3)] == [False] * 3

    assert software.answer.status_code == 200


def test_another_question_or_key_is_not_told_what_this_one_was(
    software: Software, api_key: tuple[ApiKey, str], requirement: Requirement
) -> None:
    software.warmed()
    _row, foreign = issue_api_key(name="ERP", scopes=["read"], by=member("buyer"))
    prefix, _dot, secret = api_key[1].partition(".")
    guessed = f"{prefix}.{secret[::-1]}"

    statuses = [software.ask(authorization=f"Bearer {key}").status_code for key in (foreign, guessed)]
    shorter = json.loads(software.ask(f"{software.path}?top=1").content)
    refused = software.ask(f"{software.path}?top=0")

    assert statuses == [404, 401]
    assert (len(shorter["results"]), refused.status_code) == (1, 400)


def test_what_a_supplier_reads_of_itself_is_looked_up_each_time(
    requirement: Requirement, firms: dict[str, Supplier]
) -> None:
    _row, key = issue_api_key(name="ERP", scopes=["read"], by=member("supplier", organisation=firms["C"].organisation))
    supplier = Software(key, matches_of(requirement))

    assert [supplier.told_again() for _ in range(4)] == [False] * 4
    assert [line["supplier"] for line in supplier.told["results"]] == [firms["C"].public_id]


def test_the_use_of_the_key_is_noted_once_a_minute(software: Software, api_key: tuple[ApiKey, str]) -> None:
    software.warmed()
    row = api_key[0]
    row.refresh_from_db()
    noted = row.last_used_at
    assert noted is not None

    with time_machine.travel(noted + timedelta(seconds=61), tick=False):
        assert [software.told_again() for _ in range(2)] == [False, True]

    row.refresh_from_db()
    assert row.last_used_at == noted + timedelta(seconds=61)


def test_a_connection_that_broke_costs_nobody_an_answer(software: Software) -> None:
    software.warmed()
    connection.connection.close()

    assert software.ask().status_code == 200

    software.ask()  # the new connection plans the look
    assert software.told_again()


def test_what_was_asked_longest_ago_is_forgotten(software: Software, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "MOST_REMEMBERED", 2)
    software.warmed()
    for top in (1, 2):
        software.ask(f"{software.path}?top={top}")

    assert [software.told_again() for _ in range(3)] == [False, False, True]
