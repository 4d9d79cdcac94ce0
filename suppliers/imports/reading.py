"""From a file to rows of text. What the file is follows from its content, never from its name."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

from config.phrases import Phrase
from suppliers.imports.errors import NotATableError
from suppliers.imports.header import LONGEST_HEADING, LOOKED_AT, joined, numbers_the_columns, place_of_header
from suppliers.imports.sheets import filled_down, survey
from taxonomy.text import nfc

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_ROWS = 50_000
MAX_LINES = 100_000
"""Down to where a sheet is read, rows without a text included."""
MAX_COLUMNS = 200
MAX_CELLS_BESIDE = 10_000_000
"""Empty cells of a sheet to the right of these columns, those included that are not in the file but left of one."""
MAX_CELL_LENGTH = 10_000
_QUOTED = re.compile(r'"[^"]*"')
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
"""What a spreadsheet shows where a formula failed: nothing is known there."""
_DAMAGE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError),
    *(ValueError, CellCoordinatesException, InvalidFileException, zipfile.BadZipFile, zlib.error),
)
"""What openpyxl raises where the parts of a workbook are not as they should be, while it loads it and at each row."""

csv.field_size_limit(MAX_BYTES)  # so that an overlong cell meets our own limit, which says where it stands


@dataclass(frozen=True, slots=True)
class Row:
    """One line below the header. `number` is what a spreadsheet shows beside it, from 1."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """The header and the rows that are not empty."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """`read_content` of a file on this machine."""
    return read_content(_bytes_of(path))


def read_content(content: bytes, *, only_first: int | None = None) -> Table:
    """Read a csv (UTF-8, or UTF-16 with its mark; comma, semicolon or tab) or the first visible sheet of an xlsx.

    Args:
        only_first: look at so many lines that are not empty, which is quick however long the file is.

    Raises:
        NotATableError: unreadable, empty, too large, or a header that is blank or repeats itself.
    """
    if not content.strip():
        raise NotATableError(_("The file is empty."))
    lines = _xlsx_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    with closing(lines):
        return _table(islice((line for line in lines if any(line[1])), only_first))


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotATableError(Phrase("The file is larger than %(most)s MB.", most=MAX_BYTES // 2**20))
        return path.read_bytes()
    except OSError as error:
        raise NotATableError(Phrase("The file cannot be opened: %(reason)s.", reason=error.strerror)) from None


def _table(lines: Iterable[tuple[int, list[str]]]) -> Table:
    filled = _filled(lines)
    if not filled:
        raise NotATableError(_("The file has no rows."))
    begin, below = place_of_header([values for _number, values in filled[:LOOKED_AT]])
    columns = _header(filled[begin][0], joined([values for _number, values in filled[begin:below]]))
    if below < len(filled) and numbers_the_columns(filled[below][1]):
        below += 1
    rows = tuple(_row(number, values, columns) for number, values in filled[below:])
    if not rows:
        raise NotATableError(_("The file has a header but no rows below it."))
    return Table(tuple(name for name in columns if name), rows)


def _filled(lines: Iterable[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The lines, which have something in them, with their numbers."""
    filled: list[tuple[int, list[str]]] = []
    for number, values in lines:
        if len(filled) > MAX_ROWS:
            raise NotATableError(
                Phrase("The file has more than %(most)s rows. Please split it.", most=MAX_ROWS), row=number
            )
        filled.append((number, values))
    return filled


def _header(number: int, values: list[str]) -> tuple[str, ...]:
    """The headings by place; empty where a column has none, which is right only while its cells are empty too."""
    while values and not values[-1]:
        values = values[:-1]
    if len(values) > MAX_COLUMNS:
        _refuse_columns(number)
    for place, name in enumerate(values):
        if len(name) > LONGEST_HEADING:
            raise NotATableError(
                Phrase(
                    "The heading of column %(place)s has more than %(most)s characters.",
                    place=place + 1,
                    most=LONGEST_HEADING,
                ),
                row=number,
            )
        if name and name in values[:place]:
            raise NotATableError(Phrase("Two columns are headed “%(name)s”.", name=name), row=number)
    return tuple(values)


