"""Bodies that are none, or that loopholes of JSON let through elsewhere, to every operation that takes one.

Whatever is sent, no answer is a fault of ours and each is as the document says, to which the middleware of the test
settings looks.
"""

from collections import Counter

import pytest
from django.db import transaction

from tests.conftest import Covered
from tests.fixtures.contract import broken_promises, document
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World

CALLERS = ("supplier_owner", "buyer_owner", "staff_owner", "person")
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a word": b"hello",
    "a number": b"17",
    "null": b"null",
    "a text": b'"text"',
    "a list": b"[]",
    "a list of objects": b"[{}, {}]",
    "an open brace": b"{",
    "a comma too many": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b'{"a": 1 /* b */}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number beyond all": b'{"a": 1e999}',
    "a number of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "a key twice": b'{"title": "a", "title": "b"}',
    "a key twice below": b'{"a": {"b": 1, "b": 2}}',
    "a lone surrogate": b'{"title": "\\ud800"}',
    "a lone surrogate as key": b'{"\\udfff": 1}',
    "NUL": b'{"title": "a\\u0000b"}',
    "NUL as key": b'{"\\u0000": 1}',
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"title": "a"}',
    "lists 100,000 deep": b"[" * 100_000,
    "lists 100,000 deep, closed": b"[" * 100_000 + b"]" * 100_000,
    "objects 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "10,000 unknown members": b"{" + b",".join(b'"k%d": 1' % number for number in range(10_000)) + b"}",
    "a megabyte of text": b'{"title": "' + b"x" * 1_000_000 + b'"}',
    "three megabytes of text": b'{"title": "' + b"x" * 3_000_000 + b'"}',
}


def takes_json(operation: Operation) -> bool:
    described = document()["paths"].get(operation.path, {}).get(operation.method.lower(), {})
    return "application/json" in described.get("requestBody", {}).get("content", {})


def place(world: World, operation: Operation, who: str) -> str:
    """Where the operation leads to something, the caller's own if it has such a thing, else anybody's."""
    there = [world.ids("own", who), *world.fixed.values(), *world.own.values()]
    return operation.address(
        **{
            name: next((ids[collection] for ids in there if collection in ids), "")
            for name, collection in operation.collections.items()
        }
    )


@pytest.mark.django_db
def test_no_body_is_our_fault(covered: Covered) -> None:
    world, writing = World.build(), [operation for operation in operations() if takes_json(operation)]
    statuses: Counter[int] = Counter()

    for operation in writing:
        for number, (name, body) in enumerate(BODIES.items()):
            who = CALLERS[number % len(CALLERS)]
            ask = getattr(world.clients[who], operation.method.lower())
            with transaction.atomic():
                path, headers = place(world, operation, who), {"If-Match": "*"}
                answer = ask(path, body, content_type="application/json", headers=headers)
                transaction.set_rollback(True)
            statuses[answer.status_code] += 1
            assert answer.status_code < 500, (str(operation), name)
            assert broken_promises == [], (str(operation), name)

    assert len(writing) > 50
    assert statuses[400] > 1000
    covered(statuses.total(), "hostile bodies were answered, none by a fault of ours")
