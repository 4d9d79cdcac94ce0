"""Hostile texts in every query parameter, every parameter of a path and every header that the product reads.

Whatever is sent, no answer is a fault of ours and each is as the document says. In the tests one request carries a text
in all query parameters at once, and then the telling ones in each alone. `make fuzz` puts each text into each parameter
alone.
"""

from functools import partial
from urllib.parse import quote, unquote

import pytest
from django.http import Http404
from django.urls import resolve

from tests.conftest import Covered
from tests.fixtures.contract import document, resolved
from tests.fixtures.routes import PLACEHOLDER, Operation, operation, operations
from tests.fixtures.world import World
from tests.fuzz.asking import AT_LENGTH, Asking, ids_for
from tests.fuzz.hostile_values import TELLING, TEXTS

pytestmark = pytest.mark.django_db
SHARDS = 3
LONGEST_IN_ADDRESS, LONGEST_IN_HEADER = 1300, 8000
"""Bytes. What is longer does not get past gunicorn, once each byte of an address is written as `%xx`."""
HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Idempotency-Key"),
    *("If-Match", "If-None-Match", "Origin", "Referer", "User-Agent", "X-CSRFToken", "X-Forwarded-For"),
    *("X-HTTP-Method-Override", "X-Organisation", "X-Request-ID", "X-Session-Token"),
)
"""What the product reads, and what it might."""
REFUSED_EARLY = ("Accept", "Authorization", "Content-Type", "Idempotency-Key", "X-Organisation", "X-Session-Token")
"""Headers whose faults hide those of others, and so are sent alone also in the tests."""
ASKED_WITH_HEADERS = ("plants_retrieve", "plants_create", "plants_change")


def in_address(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass")[:LONGEST_IN_ADDRESS], safe="")


def in_header(text: str) -> str:
    """A text as a header carries it: its bytes, each taken for a character."""
    return text.encode("utf-8", "surrogatepass")[:LONGEST_IN_HEADER].decode("latin-1")


def query_parameters(asked: Operation) -> list[str]:
    described = document()["paths"].get(asked.path, {}).get(asked.method.lower(), {}).get("parameters", ())
    return [each["name"] for each in map(resolved, described) if each["in"] == "query"]


def in_each(names: list[str], text: str) -> str:
    return "&".join(f"{name}={in_address(text)}" for name in names)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_value_of_a_query_parameter_is_our_fault(shard: int, covered: Covered) -> None:
    asking, number = Asking(World.build()), 0
    with_query = [each for each in operations() if query_parameters(each)]

    for asked in with_query[shard::SHARDS]:
        names, who = query_parameters(asked), asking.who_may(asked)
        for text in TEXTS:
            asking.send(asked, who, query=in_each(names, text))
        for name in names:
            for text in TEXTS if AT_LENGTH else TELLING:
                asking.send(asked, who, query=in_each([name], text))
        number += len(names)

    covered(number, f"query parameters take {len(TEXTS)} hostile texts")
    asking.tell(covered, "hostile query parameters")


def leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Http404:
        return False
    return True


def test_no_path_is_our_fault(covered: Covered) -> None:
    asking, number, astray = Asking(World.build()), 0, 0
    paths = sorted({each.path for each in operations() if "{" in each.path})
    from_outside = asking.world.clients["supplier_owner"]
    client = from_outside if AT_LENGTH else asking.client("supplier_owner")

    for path in paths:
        parameters = len(PLACEHOLDER.findall(path))
        number += parameters
        for text in TEXTS:
            address = "/".join(in_address(text) if step.startswith("{") else step for step in path.split("/"))
            if AT_LENGTH or leads_somewhere(unquote(address)):
                asking.noted(partial(client.get, address), address)
            else:
                astray += 1
    for text in TEXTS:
        address = f"/api/v1/{in_address(text)}"
        asking.noted(partial(from_outside.get, address), address)

    covered(number, f"parameters in paths take {len(TEXTS)} hostile texts")
    if not AT_LENGTH:
        covered(astray, "hostile paths lead nowhere")
    asking.tell(covered, "hostile paths")


@pytest.mark.parametrize("operation_id", ASKED_WITH_HEADERS)
def test_no_header_is_our_fault(operation_id: str, covered: Covered) -> None:
    asking, asked = Asking(World.build()), operation(operation_id)
    client = asking.world.clients["buyer_owner"]
    path = asked.address(**ids_for(asking.world, asked, "buyer_owner"))
    ask = partial(client.generic, asked.method, path, '{"name": "A plant"}', "application/json")
    alone = HEADERS if AT_LENGTH else REFUSED_EARLY
    together = [name for name in HEADERS if name not in alone]

    for text in TEXTS:
        asking.noted(partial(ask, headers=dict.fromkeys(together, in_header(text))), f"{together}: {text!r}")
        for name in alone:
            asking.noted(partial(ask, headers={name: in_header(text)}), f"{name}: {text!r}")

    covered(len(HEADERS), f"headers, each in {len(ASKED_WITH_HEADERS)} operations, take {len(TEXTS)} hostile texts")
    asking.tell(covered, "hostile headers")
