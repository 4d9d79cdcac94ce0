"""Promise 7: what is posted twice with one Idempotency-Key is done once, whatever the endpoint."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, Organisation
from accounts.principals import Principal
from buyers.models import Buyer, Plant
from jobs.models import IdempotencyKey
from jobs.tasks import forget_answered_requests
from matchmaking.models import Connection
from notifications.models import Event
from tests.conftest import ClientFor, Covered
from tests.factories import matchmaking as make
from tests.factories.accounts import UserFactory, member
from tests.fixtures.crowd import all_ask
from tests.fixtures.routes import Operation, operations

POSTS = [operation for operation in operations() if operation.method == "POST"]
REMEMBERED = [operation for operation in POSTS if not operation.setting("post_changes_nothing")]


def post(client: APIClient, path: str, body: Any = None, *, key: str | None = "k-1") -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post(path, {} if body is None else body, format="json", headers=headers)


def codes(clients: list[APIClient], operation: Operation, key: str) -> set[str]:
    """What the operation answers to somebody of each kind."""
    answers = [post(client, operation.address(), key=key) for client in clients]
    return {answer.json()["code"] if answer.content else str(answer.status_code) for answer in answers}


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    return principal


@pytest.mark.django_db
def test_every_post_refuses_a_malformed_key(client_for: ClientFor, callers: list[Principal], covered: Covered) -> None:
    clients = [client_for(caller) for caller in callers]

    passed_over = [
        str(operation) for operation in POSTS if "malformed_idempotency_key" not in codes(clients, operation, "a b")
    ]

    assert passed_over == []
    covered(len(POSTS), "POST operations refuse a malformed Idempotency-Key")


@pytest.mark.django_db
def test_every_post_refuses_a_key_that_was_used_for_something_else(
    client_for: ClientFor, callers: list[Principal], covered: Covered
) -> None:
    clients = [client_for(caller) for caller in callers]
    for caller in callers:
        organisation = caller.organisation.public_id if caller.organisation else "-"
        IdempotencyKey.objects.remember(
            owner=f"{caller.caller_id} {organisation}",
            key="used",
            fingerprint="0" * 64,
            status=201,
            body="{}",
            headers={},
        )

    passed_over = [
        str(operation) for operation in REMEMBERED if "idempotency_key_reused" not in codes(clients, operation, "used")
    ]

    assert passed_over == []
    covered(len(REMEMBERED), "POST operations refuse an Idempotency-Key of another request")


@pytest.mark.django_db
def test_what_is_posted_twice_is_created_once_and_answered_alike(buyer: Principal, client_for: ClientFor) -> None:
    client = client_for(buyer)

    first = post(client, "/api/v1/plants", {"name": "Plant", "address": "Lot 1"})
    again = post(client, "/api/v1/plants", {"address": "Lot 1", "name": "Plant"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert (again["Idempotent-Replayed"], "Idempotent-Replayed" in first) == ("true", False)
    assert Plant.objects.count() == 1
    assert Event.objects.filter(topic="plant.added").count() == 1


@pytest.mark.django_db
def test_an_act_sent_twice_acts_once(client_for: ClientFor) -> None:
    connection_asked = make.ConnectionFactory.create()
    seller = member(organisation=connection_asked.supplier.organisation)
    path = f"/api/v1/connections/{connection_asked.public_id}/accept"

    first, again = post(client_for(seller), path), post(client_for(seller), path)
    with_another_key = post(client_for(seller), path, key="k-2")

    assert (first.status_code, again.status_code, with_another_key.status_code) == (200, 200, 409)
    assert again.content == first.content
    assert Event.objects.filter(topic="connection.accepted").count() == 1
    assert Connection.objects.get().state == "accepted"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"), [("/api/v1/plants", {"name": "Another"}), ("/api/v1/requirements", {"name": "Plant"})]
)
def test_a_key_serves_one_request_only(
    buyer: Principal, client_for: ClientFor, path: str, body: dict[str, str]
) -> None:
    client = client_for(buyer)
    post(client, "/api/v1/plants", {"name": "Plant"})

    refused = post(client, path, body)

    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert [plant.name for plant in Plant.objects.all()] == ["Plant"]


@pytest.mark.django_db
def test_a_refusal_is_not_remembered(buyer: Principal, client_for: ClientFor) -> None:
    client = client_for(buyer)

    refused = post(client, "/api/v1/plants", {"name": ""})
    mended = post(client, "/api/v1/plants", {"name": "Plant"})

    assert (refused.status_code, mended.status_code) == (400, 201)
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_two_callers_may_choose_the_same_key(buyer: Principal, client_for: ClientFor) -> None:
    colleague = member("buyer", organisation=buyer.organisation)

    answers = [
        post(client_for(caller), "/api/v1/plants", {"name": name})
        for caller, name in ((buyer, "Plant"), (colleague, "Another"))
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Plant.objects.count() == 2


@pytest.mark.django_db
def test_a_secret_is_neither_stored_nor_repeated(client_for: ClientFor) -> None:
    client = client_for(member("supplier"))
    body = {"name": "ERP", "scopes": ["read"]}

    first, again = post(client, "/api/v1/api-keys", body), post(client, "/api/v1/api-keys", body)

    assert first.json()["key"].startswith("mk_")
    assert again.json() == {**first.json(), "key": None}
    assert first.json()["key"] not in IdempotencyKey.objects.get().body
    assert ApiKey.objects.count() == 1


@pytest.mark.django_db
def test_a_preview_stores_nothing(buyer: Principal, client_for: ClientFor) -> None:
    make.process("turning")
    body = {"operations": [{"process": "turning"}]}

    answers = [post(client_for(buyer), "/api/v1/match-preview", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "a b", "ă", "x" * 256, "a\tb"])
def test_a_key_is_visible_ascii(key: str, buyer: Principal, client_for: ClientFor) -> None:
    refused = client_for(buyer).post("/api/v1/plants", {"name": "Plant"}, HTTP_IDEMPOTENCY_KEY=key)

    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_idempotency_key")
    assert not Plant.objects.exists()


@pytest.mark.django_db
def test_a_key_serves_anew_once_it_has_expired_swept_or_not(buyer: Principal, client_for: ClientFor) -> None:
    client = client_for(buyer)
    post(client, "/api/v1/plants", {"name": "Plant"})
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))

    anew = post(client, "/api/v1/plants", {"name": "Another"})

    assert (anew.status_code, IdempotencyKey.objects.count()) == (201, 1)
    forget_answered_requests()
    assert IdempotencyKey.objects.count() == 1
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    forget_answered_requests()
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_every_post_with_its_key_is_a_conflict(
    client_for: ClientFor, callers: list[Principal], covered: Covered
) -> None:
    clients = [client_for(caller) for caller in callers]
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            for caller in callers:
                organisation = caller.organisation.public_id if caller.organisation else "-"
                number = IdempotencyKey.objects.lock_number(owner=f"{caller.caller_id} {organisation}", key="busy")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        passed_over = [
            str(operation)
            for operation in REMEMBERED
            if "idempotency_key_in_use" not in codes(clients, operation, "busy")
        ]
    finally:
        holder.rollback()
        holder.close()

    assert passed_over == []
    covered(len(REMEMBERED), "POST operations answer 409 while the first with the key runs")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_one_key_make_one_row(client_for: ClientFor) -> None:
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)
    clients = [client_for(buyer) for _ in range(8)]

    answers = all_ask(clients, lambda client: post(client, "/api/v1/plants", {"name": "Plant"}))

    created = {answer.content for answer in answers if answer.status_code == 201}
    refused = {answer.json()["code"] for answer in answers if answer.status_code != 201}
    assert len(created) == 1
    assert refused <= {"idempotency_key_in_use"}
    assert (Plant.objects.count(), Buyer.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_who_has_another_role_by_now_is_not_shown_what_the_earlier_one_got(client_for: ClientFor) -> None:
    owner = member()
    body = {"name": "ERP", "scopes": ["read"]}
    assert post(client_for(owner), "/api/v1/api-keys", body).status_code == 201

    lowered = post(client_for(replace(owner, role="viewer")), "/api/v1/api-keys", body)

    assert (lowered.status_code, lowered.json()["code"]) == (422, "idempotency_key_reused")
    assert ApiKey.objects.count() == 1


@pytest.mark.django_db
def test_who_founds_an_organisation_may_send_the_same_again() -> None:
    client = APIClient()
    client.force_login(UserFactory.create())  # who it acts for is looked up at each request
    body = {"kind": "buyer", "legal_name": "Aoki Denki KK", "country": "JP", "address": "1-1 Chiyoda, Tokyo"}

    first, again = (client.post("/api/v1/organisations", body, headers={"idempotency-key": "k-1"}) for _ in range(2))

    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Organisation.objects.count() == 1
