"""Bodies that are none, or that loopholes of JSON let through elsewhere, to every operation that takes one.

Whatever is sent, no answer is a fault of ours and each is as the document says, to which the middleware of the test
settings looks.
"""

import pytest

from tests.conftest import Covered
from tests.fixtures.contract import document
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World
from tests.fuzz.asking import CALLERS, Asking

SHARDS = 2
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


@pytest.mark.django_db
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_body_is_our_fault(shard: int, covered: Covered) -> None:
    asking = Asking(World.build())
    writing = [each for each in operations() if takes_json(each)][shard::SHARDS]

    for operation in writing:
        for number, body in enumerate(BODIES.values()):
            asking.send_bytes(operation, CALLERS[number % len(CALLERS)], body)

    assert asking.statuses[400] > 15 * len(writing)
    asking.tell(covered, "hostile bodies")
