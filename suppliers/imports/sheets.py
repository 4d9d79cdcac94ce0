"""What the XML of a sheet says that openpyxl, which streams it from top to bottom, tells too late or not at all."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from openpyxl.utils.cell import range_boundaries

from config.phrases import Phrase
from suppliers.imports.errors import NotATableError

Line = tuple[int, list[str]]
MOST_MERGED = 100_000
"""Merged cells that reach over several rows."""
_BLOCK_BYTES = 1024 * 1024
_OVERLAP_BYTES = 64 * 1024
"""More than the longest cell that matters, so that none is cut in two."""
_TEXTS = (b"<v>", b"<v ", b"<t>", b"<t ")
_ROW = re.compile(rb'<row [^>]*?\br="(\d{1,7})"')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"(?![^<>]*t="str")[^<>]*>\s*+<f[^<>]*?(?:/>|>[^<]*</f>)'
    rb"\s*+(?:<v\s*+/>|<v></v>)?\s*+</c>"
)
"""A formula that no spreadsheet has worked out. A result that is an empty text (t="str") is one.

It gives nothing back and stops at the next tag, so that no sheet, however odd, has it look at the same bytes again.
"""
_LAST_ROW = 1_048_576
"""Of any sheet."""


@dataclass(slots=True)
class Survey:
    """Of a sheet: the last row with a text, 0 where none was seen; of merged cells the first row, with column (from 0)
    and last row of each; and the first cell with a formula without a result."""

    last_row: int = 0
    merged: dict[int, set[tuple[int, int]]] = field(default_factory=dict)
    without_result: str = ""


def survey(part: IO[bytes]) -> Survey:
    """Look through the XML of a sheet, block by block.

    Raises:
        NotATableError: more cells are merged than a list has.
    """
    found, kept, row = Survey(), b"", 0
    while block := part.read(_BLOCK_BYTES):
        window = kept + block
        found.last_row = max(found.last_row, _last_row(window, before=row))
        row = _row_at(window, window.rfind(b">")) or row
        _note_merged(found, _MERGED.findall(window))
        if not found.without_result and (formula := _NO_RESULT.search(window)):
            found.without_result = formula[1].decode()
        kept = window[-_OVERLAP_BYTES:]
    return found


def filled_down(lines: Iterable[Line], merged: dict[int, set[tuple[int, int]]]) -> Iterator[Line]:
    """The lines, with what merged cells say in each of the lines over which they reach, as a reader sees it.

    A line that holds nothing else stays empty.
    """
    reaching: dict[int, tuple[int, str]] = {}
    for number, values in lines:
        if any(values):
            for column, (last, text) in reaching.items():
                values.extend([""] * (column + 1 - len(values)))
                values[column] = values[column] or (text if number <= last else "")
        reaching.update(
            {column: (last, values[column]) for column, last in merged.get(number, ()) if column < len(values)}
        )
        yield number, values


def _last_row(window: bytes, *, before: int) -> int:
    """The row of the last text in the window; `before` is the one with which it begins. 0 where there is no text."""
    place = max(window.rfind(text) for text in _TEXTS)
    return (_row_at(window, place) or before) if place >= 0 else 0


def _row_at(window: bytes, place: int) -> int:
    """The last row that begins before the place; 0 where none does. One without a number may be any."""
    start = window.rfind(b"<row ", 0, max(place, 0))
    if start < 0:
        return 0
    told = _ROW.match(window, start)
    return int(told[1]) if told else _LAST_ROW


def _note_merged(found: Survey, references: Iterable[bytes]) -> None:
    for reference in references:
        column, first, _last_column, last = range_boundaries(reference.decode())
        if column and first and last and last > first:
            found.merged.setdefault(first, set()).add((column - 1, last))
    if sum(map(len, found.merged.values())) > MOST_MERGED:
        raise NotATableError(Phrase("The sheet has more than %(most)s merged cells.", most=MOST_MERGED))
