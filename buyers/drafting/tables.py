"""Tables that are pasted as lines, with bars, tabs, semicolons or commas between their cells."""

import re
from collections.abc import Iterator
from itertools import pairwise

_BETWEEN = tuple(map(re.compile, (r"[|\t]", ";", r",(?!\d{3}(?!\d))")))
_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")
"""The line below the head of a table: "|---|---|"."""
LEAST_CELLS = 3

Cells = list[tuple[int, int]]


def cells_below(text: str, heading: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int, int]]:
    """The headings that a pattern finds in the head of a table, each with the place of the first cell below it."""
    for between in _BETWEEN:
        yield from _below(text, heading, between)


def _below(text: str, heading: re.Pattern[str], between: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int, int]]:
    head: Cells = []
    said: re.Match[str] | None = None
    for start, end in _lines(text):
        if _RULE.fullmatch(text, start, end):
            continue
        row = _cells(text, start, end, between)
        if said and len(row) == len(head):
            column = next(at for at, cell in enumerate(head) if cell[0] <= said.start() < cell[1])
            yield said, *row[column]
        head = row if len(row) >= LEAST_CELLS else []
        said = heading.search(text, start, end) if head else None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n"))
        start += len(line)


def _cells(text: str, start: int, end: int, between: re.Pattern[str]) -> Cells:
    cuts = [start - 1, *(cut.start() for cut in between.finditer(text, start, end)), end]
    return [(one + 1, two) for one, two in pairwise(cuts)]
