"""What stands in a cell: one value of an answer of the API, as a spreadsheet takes it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Cell = str | int | float | date | None
Row = Mapping[str, Any]
"""A row as the API answers with it. Fields that its reader may not see are missing."""

LONGEST = 32_767
"""Characters that a cell of a spreadsheet holds."""
FIRST_YEAR = 1900
"""Spreadsheets know no earlier days."""
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and nobody would see."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list's file. `field` is the answer's field on which it rests: who does not see it, has none."""

    field: str
    header: str | Promise
    read: Callable[[Row], Any]


def column(field: str, header: str | Promise, read: Callable[[Any], Any] | None = None) -> Column:
    """A column that shows a field as it is, or what `read` makes of it."""

    def cell(row: Row) -> Any:
        value = row.get(field)
        return value if read is None or value is None else read(value)

    return Column(field=field, header=header, read=cell)


def inner(field: str, name: str, header: str | Promise) -> Column:
    """A column that shows one member of a field that has several, such as the place of delivery."""
    return Column(field=field, header=header, read=lambda row: (row.get(field) or {}).get(name))


def cell(value: Any) -> Cell:
    """The value as text, number or day. Lists have semicolons between their parts; nothing is an empty cell.

    Times are those of the wall clock where the reader is, to the second.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date) and value.year < FIRST_YEAR:
        return value.isoformat()
    if isinstance(value, datetime):
        return (timezone.make_naive(value) if timezone.is_aware(value) else value).replace(microsecond=0)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | float | date):
        return value
    if isinstance(value, list | tuple):
        return cell("; ".join(str(part) for part in value))
    return _UNFIT.sub("", str(value))[:LONGEST]


def cells(columns: Iterable[Column], row: Row) -> list[Cell]:
    """A row of the file."""
    return [cell(column.read(row)) for column in columns]
