"""From a file to rows of text. What the file is follows from its content, never from its name."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from suppliers.imports.errors import NotATableError
from taxonomy.text import nfc

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL_LENGTH = 10_000
EMPTY_ROWS_AT_THE_END = 1_000
"""After so many empty rows in a row, a sheet is taken to have ended: some claim a million rows."""


@dataclass(frozen=True)
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
    """Read a csv (UTF-8, or UTF-16 with its mark; comma, semicolon or tab) or the first visible sheet of an xlsx.

    Raises:
        NotATableError: unreadable, empty, too large, or a header that is blank or repeats itself.
    """
    content = _bytes_of(path)
    if not content.strip():
        raise NotATableError(_("The file is empty."))
    lines = _xlsx_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    return _table(lines)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotATableError(_("The file is larger than %(most)s MB.") % {"most": MAX_BYTES // 2**20})
        return path.read_bytes()
    except OSError as error:
        raise NotATableError(_("The file cannot be opened: %(reason)s.") % {"reason": error.strerror}) from None


def _table(lines: Iterable[tuple[int, list[str]]]) -> Table:
    filled = ((number, values) for number, values in lines if any(values))
    first = next(filled, None)
    if first is None:
        raise NotATableError(_("The file has no rows."))
    columns = _header(*first)
    rows: list[Row] = []
    for number, values in filled:
        if len(rows) == MAX_ROWS:
            raise NotATableError(
                _("The file has more than %(most)s rows. Please split it.") % {"most": MAX_ROWS}, row=number
            )
        rows.append(_row(number, values, columns))
    if not rows:
        raise NotATableError(_("The file has a header but no rows below it."))
    return Table(columns, tuple(rows))


def _header(number: int, values: list[str]) -> tuple[str, ...]:
    while values and not values[-1]:
        values = values[:-1]
    if len(values) > MAX_COLUMNS:
        raise NotATableError(_("The file has more than %(most)s columns.") % {"most": MAX_COLUMNS}, row=number)
    for place, name in enumerate(values, start=1):
        if not name:
            raise NotATableError(_("Column %(place)s has no heading.") % {"place": place}, row=number)
        if name in values[: place - 1]:
            raise NotATableError(_("Two columns are headed “%(name)s”.") % {"name": name}, row=number)
    return tuple(values)


def _row(number: int, values: list[str], columns: tuple[str, ...]) -> Row:
    if any(values[len(columns) :]):
        raise NotATableError(_("Row %(row)s has more cells than there are headings.") % {"row": number}, row=number)
    for column, value in zip(columns, values, strict=False):
        if len(value) > MAX_CELL_LENGTH:
            raise NotATableError(
                _("Row %(row)s, column “%(column)s”: the text is too long.") % {"row": number, "column": column},
                row=number,
            )
    return Row(number, dict(zip(columns, values, strict=False)))


def _csv_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\x00" in text:
        raise NotATableError(_("The file holds binary data, not a table."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, values in enumerate(reader, start=1):
            yield number, [nfc(value) for value in values]
    except csv.Error as error:
        raise NotATableError(
            _("Line %(line)s is not valid csv: %(reason)s.") % {"line": reader.line_num, "reason": error}
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
    return max(",;\t", key=header.count)


def _xlsx_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, SyntaxError, zipfile.BadZipFile):
        raise NotATableError(_("The file is a zip archive, but not a spreadsheet.")) from None
    try:
        yield from _sheet_lines(book)
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
    empty = 0
    for number, cells in enumerate(visible[0].iter_rows(values_only=True), start=1):
        values = [_text(value) for value in cells]
        empty = 0 if any(values) else empty + 1
        if empty > EMPTY_ROWS_AT_THE_END:
            return
        yield number, values


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
    return nfc(str(value))
