"""Promise 16: up to a hundred new resources in one request, all or none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers.models import Plant, Requirement
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.routes import operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
PLANTS = "/api/v1/plants/bulk"


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    return principal


@pytest.fixture
def client(buyer: Principal, client_for: ClientFor) -> APIClient:
    return client_for(buyer)


def named(*names: str) -> dict[str, Any]:
    return {"items": [{"name": name} for name in names]}


def test_items_are_made_and_shown_in_the_order_given(client: APIClient) -> None:
    made = client.post(PLANTS, named("B", "A", "C"))

    assert made.status_code == 201
    assert [row["name"] for row in made.json()["results"]] == ["B", "A", "C"]
    assert client.get(f"/api/v1/plants/{made.json()['results'][0]['id']}").json() == made.json()["results"][0]
    assert Event.objects.filter(topic="plant.added").count() == 3


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"items": [{"name": "A"}, {"name": ""}]}, "/items/1/name", "blank"),
        ({"items": [{"name": "A"}, {"name": "B", "nonsense": 1}]}, "/items/1/nonsense", "unknown_field"),
        ({"items": [{"name": "A"}, {"name": "B", "latitude": 10}]}, "/items/1/longitude", "required"),
        ({"items": []}, "/items", "empty"),
        ({"items": [1]}, "/items/0", "invalid"),
        ({}, "/items", "required"),
    ],
)
def test_one_fault_refuses_all_and_is_pointed_at(client: APIClient, body: Any, pointer: str, code: str) -> None:
    refused = client.post(PLANTS, body)

    assert refused.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]
    assert not Plant.objects.exists()
    assert not Event.objects.filter(topic="plant.added").exists()


def test_two_items_of_one_name_conflict_and_nothing_is_pointed_at_that_is_not_kept(client: APIClient) -> None:
    refused = client.post(PLANTS, named("A", "A"))

    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/items/1"]
    assert "existing" not in refused.json()
    assert not Plant.objects.exists()


def test_a_conflict_names_the_item(client_for: ClientFor) -> None:
    world = World.build()
    firm = world.own["supplier"]["suppliers"]
    item = {"standard": "iso_9001", "number": "Q-7"}

    refused = world.clients["supplier_owner"].post(
        f"/api/v1/suppliers/{firm}/certificates/bulk", {"items": [item, item]}, format="json"
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
    assert refused.json()["errors"][0]["pointer"] == "/items/1"


def test_more_than_a_hundred_are_sent_to_the_import(client: APIClient) -> None:
    refused = client.post(PLANTS, named(*(f"Plant {n}" for n in range(101))))
    taken = client.post(PLANTS, named(*(f"Plant {n}" for n in range(100))))

    assert (refused.status_code, taken.status_code) == (400, 201)
    assert refused.json()["errors"][0]["detail"] == (
        "At most 100 items at once. Longer lists are imported from a file, with a report for each row."
    )
    assert Plant.objects.count() == 100


def test_requirements_come_as_drafts(client: APIClient) -> None:
    make.process("turning")
    item = {"title": "Shaft", "operations": [{"process": "turning"}]}

    made = client.post("/api/v1/requirements/bulk", {"items": [item, {**item, "title": "Pin"}]})

    assert [row["state"] for row in made.json()["results"]] == ["draft", "draft"]
    assert set(Requirement.objects.values_list("title", flat=True)) == {"Shaft", "Pin"}


def test_what_is_shown_costs_the_same_for_one_as_for_many(client: APIClient) -> None:
    reads = []
    for count in (1, 20):
        with CaptureQueriesContext(connection) as queries:
            client.post(PLANTS, named(*(f"{count}-{n}" for n in range(count))))
        reads.append(sum("ANY" in each["sql"] or " IN (" in each["sql"] for each in queries.captured_queries))

    assert reads[0] == reads[1]


def test_every_bulk_makes_what_a_single_request_would(covered: Callable[[int, str], None]) -> None:
    world, walked = World.build(), 0

    for operation in operations():
        if not operation.path.endswith("/bulk"):
            continue
        done = [_done(world, operation, who) for who in ("supplier_owner", "buyer_owner")]
        assert any(done), str(operation)
        for who in ("anonymous", "supplier_viewer", "supplier_key_read"):
            if world.path(operation, "own", who):
                assert world.send(who, operation).status_code in (401, 403), f"{operation} {who}"
        walked += 1

    covered(walked, "bulk operations make what a single request would")


def _done(world: World, operation: Any, who: str) -> bool:
    if world.path(operation, "own", who) is None:
        return False
    with transaction.atomic():
        answer = world.send(who, operation)
        transaction.set_rollback(True)
    return answer.status_code == 201 and all(row["id"] for row in answer.json()["results"])
