"""Ids in bodies: one of something hidden is refused word for word as one of nothing, and moves nothing."""

import logging
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core.files import File
from django.db import transaction
from pytest_django.fixtures import Settings

from tests.conftest import Covered
from tests.contract.authorisation import status_at_the_door
from tests.contract.hidden import COLLECTION_OF, OF_ANYTHING, collections_of, hidden_ids, never_id
from tests.contract.test_authorisation import rows_touched
from tests.contract.test_lists import plain
from tests.fixtures.bodies import body_of
from tests.fixtures.contract import operation_of, resolved
from tests.fixtures.routes import Operation, operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
WHO = ("supplier_owner", "buyer_owner", "staff_owner", "buyer_key_write")
ONLY_FILTERED_BY = {"connection", "endpoint", "reader", "shortlist"}
Place = tuple[str | int, ...]
"""Where in a body an id stands: `("items", 0, "site")`."""


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.STAFF_MFA_REQUIRED = True
    logging.disable(logging.CRITICAL)
    yield World.build()
    logging.disable(logging.NOTSET)


def properties(schema: dict[str, Any], above: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every member of a body, however deep."""
    schema = resolved(schema)
    for name, described in schema.get("properties", {}).items():
        yield (*above, name), described
        yield from properties(described, (*above, name))
    if "items" in schema:
        yield from properties(schema["items"], (*above, 0))


def members(operation: Operation) -> list[tuple[Place, dict[str, Any]]]:
    """Those of what an operation takes, as the document describes them."""
    body = operation_of(operation.method, operation.path).get("requestBody")
    media = resolved(body)["content"] if body else {}
    return [each for described in media.values() for each in properties(described["schema"])] if media else []


def references(operation: Operation) -> list[Place]:
    """Where an operation takes an id of something that not everybody sees."""
    return sorted({place for place, _described in members(operation) if collections_of(str(place[-1]))}, key=str)


def replaced(body: dict[str, Any], place: Place, value: str) -> dict[str, Any]:
    """The body with another value at that place; the rest of a file's form stays as it is."""
    changed = {name: part if isinstance(part, File) else deepcopy(part) for name, part in body.items()}
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return changed


def test_every_member_that_takes_an_id_is_known_here() -> None:
    unknown = [
        f"{each}: {place}"
        for each in operations()
        if not each.is_safe
        for place, described in members(each)
        if str(described.get("description", "")).startswith("Id of") and not collections_of(str(place[-1]))
    ]

    assert unknown == [], "tests/contract/hidden.py says of what each is an id"
    assert {str(place[-1]) for each in operations() if not each.is_safe for place in references(each)} == {
        *(COLLECTION_OF.keys() | OF_ANYTHING.keys()) - ONLY_FILTERED_BY
    }


def test_a_reference_to_what_is_hidden_answers_as_one_to_nothing_and_moves_nothing(
    world: World, covered: Covered
) -> None:
    wrong, cases, taken = [], 0, set()
    for each in (each for each in operations() if not each.is_safe):
        for place in references(each):
            for who in WHO:
                if status_at_the_door(who, each) is not None or world.path(each, "own", who) is None:
                    continue
                body = body_of(each, world, who, "own")
                for collection in collections_of(str(place[-1])):
                    for hidden in hidden_ids(world, who, collection):
                        told = sent(world, who, each, replaced(body, place, hidden), hidden)
                        nothing = sent(world, who, each, replaced(body, place, never_id(hidden)), hidden)
                        cases += 1
                        taken.add(str(each))
                        if told != nothing or told[1] or told[0] < 400:
                            wrong.append(f"{who}: {each} {place} {hidden}: {told}, not {nothing}")

    assert wrong == []
    covered(cases, "hidden ids in bodies that are refused as if there were nothing")
    covered(len(taken), "operations that take an id in their body")


def sent(world: World, who: str, each: Operation, body: dict[str, Any], hidden: str) -> tuple[int, bool, str]:
    """Status, whether rows were touched, and text without the id."""
    before = rows_touched()
    with transaction.atomic():
        answer = world.send_at_once(who, each, "own", body=body)
        moved = rows_touched() != before
        transaction.set_rollback(moved)
    return answer.status_code, moved, plain(answer.content.decode().replace(hidden, never_id(hidden)))


@pytest.mark.parametrize(
    ("who", "kind", "name"),
    [("buyer_owner", "matches", "requirement"), ("buyer_owner", "shortlist", "shortlist")],
)
def test_an_export_of_something_hidden_is_refused_as_one_of_nothing(
    world: World, who: str, kind: str, name: str
) -> None:
    each = operation("exports_request")
    hidden = world.fixed["other"][collections_of(name)[0]]

    told, nothing = (
        sent(world, who, each, {"kind": kind, "filters": {name: one}}, hidden) for one in (hidden, never_id(hidden))
    )

    assert told == nothing
    assert (told[0] >= 400, told[1]) == (True, False)


@pytest.mark.parametrize("who", ["supplier_owner", "buyer_owner", "buyer_key_write"])
def test_acting_for_a_foreign_organisation_is_acting_for_one_that_never_was(world: World, who: str) -> None:
    foreign = world.fixed["other"]["organisations"]

    told, nothing = (
        world.clients[who].get("/api/v1/organisations", headers={"x-organisation": one})
        for one in (foreign, never_id(foreign))
    )

    assert (told.status_code, plain(told.content.decode().replace(foreign, never_id(foreign)))) == (
        nothing.status_code,
        plain(nothing.content.decode()),
    )
    assert told.status_code >= 400
