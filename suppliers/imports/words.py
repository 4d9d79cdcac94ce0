"""Words of a list that were not understood, each once with the number of its rows: one decision teaches all of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from suppliers.models import Import
from taxonomy.models import Kind
from taxonomy.naming import Naming
from taxonomy.services import ENTRIES

KINDS = {
    "processes": Kind.PROCESS.value,
    "materials": Kind.MATERIAL.value,
    "certificates": Kind.STANDARD.value,
    "province": Kind.PROVINCE.value,
}
"""Fields of which words can be taught, with the kind of entries that they name."""
CHOICES = [(kind, kind) for kind in sorted(KINDS.values())]
"""Kinds of words, as a field offers them."""
TEACHABLE = ("unknown", "ambiguous", "superseded")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, in one of the list's columns. `could_be` are codes."""

    column: str
    kind: str
    text: str
    outcome: str
    could_be: tuple[str, ...]
    rows: int

    def meanings(self, naming: Naming) -> list[tuple[str, str]]:
        """What it could be: codes and names."""
        return [(code, naming.of(Kind(self.kind), code)) for code in self.could_be]


def words_of(row: Import) -> list[Word]:
    """Those of the last preview, the most frequent first."""
    found: Counter[tuple[str, str, str, tuple[str, ...]]] = Counter()
    for left_out in row.rows.exclude(left_out=[]).values_list("left_out", flat=True).iterator():
        for item in left_out:
            if item["outcome"] in TEACHABLE and row.field_of(item["column"]) in KINDS:
                found[item["column"], item["text"], item["outcome"], tuple(item["could_be"])] += 1
    return [
        Word(column, KINDS[row.field_of(column)], text, outcome, could_be, rows)
        for (column, text, outcome, could_be), rows in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def choices_of(words: Iterable[Word]) -> dict[str, list[tuple[str, str]]]:
    """By kind, the entries that a word can mean: code and name. Of the kinds of these words only."""
    return {kind: _entries(Kind(kind)) for kind in sorted({word.kind for word in words})}


def _entries(kind: Kind) -> list[tuple[str, str]]:
    rows = ENTRIES[kind].objects.in_use().order_by("code")
    if kind == Kind.PROVINCE:
        return [(row.reference, str(row)) for row in rows]
    return [(row.code, str(row)) for row in rows]
