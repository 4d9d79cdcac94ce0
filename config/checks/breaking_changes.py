"""The API document may only grow: what the last release promised must still hold.

`config/api/openapi-v1.released.yaml` is the document of the last release; a release copies the document there. What is
removed or retyped, or asks more of a request than before, is named; additions pass.
"""

import math
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from config.checks.api_document import DOCUMENT

RELEASED = DOCUMENT.with_name("openapi-v1.released.yaml")
INTENDED = {
    "POST /api/v1/memberships: removed": "Nobody is made a member without being asked: see POST /invitations.",
}
"""Breaks that were decided on, each with its reason, which the changelog gives too. A release empties this."""
METHODS = ("get", "put", "post", "patch", "delete")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = {"minimum": -math.inf, "exclusiveMinimum": -math.inf, "minLength": 0, "minItems": 0, "minProperties": 0}
"""With what holds where nothing is said."""
Schema = dict[str, Any]


@dataclass(frozen=True)
class Side:
    """One of the two documents."""

    document: Schema

    def resolved(self, described: Schema) -> Schema:
        while "$ref" in described:
            found: Any = self.document
            for step in described["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            described = found
        return described

    def variants(self, schema: Schema) -> list[Schema]:
        """The plain schemas of which a value may match any."""
        schema = self.resolved(schema)
        for keyword in ("oneOf", "anyOf", "allOf"):
            if keyword in schema:
                return [variant for part in schema[keyword] for variant in self.variants(part)]
        return [schema]


def kinds(variants: list[Schema]) -> set[str]:
    """JSON types that match; `any` where nothing is said."""
    found: set[str] = set()
    for schema in variants:
        said = schema.get("type", "null" if schema.get("enum") == [None] else "string" if "enum" in schema else "any")
        found |= {said} if isinstance(said, str) else set(said)
    return found


def choices(variants: list[Schema]) -> set[Any] | None:
    """The values that match, where all are named."""
    if not all("enum" in schema for schema in variants):
        return None
    return {value for schema in variants for value in schema["enum"]}


class Comparison:
    """What of the old document no longer holds in the new one."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old, self.new = Side(old), Side(new)
        self.seen: set[tuple[str, str, str]] = set()

    def breaks(self) -> Iterator[str]:
        for path, operations in self.old.document["paths"].items():
            for method in filter(operations.__contains__, METHODS):
                place = f"{method.upper()} {path}"
                now = self.new.document["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{place}: removed"
                else:
                    yield from self._in_operation(place, operations[method], now)

    def _in_operation(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{place}: operationId was {old['operationId']}, is {new['operationId']}"
        if gone := {name for way in old.get("security", ()) for name in way} - {
            name for way in new.get("security", ()) for name in way
        }:
            yield f"{place}: no longer accepts {', '.join(sorted(gone))}"
        yield from self._in_parameters(place, old.get("parameters", []), new.get("parameters", []))
        yield from self._in_body(place, old.get("requestBody"), new.get("requestBody"))
        for status in old["responses"]:
            if status.startswith("2"):
                yield from self._in_answer(f"{place} {status}", old["responses"], new["responses"], status)

    def _in_parameters(self, place: str, old: list[Schema], new: list[Schema]) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in map(self.old.resolved, old)}
        now = {(each["in"], each["name"]): each for each in map(self.new.resolved, new)}
        for key, parameter in before.items():
            if key not in now:
                yield f"{place}: parameter {key[1]} removed"
            else:
                yield from self._in_request(f"{place} parameter {key[1]}", parameter["schema"], now[key]["schema"])
        for key, parameter in now.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{place}: parameter {key[1]} is newly required"

    def _in_body(self, place: str, old: Schema | None, new: Schema | None) -> Iterator[str]:
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield f"{place}: a body is newly required"
        if old is None:
            return
        for media_type, described in old["content"].items():
            if new is None or media_type not in new["content"]:
                yield f"{place}: a body of {media_type} is no longer read"
            else:
                yield from self._in_request(f"{place} body", described["schema"], new["content"][media_type]["schema"])

    def _in_answer(self, place: str, old: Schema, new: Schema, status: str) -> Iterator[str]:
        if status not in new:
            yield f"{place}: no longer answered"
            return
        before, now = self.old.resolved(old[status]), self.new.resolved(new[status])
        for name in before.get("headers", {}):
            if name not in now.get("headers", {}):
                yield f"{place}: header {name} removed"
        for media_type, described in before.get("content", {}).items():
            if media_type not in now.get("content", {}):
                yield f"{place}: {media_type} is no longer answered"
            else:
                yield from self._in_response(place, described["schema"], now["content"][media_type]["schema"])

    def _in_request(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        """Everything that was taken must still be taken."""
        if self._was_seen("request", old, new):
            return
        before, now = self.old.variants(old), self.new.variants(new)
        if (gone := kinds(before) - kinds(now)) and "any" not in kinds(now):
            yield f"{place}: retyped, no longer {', '.join(sorted(gone))}"
        allowed = choices(now)
        named = choices(before)
        if allowed is not None and (named is None or not named <= allowed):
            lost = "any value" if named is None else ", ".join(sorted(map(str, named - allowed)))
            yield f"{place}: no longer takes {lost}"
        yield from self._narrowed(place, before, now)
        for was, is_now, step in self._pairs(before, now):
            if step.startswith("/") and step not in ("/[]", "/*") and is_now is None:
                yield f"{place}{step}: removed"
            elif was is not None and is_now is not None:
                yield from self._in_request(place + step, was, is_now)
        for name in sorted(self._required(now) - self._required(before)):
            yield f"{place}/{name}: newly required"

    def _in_response(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        """Everything that was promised must still come, in the same form."""
        if self._was_seen("response", old, new):
            return
        before, now = self.old.variants(old), self.new.variants(new)
        if (added := kinds(now) - kinds(before)) and "any" not in kinds(before):
            yield f"{place}: retyped, may now be {', '.join(sorted(added))}"
        if formats(before) != formats(now):
            yield f"{place}: format was {formats(before)}, is {formats(now)}"
        for was, is_now, step in self._pairs(before, now):
            if is_now is None:
                yield f"{place}{step}: removed"
            elif was is not None:
                yield from self._in_response(place + step, was, is_now)
        kept = {name for schema in now for name in schema.get("properties", {})}
        for name in sorted((self._required(before) - self._required(now)) & kept):
            yield f"{place}/{name}: may now be missing"

    def _was_seen(self, direction: str, old: Schema, new: Schema) -> bool:
        """Shared schemas are compared once; so are those that contain themselves."""
        if "$ref" not in old or "$ref" not in new:
            return False
        key = (direction, old["$ref"], new["$ref"])
        known = key in self.seen
        self.seen.add(key)
        return known

    @staticmethod
    def _required(variants: list[Schema]) -> set[str]:
        return {name for schema in variants for name in schema.get("required", ())}

    @staticmethod
    def _pairs(before: list[Schema], now: list[Schema]) -> Iterator[tuple[Schema | None, Schema | None, str]]:
        """What lies inside: the old, the new, and the step that leads there."""
        present = {name: schema for each in now for name, schema in each.get("properties", {}).items()}
        for each in before:
            for name, schema in each.get("properties", {}).items():
                yield schema, present.get(name), f"/{name}"
        for keyword, step in (("items", "/[]"), ("additionalProperties", "/*")):
            inside = [
                next((each[keyword] for each in side if isinstance(each.get(keyword), dict)), None)
                for side in (before, now)
            ]
            if None not in inside:
                yield inside[0], inside[1], step

    @staticmethod
    def _narrowed(place: str, before: list[Schema], now: list[Schema]) -> Iterator[str]:
        was = {keyword: value for schema in before for keyword, value in schema.items()}
        for schema in now:
            for keyword, value in schema.items():
                is_less = keyword in UPPER and value < was.get(keyword, math.inf)
                is_more = keyword in LOWER and value > was.get(keyword, LOWER[keyword])
                is_other = keyword in ("pattern", "format") and was.get(keyword) != value
                if is_less or is_more or is_other:
                    yield f"{place}: {keyword} is now {value}"


def formats(variants: list[Schema]) -> list[str]:
    return sorted({schema["format"] for schema in variants if "format" in schema})


def read(path: Path) -> Schema:
    document: Schema = yaml.load(path.read_text(), yaml.CSafeLoader)
    return document


def unintended(found: Iterable[str], intended: Collection[str]) -> list[str]:
    """What nobody decided on, and decisions that break nothing any more."""
    named = list(found)
    gone = [f"{each}: intended, and does not happen" for each in intended if each not in named]
    return [each for each in named if each not in intended] + gone


def main() -> int:
    found = unintended(Comparison(read(RELEASED), read(DOCUMENT)).breaks(), INTENDED)
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
