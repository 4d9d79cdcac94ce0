"""What stands in every list for every caller: what the caller finds one by one, and nothing else, however it asks."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pytest_django.fixtures import Settings

from tests.conftest import Covered
from tests.contract.authorisation import EXISTING, INSIDE, status_at_the_door, table
from tests.contract.hidden import collections_of, hidden_ids, never_id
from tests.fixtures.contract import UNDESCRIBED, operation_of, resolved
from tests.fixtures.routes import Operation, operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
SHARES = 3
WALKERS = (
    "anonymous",
    "person",
    "supplier_owner",
    "suspended_supplier",
    "buyer_owner",
    "suspended_buyer",
    "staff_viewer",
)
"""Callers who see different things. The others are asked for what has a name in the world."""


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.STAFF_MFA_REQUIRED = True
    logging.disable(logging.CRITICAL)
    yield World.build()
    logging.disable(logging.NOTSET)


def lists() -> list[tuple[Operation, Operation]]:
    """Each list of rows that can be read alone, with the operation that reads one. The vocabulary is everybody's."""
    named = {each.operation_id: each for each in operations()}
    return [
        (each, named[alone])
        for name, each in named.items()
        if name.endswith("_list")
        and (alone := name.replace("_list", "_retrieve")) in named
        and not name.startswith("taxonomy_")
    ]


def targets_of(operation: Operation) -> tuple[str, ...]:
    return EXISTING if operation.collections else ("-",)


def open_lists(world: World, who: str, share: int) -> Iterator[tuple[Operation, Operation, str, str]]:
    """Each list that a caller may read, how one of its rows is read, whose it is, and its path."""
    for listed, alone in lists()[share::SHARES]:
        for target in targets_of(listed):
            path = listed.path if target == "-" else world.path(listed, target, who)
            if path is not None and status_at_the_door(who, listed) is None:
                yield listed, alone, target, path


def pages(world: World, who: str, path: str, **query: str) -> list[dict[str, Any]]:
    """Every page of a list, by its links; none where the list itself is hidden."""
    found: list[dict[str, Any]] = []
    answer = world.read(who, path, **query)
    while answer.status_code == 200:
        found.append(answer.data)
        if answer.data["next"] is None:
            break
        answer = world.read(who, path, **dict(parse_qsl(urlsplit(answer.data["next"]).query)))
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for page in found for row in page["results"]]


@pytest.mark.parametrize("share", range(SHARES))
def test_a_list_holds_of_what_has_a_name_what_the_table_lets_its_reader_see(
    world: World, share: int, covered: Covered
) -> None:
    """Own, public, told, waiting, others', closed and deleted: each is there, or not, as its `_retrieve` row says."""
    wrong, cases = [], 0
    for who in INSIDE:
        for listed, alone, target, path in open_lists(world, who, share):
            shown = set(ids(pages(world, who, path, page_size="200")))
            for place in EXISTING if target == "-" else (target,):
                cell = table().get((alone.operation_id, place), {}).get(who, ".")
                one = None if cell == "." else world.ids(place, who).get(list(alone.collections.values())[-1])
                cases += one is not None
                if one is not None and (one in shown) != (cell == "200"):
                    wrong.append(f"{who}: {listed} ({target}) shows {place}: {one in shown}, but reading it is {cell}")
            gone = world.fixed["deleted"].get(list(alone.collections.values())[-1])
            wrong += [f"{who}: {listed} ({target}) shows what was deleted"] if gone in shown else []

    assert wrong == []
    covered(len(lists()[share::SHARES]), "lists of which it is known what stands in them")
    covered(cases, "rows that stand in a list for a caller, or do not, as the table says")


@pytest.mark.parametrize("share", range(SHARES))
def test_a_list_holds_every_row_that_its_reader_can_read_alone_and_no_other(
    world: World, share: int, covered: Covered
) -> None:
    wrong, cases = [], 0
    for who in WALKERS:
        for listed, _alone, target, path in open_lists(world, who, share):
            found = pages(world, who, path, page_size="200", count="true")
            shown = ids(found)
            for row in listed.view.queryset.model._base_manager.all():
                readable = world.read(who, f"{path}/{row.public_id}").status_code == 200
                cases += 1
                if readable != (row.public_id in shown):
                    wrong.append(f"{who}: {listed} ({target}) shows {row}: {not readable}, alone: {readable}")
            if found and found[0]["count"] != len(shown):
                wrong.append(f"{who}: {listed} ({target}) counts {found[0]['count']} of {len(shown)}")
            by_twos = ids(pages(world, who, path, page_size="2"))
            if by_twos != shown:
                wrong.append(f"{who}: {listed} ({target}) by twos shows {by_twos}, not {shown}")

    assert wrong == []
    covered(cases, "rows that a list shows exactly where its reader can read them alone")


def parameters(listed: Operation) -> dict[str, dict[str, Any]]:
    """The query parameters of a list, as the document describes them; it does not describe itself."""
    if listed.path in UNDESCRIBED:
        return {}
    described = map(resolved, operation_of("GET", listed.path).get("parameters", ()))
    return {each["name"]: each for each in described if each["in"] == "query"}


def test_every_filter_by_an_id_is_known_here() -> None:
    unknown = [
        f"{each}: {name}"
        for each in operations()
        if each.is_safe
        for name, described in parameters(each).items()
        if " id " in f" {described.get('description', '').lower().replace('.', ' ')} "
        and name not in ("fields", "sort")
        if not collections_of(name)
    ]

    assert unknown == [], "tests/contract/hidden.py says of what each is an id"


def test_a_filter_by_a_hidden_id_answers_as_by_one_that_never_was(world: World, covered: Covered) -> None:
    wrong, cases = [], 0
    for listed in (each for each in operations() if each.is_safe and not each.operation_id.startswith("taxonomy_")):
        for name in parameters(listed):
            for who in ("supplier_owner", "buyer_owner", "unverified_buyer", "supplier_key_read", "staff_owner"):
                if status_at_the_door(who, listed) is not None:
                    continue
                for collection in collections_of(name):
                    for hidden in hidden_ids(world, who, collection):
                        path = world.path(listed, "own", who) if listed.collections else listed.path
                        if path is None:
                            continue
                        query = {name: hidden, "count": "true"} if "count" in parameters(listed) else {name: hidden}
                        answer = world.read(who, path, **query)
                        nothing = world.read(who, path, **{**query, name: never_id(hidden)})
                        cases += 1
                        if all(hidden in str(row) for row in answer.data.get("results", [None])):
                            continue  # the caller's own row names it, such as a connection its requirement
                        told = answer.content.decode().replace(hidden, never_id(hidden))
                        if (answer.status_code, plain(told)) != (nothing.status_code, plain(nothing.content.decode())):
                            wrong.append(f"{who}: {path}?{name}={hidden}: {told}, not {nothing.content.decode()}")

    assert wrong == []
    covered(cases, "filters by a hidden id that answer as by one that never was")


def plain(text: str) -> str:
    """An answer without the id of its request."""
    start, _mark, rest = text.partition('"request_id":')
    return start + rest.partition('"')[2].partition('"')[2] if rest else text


def test_the_lists_that_are_walked_are_all_there_are() -> None:
    """What is listed and cannot be read alone belongs to one thing whose own visibility holds, or to everybody."""
    walked = {listed.operation_id for listed, _alone in lists()}
    left = {each.operation_id for each in operations() if each.operation_id.endswith("_list")} - walked

    assert {name for name in left if not name.startswith("taxonomy_")} == {
        "consent_texts_list",
        "me_consents_list",
        "me_invitations_list",
        "search_list",
    }
    assert operation("search_list").is_safe
