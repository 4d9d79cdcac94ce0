"""Workbooks of a few sheets, each a table with its header frozen on top; and one of them as csv."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from config.api.files import attachment
from config.tables.cells import Cell, cell
from config.tables.writing import MEDIA_TYPES, write_csv

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


def csv_of_lines(lines: Sequence[Line]) -> bytes:
    """A table as csv; the first line is the header."""
    header, *rest = lines
    with write_csv([str(name) for name in header], [[[cell(value) for value in line] for line in rest]]) as file:
        file.seek(0)
        content: bytes = file.read()
    return content


def downloaded(content: bytes, title: str, kind: str, language: str) -> StreamingHttpResponse:
    """To be kept under its title; `kind` is `xlsx` or `csv`."""
    name = f"{slugify(title, allow_unicode=True) or 'table'}-{language}.{kind}"
    return attachment([content], name=name, media_type=MEDIA_TYPES[kind], length=len(content))


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
