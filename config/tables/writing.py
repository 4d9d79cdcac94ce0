"""Rows into files, batch by batch: only one batch is ever in memory."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from config.tables.cells import Cell

Batches = Iterable[Sequence[Sequence[Cell]]]
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How text begins that a spreadsheet would take for a formula, also in full width."""
WIDTH = 24
SHEET = "Sheet1"


def write_csv(headers: Sequence[str], batches: Batches) -> IO[bytes]:
    """UTF-8 with the mark by which spreadsheets know it (BOM), commas, lines that end in CR LF (RFC 4180).

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    with _kept() as file:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        lines = csv.writer(text)
        lines.writerow(map(harmless, headers))
        for batch in batches:
            lines.writerows([harmless(value) for value in row] for row in batch)
        text.detach()
    return file


def harmless(value: Cell) -> Cell:
    """The value as a spreadsheet that opens a csv shows it, and does not run it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def write_xlsx(headers: Sequence[str], batches: Batches) -> IO[bytes]:
    """One sheet with the header frozen on top. Text is stored as text, so that nothing is a formula."""
    with _kept() as file:
        book = Workbook(write_only=True)
        sheet = book.create_sheet(SHEET)
        sheet.freeze_panes = "A2"
        for column in range(1, len(headers) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = WIDTH
        try:
            sheet.append([_made(sheet, header, font=Font(bold=True)) for header in headers])
            for batch in batches:
                for row in batch:
                    sheet.append([None if value is None else _made(sheet, value) for value in row])
        finally:
            book.save(file)  # also what is given up: nothing else removes the sheet's own temporary file
    return file


def _made(sheet: Any, value: Cell, *, font: Font | None = None) -> Any:
    """A cell of its own: openpyxl would give a plain value the format of the cell before. Text is text, whatever it
    begins with."""
    made = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # it takes days, too
    if isinstance(value, str):
        made.data_type = "s"
    if font is not None:
        made.font = font
    return made


@contextmanager
def _kept() -> Iterator[IO[bytes]]:
    """A temporary file that stays open for who wrote it, unless writing fails."""
    with ExitStack() as unless_kept:
        file = unless_kept.enter_context(TemporaryFile())
        yield file
        unless_kept.pop_all()


WRITERS: dict[str, Callable[[Sequence[str], Batches], IO[bytes]]] = {"csv": write_csv, "xlsx": write_xlsx}
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
