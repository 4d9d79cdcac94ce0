"""Webhook endpoints and their log through the API: who manages them, what is refused, what is shown once."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.principals import Principal
from accounts.services import issue_api_key
from notifications import services
from notifications.models import Attempt, Delivery, Event, WebhookEndpoint
from notifications.services import endpoints
from notifications.webhooks.signing import decrypted
from tests.conftest import ClientFor
from tests.factories.accounts import member

URL = "/api/v1/webhook-endpoints"
LOG = "/api/v1/deliveries"
ADDRESS = "https://hooks.firm.example/in"
BODY = {"url": ADDRESS, "topics": ["connection.requested"]}

pytestmark = pytest.mark.django_db


def key_of(owner: Principal, *scopes: str) -> Principal:
    return Principal.of_key(issue_api_key(name="ERP", scopes=scopes, by=owner)[0])


def endpoint_of(owner: Principal, **values: Any) -> WebhookEndpoint:
    return services.add_endpoint(values={**BODY, **values}, by=owner)[0]


def delivery_to(endpoint: WebhookEndpoint, **fields: Any) -> Delivery:
    event = Event.objects.create(topic="connection.requested", subject="con_1", state="done")
    defaults = {"channel": "webhook", "state": "done", "attempts": 1}
    return Delivery.objects.create(event=event, endpoint=endpoint, **{**defaults, **fields})


def test_an_owner_adds_one_and_reads_the_secret_once(owner: Principal, client_for: ClientFor) -> None:
    client = client_for(owner)

    made = client.post(URL, BODY, format="json")

    endpoint = WebhookEndpoint.objects.get()
    assert (made.status_code, made["Location"]) == (201, f"{URL}/{endpoint.public_id}")
    assert made.json()["secret"] == decrypted(endpoint.secret)
    assert (made.json()["url"], made.json()["topics"], made.json()["is_active"]) == (ADDRESS, BODY["topics"], True)
    shown = client.get(made["Location"])
    assert "secret" not in shown.json()
    assert made.json()["secret"] not in shown.content.decode() + client.get(URL).content.decode()


def test_a_key_needs_the_scope_for_it(owner: Principal, client_for: ClientFor) -> None:
    endpoint_of(owner)

    assert client_for(key_of(owner, "webhooks")).post(URL, BODY, format="json").status_code == 201
    refused = client_for(key_of(owner, "read", "write")).post(URL, BODY, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert client_for(key_of(owner, "read")).get(URL).status_code == 403
    assert WebhookEndpoint.objects.count() == 2


@pytest.mark.parametrize("who", ["editor", "viewer", "stranger", "staff"])
def test_for_everybody_else_there_is_none(owner: Principal, client_for: ClientFor, who: str) -> None:
    endpoint = endpoint_of(owner)
    delivery = delivery_to(endpoint)
    callers = {"stranger": lambda: member("buyer"), "staff": lambda: member("agency")}
    client = client_for(callers.get(who, lambda: member(role=who, organisation=owner.organisation))())
    path, any_version = f"{URL}/{endpoint.public_id}", {"if-match": "*"}

    answers = [
        client.get(path),
        client.patch(path, {"description": "x"}, format="json", headers=any_version),
        client.delete(path, headers=any_version),
        *(client.post(f"{path}/{verb}") for verb in ("rotate-secret", "test", "enable", "disable")),
        client.get(f"{LOG}/{delivery.public_id}"),
        client.post(f"{LOG}/{delivery.public_id}/replay"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 9
    assert client.get(URL).json()["results"] == client.get(LOG).json()["results"] == []
    endpoint.refresh_from_db()
    assert (endpoint.version, endpoint.is_active) == (1, True)
    delivery.refresh_from_db()
    assert delivery.state == "done"


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_add_one(owner: Principal, client_for: ClientFor, role: str) -> None:
    client = client_for(member(role=role, organisation=owner.organisation))

    assert client.post(URL, BODY, format="json").status_code == 403
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "http://hooks.firm.example/"}, "/url"),
        ({"url": "https://169.254.169.254/"}, "/url"),
        ({"url": "https://localhost/"}, "/url"),
        ({"url": 7}, "/url"),
        ({"topics": []}, "/topics"),
        ({"topics": ["no.such"]}, "/topics/0"),
        ({"topics": ["connection.requested", "claim.opened"]}, "/topics/1"),
        ({"topics": ["saved_search.matched"]}, "/topics/0"),
        ({"secret": "whsec_mine"}, "/secret"),
    ],
)
def test_what_cannot_be_told_is_refused(
    owner: Principal, client_for: ClientFor, change: dict[str, Any], pointer: str
) -> None:
    refused = client_for(owner).post(URL, {**BODY, **change}, format="json")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not WebhookEndpoint.objects.exists()


def test_staff_hear_of_what_waits_for_them(client_for: ClientFor) -> None:
    body = {**BODY, "topics": ["claim.opened"]}

    assert client_for(member("agency")).post(URL, body, format="json").status_code == 201


def test_an_organisation_has_so_many_at_most(
    owner: Principal, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST_ENDPOINTS", 1)
    endpoint_of(owner)
    endpoint_of(member("buyer"))

    refused = client_for(owner).post(URL, BODY, format="json")

    assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (409, "limit_reached", 1)
    assert WebhookEndpoint.objects.count() == 2


def test_a_change_needs_the_newest_version(owner: Principal, client_for: ClientFor) -> None:
    client, path = client_for(owner), f"{URL}/{endpoint_of(owner).public_id}"
    tag = client.get(path)["ETag"]

    answers = [
        client.patch(path, {"url": "https://new.firm.example/"}, format="json", headers={"if-match": tag}),
        client.patch(path, {"url": ADDRESS}, format="json", headers={"if-match": tag}),
        client.patch(path, {"url": "https://10.0.0.1/"}, format="json", headers={"if-match": "*"}),
        client.delete(path, headers={"if-match": tag}),
    ]

    assert [answer.status_code for answer in answers] == [200, 412, 400, 412]
    assert WebhookEndpoint.objects.get().url == "https://new.firm.example/"
    assert client.delete(path, headers={"if-match": "*"}).status_code == 204
    assert not WebhookEndpoint.objects.exists()


def test_a_rotation_shows_the_new_secret_and_keeps_the_old_for_a_day(owner: Principal, client_for: ClientFor) -> None:
    endpoint = endpoint_of(owner)
    old = decrypted(endpoint.secret)

    rotated = client_for(owner).post(f"{URL}/{endpoint.public_id}/rotate-secret")

    endpoint.refresh_from_db()
    assert rotated.status_code == 200
    assert [decrypted(stored) for stored in endpoint.secrets_at()] == [rotated.json()["secret"], old]
    assert rotated.json()["former_secret_signs_until"].endswith("Z")


def test_it_is_switched_off_and_on_and_tested(owner: Principal, client_for: ClientFor) -> None:
    endpoint, client = endpoint_of(owner), client_for(owner)
    path = f"{URL}/{endpoint.public_id}"

    off = client.post(f"{path}/disable").json()
    refused = client.post(f"{path}/test")
    on = client.post(f"{path}/enable").json()
    tested = client.post(f"{path}/test")

    assert (off["is_active"], off["disabled_reason"]) == (False, "by_hand")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_endpoint_inactive")
    assert (on["is_active"], on["disabled_reason"]) == (True, "")
    delivery = Delivery.objects.get(channel="webhook")
    assert (tested.status_code, tested.json()["id"]) == (200, delivery.public_id)
    assert (tested.json()["topic"], tested.json()["state"]) == ("webhook.test", "due")


def test_the_log_tells_each_attempt(owner: Principal, client_for: ClientFor) -> None:
    delivery = delivery_to(endpoint_of(owner))
    started = delivery.created_at
    Attempt.objects.create(
        delivery=delivery, number=1, started_at=started, duration_ms=12, status_code=500, reply="oops", error="500"
    )

    shown = client_for(owner).get(f"{LOG}/{delivery.public_id}").json()

    assert (shown["topic"], shown["subject"], shown["attempts"]) == ("connection.requested", "con_1", 1)
    (tried,) = shown["tries"]
    assert tried.pop("started_at").endswith("Z")
    assert tried == {"number": 1, "duration_ms": 12, "status_code": 500, "reply": "oops", "error": "500"}


def test_the_log_is_filtered(owner: Principal, client_for: ClientFor) -> None:
    first, second = delivery_to(endpoint_of(owner)), delivery_to(endpoint_of(owner), state="dead")
    assert second.endpoint is not None
    client = client_for(owner)

    for query, expected in (
        ({"state": "done"}, [first]),
        ({"endpoint": second.endpoint.public_id}, [second]),
        ({"topic": "connection.requested"}, [second, first]),
        ({"subject": "con_2"}, []),
    ):
        found = client.get(LOG, query).json()["results"]
        assert [each["id"] for each in found] == [row.public_id for row in expected]


def test_a_replay_is_due_at_once_and_one_that_waits_is_not_replayed(owner: Principal, client_for: ClientFor) -> None:
    delivery, client = delivery_to(endpoint_of(owner), state="dead", attempts=10), client_for(owner)

    replayed = client.post(f"{LOG}/{delivery.public_id}/replay")
    again = client.post(f"{LOG}/{delivery.public_id}/replay")

    assert (replayed.status_code, replayed.json()["state"], replayed.json()["attempts"]) == (200, "due", 10)
    assert (again.status_code, again.json()["code"]) == (409, "delivery_pending")
    delivery.refresh_from_db()
    assert delivery.give_up_after == 20


@pytest.mark.parametrize("count", [1, 50])
def test_a_page_takes_the_same_queries_however_long(
    count: int, owner: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    endpoint = endpoint_of(owner)
    for _ in range(count):
        delivery_to(endpoint)
    client = client_for(replace(owner))

    with django_assert_num_queries(1):
        assert len(client.get(LOG).json()["results"]) == count
    with django_assert_num_queries(1):
        client.get(URL)
