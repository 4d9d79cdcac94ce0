"""Promise 5: what a body holds beyond what is asked is refused and named, everywhere; and how a careless view shows."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.principals import Principal
from tests.conftest import ClientFor, Covered
from tests.contract.test_authorisation import rows_touched
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory
from tests.fixtures.bodies import body_of
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
WHO = ("staff_owner", "supplier_owner", "buyer_owner", "person", "newcomer")
TARGETS = ("own", "public", "waiting", "closed", "other")
WITH_BODIES = [each for each in operations() if each.method in ("POST", "PUT", "PATCH")]


def refusals(world: World, operation: Operation, spoil: Callable[[Any], Any]) -> list[tuple[str, str, bool]]:
    """Pointer and code of each fault that somebody is told of whose body was spoilt, and whether a row was touched."""
    for who in WHO:
        for target in TARGETS:
            if who not in world.clients or world.path(operation, target, who) is None:
                continue
            body, before = spoil(body_of(operation, world, who, target)), rows_touched()
            answer = sent(world, who, operation, target, body)
            if answer.status_code == 400:
                moved = rows_touched() != before
                return [(fault["pointer"], fault["code"], moved) for fault in answer.json()["errors"]]
    return []


def sent(world: World, who: str, operation: Operation, target: str, body: Any) -> Any:
    if isinstance(body, dict):
        return world.send(who, operation, target, body=body)
    address = world.path(operation, target, who) or ""
    headers = {"if-match": "*"} if operation.needs_version else {}
    return world.clients[who].generic(operation.method, address, json.dumps(body), "application/json", headers=headers)


def with_nonsense(body: Any) -> Any:
    """One more member, in the first item where it is a bulk."""
    if "items" in body:
        first, *others = body["items"]
        return {**body, "items": [{**first, "nonsense": 1}, *others]}
    return {**body, "nonsense": 1}


def test_every_operation_refuses_a_member_that_it_does_not_know_and_does_nothing(covered: Covered) -> None:
    world, passed_over = World.build(), []

    for operation in WITH_BODIES:
        pointer = "/items/0/nonsense" if operation.path.endswith("/bulk") else "/nonsense"
        if (pointer, "unknown_field", False) not in refusals(world, operation, with_nonsense):
            passed_over.append(str(operation))

    assert passed_over == []
    covered(len(WITH_BODIES), "operations refuse a member of the body that they do not know")


def test_every_operation_refuses_a_body_that_is_no_object(covered: Covered) -> None:
    world, passed_over, asked = World.build(), [], 0

    for operation in WITH_BODIES:
        found = refusals(world, operation, lambda _body: ["a list"])
        asked += 1
        if not found or any(moved for _pointer, _code, moved in found):
            passed_over.append(str(operation))

    assert passed_over == []
    covered(asked, "operations refuse a body that is no object")


Probe = Callable[[APIClient, str], bool]
"""Whether what is asked at an address keeps one promise."""
PROBES: dict[str, Probe] = {
    "a parameter that is not known is refused": lambda client, at: client.get(f"{at}?nonsense=1").status_code == 400,
    "a member that is not known is refused": lambda client, at: client.post(at, {"nonsense": 1}).status_code == 400,
    "a malformed Idempotency-Key is refused": lambda client, at: (
        client.post(at, {"name": "A"}, headers={"idempotency-key": "a b"}).status_code == 400
    ),
    "what is sent again is not done again": lambda client, at: (
        "Idempotent-Replayed"
        in [client.post(at, {"name": "A"}, headers={"idempotency-key": "once"}) for _time in range(2)][1]
    ),
    "a change names its version": lambda client, at: client.patch(at, {"name": "A"}).status_code in (405, 428),
    "what is read has a tag": lambda client, at: "ETag" in client.get(at),
    "caches keep callers apart": lambda client, at: "X-Session-Token" in client.get(at).get("Vary", ""),
    "it says what remains of a limit": lambda client, at: "RateLimit" in client.get(at),
    "a list comes in pages": lambda client, at: "next" in (client.get(at).json() or {}),
    "strangers are refused": lambda _client, at: APIClient().get(at).status_code == 401,
}


class CarelessView(APIView):
    """Derives from none of ours."""

    permission_classes = [AllowAny]
    throttle_classes = []

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        return Response({}, status=201)

    def patch(self, request: Request) -> Response:
        return Response({})


urlpatterns = [path("api/v1/", include([path("plants", CarelessView.as_view())]))]


@pytest.fixture
def owner() -> Principal:
    buyer = member("buyer")
    PlantFactory.create(buyer__organisation=buyer.organisation)
    return buyer


@pytest.mark.parametrize("promise", PROBES)
def test_a_view_of_ours_keeps_each_promise(promise: str, owner: Principal, client_for: ClientFor) -> None:
    assert PROBES[promise](client_for(owner), "/api/v1/plants")


@pytest.mark.parametrize("promise", PROBES)
@pytest.mark.urls(__name__)
def test_a_careless_view_is_found_out_for_each_promise(promise: str, unchecked: Any) -> None:
    assert not PROBES[promise](unchecked, "/api/v1/plants")
