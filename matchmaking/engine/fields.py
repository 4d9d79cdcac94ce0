"""Kinds of fields that requirements and suppliers share."""

from collections.abc import Callable, Collection
from typing import Final

from matchmaking.engine.document import Node

MOST_CODES: Final = 200


def texts(node: Node) -> tuple[str, ...]:
    return tuple(child.text() for child in node.entries(at_most=MOST_CODES))


def code(node: Node, known: Collection[str]) -> str:
    if (name := node.text()) not in known:
        node.fail("is not a code of the taxonomy")
    return name


def codes(node: Node, known: Collection[str]) -> tuple[str, ...]:
    return tuple(code(child, known) for child in node.entries(at_most=MOST_CODES))


def sides(node: Node, read: Callable[[Node], float]) -> tuple[float, float, float] | None:
    """Three sides; a list without entries counts as not given."""
    lengths = [read(child) for child in node.entries()]
    if not lengths:
        return None
    if len(lengths) != 3:
        node.fail("must have three sides")
    return lengths[0], lengths[1], lengths[2]


def percentage(node: Node) -> float:
    return node.within(0, 100)


def refuse_repeated(node: Node, ids: list[str]) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    for position, identity in enumerate(ids):
        if identity in seen:
            Node(None, Node(None, node, position), "id").fail("is given twice")
        seen.add(identity)


def coordinates(node: Node) -> tuple[float | None, float | None]:
    lat, lon = node.child("lat"), node.child("lon")
    if lat.is_null != lon.is_null:
        missing, given = (lat, lon) if lat.is_null else (lon, lat)
        missing.fail(f"must be given, as {given.key} is")
    return lat.optional(lambda node: node.within(-90, 90)), lon.optional(lambda node: node.within(-180, 180))


def unit(node: Node) -> str | None:
    child = node.child("unit")
    if (name := child.optional(Node.text)) == "":
        child.fail("must not be empty")
    return name
