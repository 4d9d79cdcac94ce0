"""What an import would do or did: a line for each row, and what was left out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from config.phrases import Phrase

LONGEST_SAID = 80
"""Characters of a cell that a problem repeats."""


class Result(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Problem:
    """Why a row is skipped. `column` is the heading, or empty where the whole row is meant.

    `detail` and `told` are those of a `Phrase`; `said` is the text of the cell, where that is wrong. `could_be` are the
    public ids of known firms that it likely is, best first.
    """

    column: str
    code: str
    detail: str
    could_be: tuple[str, ...] = ()
    said: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, column: str, code: str, detail: str | Promise, *, said: str = "", could_be: tuple[str, ...] = ()
    ) -> "Problem":
        phrase = Phrase.of(detail)
        return cls(column, code, phrase.message, could_be, said[:LONGEST_SAID], phrase.told)

    @property
    def reason(self) -> str:
        """In the reader's language."""
        reason = str(Phrase(self.detail, **self.told))
        return f"“{self.said}”: {reason}" if self.said else reason

    def as_dict(self) -> dict[str, Any]:
        """As a reader is told."""
        return {"column": self.column, "code": self.code, "detail": self.reason, "could_be": self.could_be}


@dataclass(frozen=True)
class LeftOut:
    """A word or value of a row that was not taken over, while the rest of the row was.

    `outcome` says why: `unknown`, `ambiguous` (a person must choose from `could_be`), `superseded` (withdrawn; its
    successor is in `could_be`), `invalid`, `corrected` (taken as `could_be`
    says), or `missing` where a review needs what the list does not have (`text` says what): the firm stays a draft.
    """

    column: str
    text: str
    outcome: str
    could_be: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A fact of a stored firm that a row changes, as text; of lists only what is new is told, and `before` is empty."""

    field: str
    before: str
    after: str


@dataclass(slots=True)
class RowReport:
    """What becomes of one row, and of the words in it. `said` is the row's text by field."""

    number: int
    name: str
    result: Result
    supplier: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def changed(self) -> list[str]:
        """Fields of which something changes."""
        return sorted({change.field for change in self.changes})

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "row": self.number,
            "name": self.name,
            "result": self.result.value,
            "supplier": self.supplier,
            "changed": self.changed,
            "changes": [vars(change) for change in self.changes],
            "problems": [problem.as_dict() for problem in self.problems],
            "left_out": [vars(item) for item in self.left_out],
        }


@dataclass
class Report:
    """The whole import."""

    source: str
    columns: dict[str, str]
    columns_left_out: list[str]
    applied: bool
    rows: list[RowReport]

    def count(self) -> dict[str, int]:
        """How many rows had which result."""
        found = Counter(row.result for row in self.rows)
        return {result.value: found[result] for result in Result}

    def left_out(self) -> list[tuple[LeftOut, int]]:
        """Each thing that was left out, with the number of rows that have it, the most frequent first."""
        found = Counter(item for row in self.rows for item in row.left_out)
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0].column, pair[0].text))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "source": self.source,
            "applied": self.applied,
            "columns": self.columns,
            "columns_left_out": self.columns_left_out,
            "count": self.count(),
            "rows": [row.as_dict() for row in self.rows],
            "left_out": [{**vars(item), "rows": rows} for item, rows in self.left_out()],
        }
