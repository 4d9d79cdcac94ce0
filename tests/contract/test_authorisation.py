"""Everybody before every operation, own, public and foreign: the answers are the table's, and refusals move nothing."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from tests.conftest import Covered
from tests.contract.authorisation import (
    EXISTING,
    HERE,
    INSIDE,
    LESSER,
    NONE_SUCH,
    OF_THE_FIRM,
    OPEN,
    TURNED_AWAY,
    WEBHOOKS,
    row_to_write,
    status_at_the_door,
    table,
)
from tests.contract.readings import Readings
from tests.fixtures.markers import Markers
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
SHARES = 4
"""Into so many tests the operations are divided, so that they run side by side."""
STRANGERS = ("supplier_owner", "buyer_owner", "staff_owner", "supplier_key_write")


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.STAFF_MFA_REQUIRED = True
    logging.disable(logging.CRITICAL)
    yield World.build()
    logging.disable(logging.NOTSET)


def rows_touched() -> int:
    """How many rows this transaction has inserted, changed or deleted so far, also where that was undone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        (touched,) = cursor.fetchone()
    return int(touched)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came of a request, which was undone."""

    status: int
    moved: bool
    """Whether any row was touched on the way."""
    text: str
    headers: str
    sent: str
    """The path and the body of the request."""


def ask(world: World, who: str, operation: Operation, target: str, *, through_all: bool = False) -> Asked:
    """Straight to the view, or through the middleware too."""
    before = rows_touched()
    with transaction.atomic():
        send = world.send if through_all else world.send_at_once
        answer = send(who, operation, "own" if target == "-" else target)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        moved = rows_touched() != before
        transaction.set_rollback(moved)
    return Asked(
        status=answer.status_code,
        moved=moved,
        text=content.decode(errors="replace"),
        headers=str(answer.headers),
        sent=answer.sent,
    )


def targets_of(operation: Operation) -> tuple[str, ...]:
    return EXISTING if operation.collections else ("-",)


def is_asked(world: World, who: str, operation: Operation, target: str) -> bool:
    """Whether there is such a thing for this caller, and the door is open."""
    exists = target == "-" or world.path(operation, target, who) is not None
    return exists and status_at_the_door(who, operation) is None


def goes_without_saying(row: dict[str, str], who: str, operation: Operation) -> bool:
    """Changes of what not even their owner sees; and what asks nobody who they are."""
    hidden_from_all_of_them = row[LESSER.get(who, who)] == row[who] == "404" and not operation.is_safe
    return (who in LESSER and hidden_from_all_of_them) or (
        operation.operation_id.startswith(OPEN) and who not in STRANGERS
    )


def plain(text: str, path: str) -> str:
    """A problem without what differs with each request."""
    return re.sub(r'"request_id": ?"[^"]*"', "", text.replace(path, ""))


def test_every_operation_has_its_rows_and_every_row_an_operation(world: World) -> None:
    """What fails here says which rows to write into authorisation.csv; judge each cell against docs/permissions.md."""
    needed = {
        (operation.operation_id, target): operation
        for operation in operations()
        for target in targets_of(operation)
        if any(target == "-" or world.path(operation, target, who) for who in INSIDE)
    }

    missing = [
        row_to_write(
            key,
            [
                str(ask(world, who, operation, key[1]).status) if is_asked(world, who, operation, key[1]) else NONE_SUCH
                for who in INSIDE
            ],
        )
        for key, operation in needed.items()
        if key not in table()
    ]
    assert not missing, f"{HERE} lacks rows. These tell what happens now; judge each cell:\n" + "\n".join(missing)
    assert table().keys() - needed.keys() == set()


def test_every_operation_succeeds_for_somebody() -> None:
    succeeds = {operation for (operation, _target), row in table().items() if any(c[0] == "2" for c in row.values())}

    assert {operation.operation_id for operation in operations()} - succeeds == {"buyers_create"}, "all have registered"


@pytest.mark.parametrize("share", range(SHARES))
def test_everybody_gets_the_answer_of_the_table_and_a_refusal_moves_nothing(
    world: World, share: int, covered: Covered
) -> None:
    found, cases, refused, read = [], 0, 0, Readings(Markers(world))
    for operation in operations()[share::SHARES]:
        for target in targets_of(operation):
            row = table().get((operation.operation_id, target), dict.fromkeys(INSIDE, NONE_SUCH))
            for who, expected in row.items():
                is_possible = is_asked(world, who, operation, target)
                if not is_possible or goes_without_saying(row, who, operation):
                    found += [] if is_possible or expected == NONE_SUCH else [f"{who}: {operation} has no {target}"]
                    continue
                asked = ask(world, who, operation, target)
                status, moved = asked.status, asked.moved
                cases, refused = cases + 1, refused + (status >= 400)
                if str(status) != expected:
                    found.append(f"{who}: {operation} ({target}) is {status}, not {expected}: {asked.text[:300]}")
                if (moved and status >= 400) or (status == 201 and not moved):
                    found.append(f"{who}: {operation} ({target}) is {status}, moved: {moved}")
                read.note(who, operation, f"{asked.text} {asked.headers}", sent=asked.sent)

    assert found == []
    read.check()
    covered(len(operations()[share::SHARES]), "operations in the authorisation matrix")
    covered(cases, f"answers to {len(INSIDE)} kinds of callers on {len(EXISTING)} kinds of targets, as the table says")
    covered(refused, "refusals that moved no row")


def is_for_webhooks(who: str, operation: Operation) -> bool:
    """Whether this is what the key with the scope `webhooks` is for."""
    return who == "supplier_key_webhooks" and operation.operation_id.startswith(WEBHOOKS)


def test_who_is_turned_away_at_the_door_is_so_everywhere(world: World, covered: Covered) -> None:
    found, cases, read = [], 0, Readings(Markers(world))
    for operation in operations():
        for who in TURNED_AWAY:
            refused = status_at_the_door(who, operation)
            if refused is None and who in INSIDE:
                continue
            expected = refused or (404 if operation.operation_id in OF_THE_FIRM else 200)
            target = next(target for target in ("public", *EXISTING) if world.path(operation, target, who))
            asked = ask(world, who, operation, target)
            status, moved = asked.status, asked.moved
            cases += 1
            is_right = status not in (401, 403) if is_for_webhooks(who, operation) else status == expected
            if not is_right or (moved and status >= 400):
                found.append(f"{who}: {operation} ({target}) is {status}, not {expected}; moved: {moved}")
            read.note(who, operation, f"{asked.text} {asked.headers}", sent=asked.sent)

    assert found == []
    read.check()
    covered(cases, f"answers to {len(TURNED_AWAY)} kinds of callers with worthless or narrow credentials")


def test_what_is_hidden_answers_as_what_never_was(world: World, covered: Covered) -> None:
    """Deleted, below a foreign parent, or a stranger's: one and the same 404, word for word. To software, what is only
    for people is the same 403."""
    found, cases = [], 0
    for operation in (each for each in operations() if each.collections):
        for who in STRANGERS:
            nowhere = world.path(operation, "never", who)
            if nowhere is None or status_at_the_door(who, operation) is not None:
                continue
            asked = ask(world, who, operation, "never")
            status, text = asked.status, asked.text
            nothing = (status, asked.moved, plain(text, nowhere))
            if status != 404 and table().get((operation.operation_id, "other"), {}).get(who) != "403":
                found.append(f"{who}: {operation} (never) is {status}: {text[:300]}")
            hidden = [t for t in EXISTING if table().get((operation.operation_id, t), {}).get(who) == str(status)][:1]
            for target in ("deleted", "crossed", *hidden):
                path = world.path(operation, target, who)
                if path is None:
                    continue
                asked = ask(world, who, operation, target)
                cases += 1
                if (asked.status, asked.moved, plain(asked.text, path)) != nothing:
                    found.append(f"{who}: {operation} ({target}) is {asked.status}: {asked.text[:300]}")

    assert found == []
    covered(cases, "hidden, foreign or deleted things that answer word for word as what never was")


def test_the_whole_stack_answers_as_the_table_says(world: World, covered: Covered) -> None:
    """Sessions, keys and middleware included: what the other tests leave out for the time that it takes."""
    found, cases, read = [], 0, Readings(Markers(world))
    for operation in operations():
        for target in [target for target in targets_of(operation) if target in ("-", "own", "other")]:
            row = table().get((operation.operation_id, target), {})
            for who in (who for who in STRANGERS if who in row and is_asked(world, who, operation, target)):
                asked = ask(world, who, operation, target, through_all=True)
                cases += 1
                if str(asked.status) != row[who] or (asked.moved and asked.status >= 400):
                    found.append(f"{who}: {operation} ({target}) is {asked.status}, not {row[who]}: {asked.text[:300]}")
                read.note(who, operation, f"{asked.text} {asked.headers}", sent=asked.sent)

    assert found == []
    read.check()
    covered(cases, "answers through the whole stack, as the table says")