def _refuse_columns(row: int) -> NoReturn:
    raise NotATableError(Phrase("The file has more than %(most)s columns.", most=MAX_COLUMNS), row=row)


def _row(number: int, values: list[str], columns: tuple[str, ...]) -> Row:
    if any(values[len(columns) :]):
        raise NotATableError(Phrase("Row %(row)s has more cells than there are headings.", row=number), row=number)
    for place, (column, value) in enumerate(zip(columns, values, strict=False), start=1):
        if len(value) > MAX_CELL_LENGTH:
            raise NotATableError(
                Phrase("Row %(row)s, column “%(column)s”: the text is too long.", row=number, column=column),
                row=number,
            )
        if value and not column:
            raise NotATableError(
                Phrase("Row %(row)s has a value in column %(place)s, which has no heading.", row=number, place=place),
                row=number,
            )
    return Row(number, {column: value for column, value in zip(columns, values, strict=False) if column})


def _csv_lines(content: bytes) -> Generator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\x00" in text:
        raise NotATableError(_("The file holds binary data, not a table."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, values in enumerate(reader, start=1):
            yield number, [nfc(value) for value in values]
    except csv.Error as error:
        raise NotATableError(
            Phrase("Line %(line)s is not valid csv: %(reason)s.", line=reader.line_num, reason=str(error))
        ) from None


def _decoded(content: bytes) -> str:
    marked_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if marked_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise NotATableError(
            _("The file is neither an xlsx nor text in UTF-8. In Excel, save it as “CSV UTF-8” or as xlsx.")
        ) from None


def _delimiter(text: str) -> str:
    header = text.splitlines()[0] if text.splitlines() else ""
    return max(",;\t", key=_QUOTED.sub("", header).count)


def _xlsx_lines(content: bytes) -> Generator[tuple[int, list[str]]]:
    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, OSError):
        raise NotATableError(_("The file is a zip archive, but not a spreadsheet.")) from None
    except _DAMAGE:
        raise NotATableError(_("The file is damaged.")) from None
    try:
        yield from _sheet_lines(book)
    except _DAMAGE:
        raise NotATableError(_("The file is damaged.")) from None
    finally:
        book.close()


def _check_archive(content: bytes) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise NotATableError(_("The file is damaged.")) from None
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise NotATableError(_("The file unpacks to more than is allowed."))


def _sheet_lines(book: Any) -> Iterator[tuple[int, list[str]]]:
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise NotATableError(_("The file has no visible sheet."))
    sheet = visible[0]
    with sheet._get_source() as part:  # noqa: SLF001 (only openpyxl knows where in the archive the sheet lies)
        known = survey(part)
    if known.without_result:
        raise NotATableError(
            Phrase(
                "Cell %(cell)s holds a formula without its result."
                " Save the file in a spreadsheet program, and send that.",
                cell=known.without_result,
            )
        )
    sheet.reset_dimensions()  # what the file says of its own extent is often wrong, and would hide rows
    lines = enumerate(sheet.iter_rows(values_only=True, max_row=known.last_row or None), start=1)
    yield from filled_down(_lines_of(lines), known.merged)


def _lines_of(rows: Iterable[tuple[int, tuple[Any, ...]]]) -> Iterator[tuple[int, list[str]]]:
    cells_beside = 0
    for number, cells in rows:
        if number > MAX_LINES:
            raise NotATableError(
                Phrase(
                    "The sheet reaches below row %(most)s. Delete what stands below the list, empty rows too.",
                    most=MAX_LINES,
                ),
                row=number,
            )
        beside = cells[MAX_COLUMNS:]
        if any(value is not None for value in beside):
            _refuse_columns(number)
        cells_beside += len(beside)
        if cells_beside > MAX_CELLS_BESIDE:
            raise NotATableError(
                Phrase(
                    "The sheet reaches far beyond column %(most)s. Delete what is beside the list, empty columns too.",
                    most=MAX_COLUMNS,
                ),
                row=number,
            )
        yield number, [_text(value) for value in cells[:MAX_COLUMNS]]


def _text(value: Any) -> str:
    """What a person reads in the cell, without the accidents of storage (12.0 for 12)."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = nfc(str(value))
    return "" if text in _ERRORS else text
