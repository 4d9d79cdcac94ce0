"""Promise 10: who asks too much is told when to come back; without Redis reads stay open and signing in closes."""

import socket
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.urls import reverse
from redis import Redis

from accounts.principals import Principal
from buyers.models import Plant
from config.api.throttling import Limiter, LimitsUnavailable, address_of, limiter
from config.devstack.valkey import free_port
from tests.conftest import ClientFor, Covered
from tests.factories import matchmaking as make
from tests.factories.accounts import PASSWORD, UserFactory, member, tax_code
from tests.fixtures.routes import operations

SIGN_IN = "/auth/app/v1/auth/login"


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers where the limits are counted."""
    monkeypatch.setattr(limiter, "_counts", Limiter(f"redis://127.0.0.1:{free_port()}/0")._counts)
    monkeypatch.setattr(limiter, "_resting_until", 0.0)


def limit_all(settings: LazySettings, limits: str) -> None:
    settings.LIMITS = dict.fromkeys(settings.LIMITS, limits)


def sign_in(**headers: Any) -> Any:
    user = UserFactory.create()
    body = {"email": user.email, "password": PASSWORD}
    return Client(headers={"accept-language": "en"}).post(SIGN_IN, body, content_type="application/json", **headers)


@pytest.mark.django_db
def test_every_operation_refuses_who_has_asked_too_much(
    client_for: ClientFor, callers: list[Principal], settings: LazySettings, covered: Covered
) -> None:
    limit_all(settings, "1/hour")
    for caller in callers:
        for name in settings.LIMITS:
            limiter.charge(name, str(caller.caller_id))
    clients = [client_for(caller) for caller in callers]
    passed_over = []

    for operation in operations():
        answers = [client.generic(operation.method, operation.address()) for client in clients]
        refused = [answer for answer in answers if answer.status_code == 429]
        passed_over += [str(operation)] if not refused else []
        for answer in refused:
            assert (answer["Content-Type"], answer.json()["code"]) == ("application/problem+json", "throttled")
            assert 1 <= int(answer["Retry-After"]) <= 3600
            assert answer["RateLimit-Policy"].endswith('-hour";q=1;w=3600')

    assert passed_over == []
    covered(len(operations()), "operations answer 429 with Retry-After when a limit is used up")


def test_counts_go_on_when_the_connection_dies_and_when_redis_has_forgotten_how(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "read": "9/minute;20/day"}
    owner = f"key_{uuid4().hex}"

    def left() -> list[int]:
        return [standing.remaining for standing in limiter.charge("read", owner)]

    assert left() == [8, 19]
    limiter._counts._connection()._sock.shutdown(socket.SHUT_RDWR)
    assert left() == [7, 18]
    Redis.from_url(settings.REDIS_URL).script_flush()
    assert left() == [6, 17]
    assert [standing.remaining for standing in limiter.charge("read", owner, cost=4)] == [2, 13]


@pytest.mark.django_db
def test_an_answer_says_how_much_is_left(client_for: ClientFor, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "read": "3/minute;5/day"}
    client = client_for(member())

    answers = [client.get("/api/v1/organisations") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"read-minute";q=3;w=60, "read-day";q=5;w=86400'
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60


@pytest.mark.django_db
def test_reads_writes_and_previews_count_apart_and_so_does_each_caller(
    client_for: ClientFor, settings: LazySettings
) -> None:
    limit_all(settings, "1/hour")
    buyer, colleague = member("buyer"), member("buyer")
    make.verified_buyer(buyer.organisation)
    make.process("turning")
    asked = {"operations": [{"process": "turning"}]}
    client = client_for(buyer)

    statuses = [
        client.get("/api/v1/plants").status_code,
        client.post("/api/v1/plants", {"name": "Plant"}).status_code,
        client.post("/api/v1/match-preview", asked).status_code,
        client.post("/api/v1/match-preview", asked).status_code,
        client_for(colleague).get("/api/v1/plants").status_code,
    ]

    assert statuses == [200, 201, 200, 429, 200]


@pytest.mark.django_db
def test_searching_counts_for_the_organisation_however_it_is_done_and_details_do_not(
    client_for: ClientFor, settings: LazySettings
) -> None:
    settings.LIMITS = {**settings.LIMITS, "search": "3/hour"}
    buyer = member("buyer")
    colleague = member("buyer", organisation=buyer.organisation)
    client = client_for(buyer)

    statuses = [
        client.get("/api/v1/search", {"q": "CNC"}).status_code,
        client.get("/api/v1/suppliers").status_code,
        client_for(colleague).get("/api/v1/requirements").status_code,
        client.get("/api/v1/suppliers", {"page_size": "1"}).status_code,
        client_for(colleague).get("/api/v1/search", {"q": "CNC"}).status_code,
        client.get("/api/v1/suppliers/sup_0000").status_code,
        client_for(member("buyer")).get("/api/v1/suppliers").status_code,
    ]

    assert statuses == [200, 200, 200, 429, 429, 404, 200]


@pytest.mark.django_db
def test_strangers_search_by_address(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "search": "1/hour"}
    here: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.71"}

    asked = [Client().get(path, **here).status_code for path in ("/api/v1/suppliers", "/api/v1/search?q=CNC")]

    assert asked == [200, 429]


@pytest.mark.django_db
def test_a_person_registers_so_many_organisations_and_staff_more(client_for: ClientFor, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "register": "1/hour"}
    person, officer = client_for(Principal(user=UserFactory.create())), client_for(member("agency"))
    bodies = [{"kind": "supplier", "legal_name": "Firm", "tax_code": tax_code(900_010 + each)} for each in range(4)]

    registered = [
        client.post("/api/v1/organisations", body).status_code
        for client, body in zip((person, person, officer, officer), bodies, strict=True)
    ]

    assert registered == [201, 429, 201, 201]


@pytest.mark.django_db
def test_a_refusal_is_told_in_the_reader_s_language(client_for: ClientFor, settings: LazySettings) -> None:
    limit_all(settings, "1/hour")
    client = client_for(member())
    client.get("/api/v1/plants")

    told = client.get("/api/v1/plants", headers={"accept-language": "vi"}).json()

    assert (told["code"], told["detail"]) == (
        "throttled",
        "Quá nhiều yêu cầu. Hãy chờ theo thời gian trong Retry-After.",
    )


@pytest.mark.django_db
def test_what_is_refused_is_not_done(client_for: ClientFor, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "write": "1/hour"}
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)
    client = client_for(buyer)

    statuses = [client.post("/api/v1/plants", {"name": name}).status_code for name in ("One", "Two")]

    assert statuses == [201, 429]
    assert [plant.name for plant in Plant.objects.all()] == ["One"]


@pytest.mark.django_db
def test_strangers_count_by_address_and_credentials_that_are_refused_as_well(settings: LazySettings) -> None:
    limit_all(settings, "1/hour")
    here: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.1"}
    there: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.2"}
    client, wrong = Client(), {"authorization": "Bearer mk_000000000000.0"}

    statuses = [
        client.get("/api/v1/suppliers", **here).status_code,
        client.get("/api/v1/suppliers", **here).status_code,
        client.get("/api/v1/suppliers", headers=wrong, **there).status_code,
        client.get("/api/v1/suppliers", headers=wrong, **there).status_code,
    ]

    assert statuses == [200, 429, 401, 429]


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "counted"),
    [
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.7", 1, "198.51.100.7"),
        ("2001:db8:1:2:3::4", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("", "", 0, "unknown"),
    ],
)
def test_an_address_is_believed_as_far_as_proxies_of_ours_tell_it(
    remote: str, forwarded: str, proxies: int, counted: str, settings: LazySettings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    assert address_of(RequestFactory().get("/", REMOTE_ADDR=remote, **headers)) == counted


@pytest.mark.django_db
def test_what_one_limit_refuses_counts_under_none(client_for: ClientFor, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "read": "2/minute;100/day"}
    client = client_for(member())

    answers = [client.get("/api/v1/plants") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429]
    assert [answer["RateLimit"].split(", ")[1].split(";")[1] for answer in answers] == ["r=99", "r=98"] + ["r=98"] * 3


@pytest.mark.parametrize("limits", ["10/minute;25/hour", "25/hour;10/minute"])
def test_a_cost_is_taken_whole_or_not_at_all(limits: str, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "write": limits}
    owner = f"key_{free_port()}_{id(settings)}"

    def standing(cost: int) -> dict[str, tuple[int, bool]]:
        charged = limiter.charge("write", owner, cost=cost)
        return {each.name: (each.remaining, each.is_exceeded) for each in charged}

    assert standing(6) == {"write-minute": (4, False), "write-hour": (19, False)}
    assert standing(5) == {"write-minute": (0, True), "write-hour": (19, False)}
    assert standing(4) == {"write-minute": (0, False), "write-hour": (15, False)}
    assert standing(1) == {"write-minute": (0, True), "write-hour": (15, False)}


def test_a_window_slides(settings: LazySettings) -> None:
    """Of what was counted in the hour before, the part counts that lies less than an hour back."""
    owner = f"key_{free_port()}_{id(settings)}"
    settings.LIMITS = {**settings.LIMITS, "write": "1000/hour"}
    limiter.charge("write", owner, cost=1000)
    window = f"{settings.LIMITS_KEY_PREFIX}:{{LIMITER/write/{owner}/1000/1/hour}}"
    Redis.from_url(settings.REDIS_URL).expire(window, 54 * 60)  # its hour has been over for six minutes

    (after,) = limiter.charge("write", owner, cost=50)

    assert (after.is_exceeded, 50 <= after.remaining <= 60) == (False, True)


def test_many_at_once_are_granted_no_more_than_the_limit(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "write": "20/hour"}
    owner = f"key_{free_port()}_{id(settings)}"
    granted: list[bool] = []

    def ask() -> None:
        granted.extend(not limiter.charge("write", owner)[0].is_exceeded for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(granted), sum(granted)) == (80, 20)


def test_an_act_may_cost_more_than_one(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "write": "5/hour"}
    owner = f"key_{free_port()}_{id(settings)}"

    standings = [limiter.charge("write", owner, cost=cost)[0] for cost in (3, 3, 2)]

    assert [(standing.remaining, standing.is_exceeded) for standing in standings] == [(2, False), (0, True), (0, False)]


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_away")
def test_without_redis_reading_and_writing_stay_open(client_for: ClientFor) -> None:
    client = client_for(member("buyer"))
    make.process("turning")

    read, written = client.get("/api/v1/plants"), client.post("/api/v1/buyers", {})

    assert (read.status_code, written.status_code) == (200, 201)
    assert "RateLimit" not in read
    assert limiter._resting_until > 0


@pytest.mark.usefixtures("redis_away")
def test_without_redis_what_must_be_counted_closes() -> None:
    for _try in range(2):
        with pytest.raises(LimitsUnavailable):
            limiter.charge("sign_in", "192.0.2.1")


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_away")
def test_without_redis_nobody_signs_in_and_everybody_can_sign_out() -> None:
    page, app = Client().post(reverse("account_login"), {}), sign_in()

    assert (page.status_code, page["Retry-After"], app.status_code, app["Retry-After"]) == (503, "10", 503, "10")
    assert app.json()["errors"][0]["code"] == "unavailable"
    assert Client().post(reverse("account_logout")).status_code == 302


@pytest.mark.django_db
def test_tries_to_sign_in_count_by_address(settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "sign_in": "1/hour"}
    here: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.3"}

    first, second = sign_in(**here), sign_in(**here)
    page = Client().post(reverse("account_login"), {}, **here)
    elsewhere = sign_in(REMOTE_ADDR="192.0.2.4")

    assert [answer.status_code for answer in (first, second, page, elsewhere)] == [200, 429, 429, 200]
    assert second.json()["errors"][0]["code"] == "too_many_requests"
    assert 1 <= int(second["Retry-After"]) <= 3600
