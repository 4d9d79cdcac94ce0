"""Hostile values in every text of every body.

Whatever is sent, no answer is a fault of ours and each is as the document says. In the tests one request carries a
value in all texts of a body at once, and then the telling ones where any text is taken, so that they go down to the
database. `make fuzz` puts each value into each field alone.
"""

from typing import Any

import pytest

from tests.conftest import Covered
from tests.fixtures.bodies import body_of
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World
from tests.fuzz.asking import AT_LENGTH, Asking
from tests.fuzz.fields import Path, put, put_everywhere, texts_of
from tests.fuzz.hostile_values import LONG, OTHERS, TELLING, TEXTS

SHARDS = 4
VALUES = (*TEXTS, *OTHERS)


def fields_that_take_any_text(asking: Asking, operation: Operation, who: str, body: Any) -> list[Path]:
    """As against those that are codes, ids, days or one of a few."""
    return [
        at for at in texts_of(operation) if 200 <= asking.send(operation, who, body=put("A plain text", body, at)) < 300
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_value_in_a_text_of_a_body_is_our_fault(shard: int, covered: Covered) -> None:
    asking, number = Asking(World.build()), 0
    writing = [operation for operation in operations() if texts_of(operation)]

    for operation in writing[shard::SHARDS]:
        who = asking.who_may(operation)
        body = body_of(operation, asking.world, who, "own")
        fields = texts_of(operation)
        for value in VALUES:
            asking.send(operation, who, body=put_everywhere(value, body, fields))
        for at in fields:
            asking.send(operation, who, body=put(LONG, body, at))
        free = fields_that_take_any_text(asking, operation, who, body)
        for text in TELLING if free else ():
            asking.send(operation, who, body=put_everywhere(text, body, free))
        if AT_LENGTH:
            for value in VALUES:
                for at in fields:
                    asking.send(operation, who, body=put(value, body, at))
        number += len(fields)

    assert len(TEXTS) >= 150
    covered(number, f"texts in bodies take {len(TEXTS)} hostile texts and {len(OTHERS)} values that are no text")
    asking.tell(covered, "hostile values in bodies")
