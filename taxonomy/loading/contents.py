"""What the shipped files say, gathered and checked as a whole before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from taxonomy.loading.files import Line
from taxonomy.models import (
    Corridor,
    IndustrialPark,
    Industry,
    Kind,
    Material,
    Process,
    Province,
    Sector,
    Source,
    Standard,
)
from taxonomy.models.terms import LONGEST_TERM
from taxonomy.text import fold

Key = tuple[str, ...]

MANAGERS: dict[Kind, models.Manager[Any]] = {
    Kind.PROCESS: Process.objects,
    Kind.MATERIAL: Material.objects,
    Kind.STANDARD: Standard.objects,
    Kind.PROVINCE: Province.objects,
    Kind.CORRIDOR: Corridor.objects,
    Kind.SECTOR: Sector.objects,
    Kind.INDUSTRY: Industry.objects,
    Kind.PARK: IndustrialPark.objects,
}
EDITIONED = (Kind.PROVINCE, Kind.INDUSTRY)


def key_columns(kind: Kind, key: Key) -> dict[str, str]:
    """A natural key as column values."""
    return dict(zip(("edition", "code") if kind in EDITIONED else ("code",), key, strict=True))


@dataclass(frozen=True)
class Ref:
    """A reference to a row by its natural key: the code, or edition and code."""

    kind: Kind
    key: Key


@dataclass
class Table:
    """The rows that one kind of entry should have: column values by natural key, and where each was read."""

    kind: Kind
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    lines: dict[Key, Line] = field(default_factory=dict)

    def add(self, line: Line, *key: str, **values: Any) -> Ref:
        """Add a row; a code may be listed once."""
        if not all(key):
            raise line.fault("the code is missing")
        if key in self.rows:
            raise line.fault(f"{':'.join(key)} is listed already in line {self.lines[key].number}")
        self._check(line, {**key_columns(self.kind, key), **values})
        self.rows[key], self.lines[key] = values, line
        return Ref(self.kind, key)

    def _check(self, line: Line, columns: dict[str, Any]) -> None:
        if not (columns.get("name_vi") or columns.get("name_en")):
            raise line.fault("the name is missing")
        references = [name for name, value in columns.items() if value is None or isinstance(value, Ref)]
        plain = {name: value for name, value in columns.items() if name not in references}
        try:
            MANAGERS[self.kind].model(**plain).clean_fields(exclude=references)
        except ValidationError as error:
            faults = (f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
            raise line.fault("; ".join(faults)) from error

    def ref(self, line: Line, *key: str) -> Ref:
        """A reference to a row that must be there."""
        if key not in self.rows:
            raise line.fault(f"there is no {self.kind.value} {':'.join(key)}")
        return Ref(self.kind, key)

    def hang(self, key: Key, parent: Key) -> None:
        """Put a row below another one, which must be there and not lie below it already."""
        line = self.lines[key]
        above: Ref | None = self.ref(line, *parent)
        self.rows[key]["parent"] = above
        while above is not None:
            if above.key == key:
                raise line.fault(f"the parents of {':'.join(key)} form a circle")
            above = self.rows[above.key].get("parent")


@dataclass
class Contents:
    """Everything that the files say."""

    tables: dict[Kind, Table] = field(default_factory=dict)
    terms: dict[tuple[Ref, str], tuple[Source, str]] = field(default_factory=dict)
    """Source and language of each spelling of each entry."""
    ambiguous: set[tuple[Ref, str]] = field(default_factory=set)
    """Words that may mean this entry or another one."""
    implies: set[tuple[Ref, Ref]] = field(default_factory=set)
    corridor_provinces: set[tuple[Ref, Ref]] = field(default_factory=set)
    successions: dict[tuple[Ref, Ref], dict[str, Any]] = field(default_factory=dict)

    def table(self, kind: Kind) -> Table:
        """The table of a kind, begun when first asked for."""
        return self.tables.setdefault(kind, Table(kind))

    def add_terms(self, line: Line, ref: Ref, texts: Iterable[str], source: Source, language: str = "") -> None:
        """Add spellings; one that the entry has already stays as it is."""
        for text in texts:
            _check_text(line, text)
            self.terms.setdefault((ref, text), (source, language))

    def add_names(self, line: Line, ref: Ref, **names: str) -> None:
        """Add the names of an entry, given by language."""
        for language, name in names.items():
            if name:
                self.add_terms(line, ref, [name], Source.NAME, language)

    def add_ambiguous(self, line: Line, ref: Ref, text: str) -> None:
        """Note that a word may mean this entry."""
        _check_text(line, text)
        self.ambiguous.add((ref, text))


def _check_text(line: Line, text: str) -> None:
    if not fold(text):
        raise line.fault(f"{text!r} has no letter or digit")
    if max(len(text), len(fold(text))) > LONGEST_TERM:
        raise line.fault(f"{text[:40]!r} … is longer than {LONGEST_TERM} characters")
