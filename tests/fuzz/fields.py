"""The texts in the bodies that the document describes."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fixtures.contract import document
from tests.fixtures.routes import Operation

Path = tuple[str | int, ...]
"""Where in a body: `("operations", 0, "process")`."""
NAMED = "tolerance"
"""A name for members that may have any."""


def schema_of_body(operation: Operation) -> dict[str, Any] | None:
    """What a body is to be, whether it comes as JSON or as a form; None where there is to be none."""
    described = document()["paths"].get(operation.path, {}).get(operation.method.lower(), {})
    content = described.get("requestBody", {}).get("content", {})
    return next((each["schema"] for each in content.values()), None)


def texts_of(operation: Operation) -> list[Path]:
    """Where in an operation's body texts stand."""
    return sorted(set(_texts(schema_of_body(operation) or {})), key=str)


def _texts(schema: Mapping[str, Any], at: Path = ()) -> Iterator[Path]:
    """Also in lists and in objects below it."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _texts(choice, at)
    if "string" in schema.get("type", "string" if "enum" in schema else ""):
        yield at
    for name, below in schema.get("properties", {}).items():
        yield from _texts(below, (*at, name))
    for below, step in ((schema.get("items"), 0), (schema.get("additionalProperties"), NAMED)):
        if isinstance(below, dict):
            yield from _texts(below, (*at, step))


def put(value: Any, into: Any, at: Path) -> Any:
    """A copy of a body with the value at one place; what must stand above it is made."""
    if not at:
        return value
    step, *rest = at
    if isinstance(step, int):
        first = into[0] if isinstance(into, list) and into else None
        return [put(value, first, tuple(rest))]
    known = into if isinstance(into, dict) else {}
    return {**known, step: put(value, known.get(step), tuple(rest))}


def put_everywhere(value: Any, into: Any, places: list[Path]) -> Any:
    """A copy of a body with the value at each of the places."""
    for at in places:
        into = put(value, into, at)
    return into
