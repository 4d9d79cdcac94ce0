"""Columns read back for a few rows or suppliers, one field at a time, as Python's own values."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from matchmaking.engine.columns import Codes, Columns, Evidence, FigureColumn, taken
from matchmaking.engine.lists import Ints, Ragged

Figure: TypeAlias = tuple[Any, Evidence | None]
"""A figure and its evidence; both None where it is unknown."""


class Values:
    """Reads any field of columns at the rows, suppliers or certificates given by their indexes."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def evidence(self, grades: Ints, at: Ints) -> list[Evidence | None]:
        """None where nothing is known."""
        evidence = self.columns.evidence
        return [evidence[grade] for grade in taken(grades, at).tolist()]

    def figures(self, column: FigureColumn, at: Ints) -> list[Figure]:
        """Of sizes a figure is a list of sides."""
        values, evidence = taken(column.value, at).tolist(), self.evidence(column.grade, at)
        return [(None if proof is None else value, proof) for value, proof in zip(values, evidence, strict=True)]

    def codes(self, codes: Codes, numbers: Ints, at: Ints) -> list[str | None]:
        """None where no code is given."""
        names = codes.names
        return [None if number < 0 else names[number] for number in taken(numbers, at).tolist()]

    def lists(self, codes: Codes, lists: Ragged, grades: Ints, at: Ints, of: Ints) -> Iterator[tuple[Any, Any]]:
        """Lists of codes, rising, and their evidence; both None where unknown or empty.

        Args:
            of: whose lists they are.
        """
        names = codes.names
        for numbers, proof in zip(lists.take(of).tolists(), self.evidence(grades, at), strict=True):
            yield (None, None) if proof is None or not numbers else (sorted({names[each] for each in numbers}), proof)
