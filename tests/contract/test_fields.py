"""Who finds which field in which answer: `fields.csv`, asked of every resource that can be read alone.

A cell is `x` where the field is there, `-` where it is left out, a dot where this reader has no such resource.
"""

import csv
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.conftest import Covered
from tests.fixtures.contract import document, operation_of
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("fields.csv")
BY_REQUEST = {"expanded", "distance_km"}
"""What is there only where a parameter asks for it: other resources, as their own rows say, and how far a firm is."""
READERS = {
    "anonymous": (("anonymous", "public"),),
    "another_supplier": (("supplier_owner", "public"),),
    "told_supplier": (("supplier_owner", "told"),),
    "unverified_buyer": (("unverified_buyer", "public"),),
    "verified_buyer": (("buyer_owner", "public"),),
    "its_own": (("supplier_owner", "own"), ("buyer_owner", "own"), ("person", "own")),
    "staff": (("staff_viewer", "public"), ("staff_viewer", "other"), ("staff_viewer", "own")),
}
"""The table's columns, and who they are before which target; the first that finds something counts."""


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    settings.STAFF_MFA_REQUIRED = True
    logging.disable(logging.CRITICAL)
    yield World.build()
    logging.disable(logging.NOTSET)


def readable() -> list[Operation]:
    """What tells of one resource, but for the vocabulary, which is everybody's."""
    return [
        operation
        for operation in operations()
        if operation.operation_id.endswith("_retrieve") and not operation.operation_id.startswith("taxonomy_")
    ]


def fields_of(answer: dict[str, Any]) -> set[str]:
    """The names in an answer, and those of the facts whose evidence it tells."""
    return {*answer, *(f"evidence.{fact}" for fact in answer.get("evidence", ()))}


def seen_by(reader: str, operation: Operation, world: World) -> set[str] | None:
    """The fields that a reader finds; None where it has no such resource."""
    for who, target in READERS[reader]:
        if world.path(operation, target, who) is not None:
            answer = world.send_at_once(who, operation, target)
            if answer.status_code == 200:
                return fields_of(answer.data)
    return None


def rows_as_they_are(world: World) -> dict[tuple[str, str], list[str]]:
    rows = {}
    for operation in readable():
        seen = {reader: seen_by(reader, operation, world) for reader in READERS}
        for field in sorted(set().union(*(fields for fields in seen.values() if fields))):
            cells = ["." if names is None else "x" if field in names else "-" for names in seen.values()]
            rows[operation.operation_id, field] = cells
    return rows


def table() -> dict[tuple[str, str], list[str]]:
    with TABLE.open(newline="") as lines:
        (_answer, _field, *readers), *rows = ([cell.strip() for cell in line] for line in csv.reader(lines))
    assert readers == list(READERS)
    return {(answer, field): cells for answer, field, *cells in rows}


def test_everybody_finds_the_fields_of_the_table_and_no_other(world: World, covered: Covered) -> None:
    """What fails here says which rows fields.csv lacks; judge each cell against docs/permissions.md."""
    written, found = table(), rows_as_they_are(world)

    missing = [
        f"{key[0] + ',':31} {key[1] + ',':32} {', '.join(cells)}" for key, cells in found.items() if key not in written
    ]
    assert not missing, "fields.csv lacks rows. These tell what happens now; judge each:\n" + "\n".join(missing)
    assert {key: cells for key, cells in found.items() if written[key] != cells} == {}
    assert written.keys() - found.keys() == set()
    covered(len(found) * len(READERS), f"cells of the field table, for {len(readable())} kinds of answers")


def test_the_table_names_every_field_that_the_document_describes() -> None:
    written = table()
    for operation in readable():
        answer = operation_of("GET", operation.path)["responses"]["200"]["content"]["application/json"]["schema"]
        described = document()["components"]["schemas"][answer["$ref"].rpartition("/")[2]]["properties"]
        named = {field for answer_of, field in written if answer_of == operation.operation_id}
        assert described.keys() - BY_REQUEST <= named, operation
