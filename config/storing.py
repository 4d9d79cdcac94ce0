"""Many new rows in one statement, column by column.

Django's `bulk_create` prepares each value of each row, also where all rows say the same. Here a column that says one
thing is told once, and each other as one array of texts, from which PostgreSQL makes what the column holds.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import JSONField, Model
from django.db.models.expressions import DatabaseDefault

_LENGTH = re.compile(r"\([^()]*\)")
"""Of a type. A cast to it would cut a text short; without it the column refuses one that is too long."""


def give_keys(rows: Sequence[Model]) -> None:
    """Give new rows of one model their primary keys before they are stored, so that others can refer to them."""
    if not rows:
        return
    table, column = _options(rows[0]).db_table, _options(rows[0]).pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, len(rows)]
        )
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key


def store_all(rows: Iterable[Model]) -> None:
    """Store new rows of one model, all with their primary keys or all without, as `bulk_create` does. Times that are
    set as a row is stored are the same for all.

    Raises:
        IntegrityError: a row may not stand beside another, or breaks a rule of its own. None is stored.
    """
    rows = list(rows)
    if not rows:
        return
    sql, told = _statement(rows)
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        returned = _options(rows[0]).db_returning_fields
        for row, values in zip(rows, cursor.fetchall() if returned else [()] * len(rows), strict=True):
            for field, value in zip(returned, values, strict=True):
                setattr(row, field.attname, value)
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as `_options`


def _statement(rows: Sequence[Model]) -> tuple[str, list[str | None]]:
    """The first column is told as an array in any case: it says how many rows there are."""
    quote = connection.ops.quote_name
    columns: list[str] = []
    values: list[str] = []
    alike: list[str | None] = []
    arrays: list[tuple[str, str]] = []
    for field in _told_fields(rows):
        texts = _texts(field, rows)
        kind = _LENGTH.sub("", field.db_type(connection))
        columns.append(quote(field.column))
        if arrays and texts.count(texts[0]) == len(texts):
            values.append(f"%s::{kind}")
            alike.append(texts[0])
        else:
            values.append(f"{columns[-1]}::{kind}")
            arrays.append((columns[-1], _array(texts)))
    returned = ", ".join(quote(field.column) for field in _options(rows[0]).db_returning_fields)
    sql = (
        f"INSERT INTO {quote(_options(rows[0]).db_table)} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608 - names of ours
        f" FROM unnest({', '.join(['%s::text[]'] * len(arrays))}) AS told ({', '.join(name for name, _ in arrays)})"
        f"{' RETURNING ' if returned else ''}{returned}"
    )
    return sql, [*alike, *(array for _name, array in arrays)]


def _told_fields(rows: Sequence[Model]) -> list[Any]:
    """Those that the database does not fill in itself."""
    fields = [field for field in _options(rows[0]).concrete_fields if not field.generated]
    return [
        field
        for field in fields
        if not (field.primary_key and rows[0].pk is None)
        and not all(isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows)
    ]


def _texts(field: Any, rows: Sequence[Model]) -> list[str | None]:
    """What each row says, as PostgreSQL reads it; where all say the same it is made once."""
    values = _values(field, rows)
    if isinstance(field, JSONField):
        return [None if value is None else json.dumps(value, cls=field.encoder) for value in values]
    if values.count(values[0]) == len(values):
        return [_text(field.get_db_prep_save(values[0], connection))] * len(values)
    return [_text(field.get_db_prep_save(value, connection)) for value in values]


def _values(field: Any, rows: Sequence[Model]) -> list[Any]:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        moment = field.pre_save(rows[0], add=True)
        for row in rows:
            setattr(row, field.attname, moment)
        return [moment] * len(rows)
    return [field.pre_save(row, add=True) for row in rows]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return _array([_text(each) for each in value])
    if isinstance(value, bool | int | float | Decimal | date | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not stored this way")


def _array(texts: Sequence[str | None]) -> str:
    return "{" + ",".join("NULL" if text is None else _quoted(text) for text in texts) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _options(row: Model) -> Any:
    return row._meta  # noqa: SLF001 - public, for all its underscore
