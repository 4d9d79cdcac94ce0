"""The codes that a requirement uses: which exist, and their rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from buyers.content import STANDARD_LISTS, Values
from config.api.fields import unknown_code
from config.errors import InvalidFactError
from taxonomy.models import Material, Process, Standard

Mention = tuple[type[Any], str, str]
"""The kind of entry, its code, and the JSON pointer of where it stands."""


@dataclass(frozen=True)
class Vocabulary:
    """Primary keys by code, for the codes that some values mention."""

    keys: dict[type[Any], dict[str, int]]

    @classmethod
    def of(cls, values: Values) -> "Vocabulary":
        """One query for each of processes, materials, standards."""
        wanted: dict[type[Any], set[str]] = {Process: set(), Material: set(), Standard: set()}
        for kind, code, _pointer in mentions(values):
            wanted[kind].add(code)
        return cls({kind: _keys(kind, codes) for kind, codes in wanted.items()})

    def process(self, code: str) -> int:
        return self.keys[Process][code]

    def materials(self, codes: list[str]) -> list[int]:
        return [self.keys[Material][code] for code in codes]

    def standards(self, codes: list[str]) -> list[int]:
        return [self.keys[Standard][code] for code in codes]

    def unknown_in(self, values: Values) -> Iterator[InvalidFactError]:
        """A refusal for every mention of a code that does not exist."""
        for kind, code, pointer in mentions(values):
            if code not in self.keys[kind]:
                yield InvalidFactError(unknown_code(code), pointer=pointer, code="unknown_code")


def mentions(values: Values) -> Iterator[Mention]:
    """Every code in `values`, with its place."""
    for place, operation in enumerate(values.get("operations", ())):
        yield Process, operation["process"], f"/operations/{place}/process"
        for index, code in enumerate(operation.get("materials", ())):
            yield Material, code, f"/operations/{place}/materials/{index}"
    for name in STANDARD_LISTS:
        for index, code in enumerate(values.get(name, ())):
            yield Standard, code, f"/{name}/{index}"


def _keys(kind: type[Any], codes: set[str]) -> dict[str, int]:
    if not codes:
        return {}
    return dict(kind.objects.filter(code__in=codes).values_list("code", "pk"))
