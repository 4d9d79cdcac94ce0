"""Workbooks of a few sheets, each a table with its header frozen on top."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from config.tables.cells import Cell, cell

WIDEST, NARROWEST = 60, 14
Line = list[Cell]


@dataclass(frozen=True)
class Sheet:
    title: str
    lines: Sequence[Line]
    """The first is the header."""


def book_of(sheets: Iterable[Sheet]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title), sheet)
    return book


def saved(book: Workbook) -> bytes:
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(sheet: Any, filled: Sheet) -> None:
    for number, line in enumerate(filled.lines, start=1):
        for place, value in enumerate(line, start=1):
            written = sheet.cell(row=number, column=place, value=cell(value))
            if isinstance(value, str):
                written.data_type = "s"  # whatever it begins with, it is no formula
                written.alignment = Alignment(wrap_text=True, vertical="top")
    for header in sheet[1]:
        header.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for place in range(1, len(filled.lines[0]) + 1):
        longest = max(len(str(line[place - 1] or "")) for line in filled.lines if len(line) >= place)
        sheet.column_dimensions[get_column_letter(place)].width = min(WIDEST, max(NARROWEST, longest + 2))
