"""Rows of PostgreSQL straight into arrays: in its binary form, in which every row is as long as any other.

All rows of a table come by COPY, those of a few suppliers as one value each of a single statement.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from config.prepared import Prepared
from matchmaking.catalogue.pulse import PULSE, Pulse, is_one_instant
from matchmaking.engine.lists import Ints

HEADER_BYTES: Final = len(b"PGCOPY\n\xff\r\n\0") + 8
TRAILER_BYTES: Final = 2
LENGTH_BYTES: Final = 4
FEW: Final = 10_000
"""So many suppliers are read in one statement."""
CHUNK_BYTES: Final = 4 * 1024 * 1024
LONGEST_ID: Final = 32
EPOCH: Final = 730_120
"""The ordinal of 2000-01-01, from which PostgreSQL counts days."""
NO_DAY: Final = -EPOCH - 1_000_000
LEVELS: Final = 8
"""More than there are."""

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a column is sent: SQL that makes any value of it one of a fixed length that is not null, and its type."""

    sql: str
    dtype: str


KEY: Final = Kind("coalesce({}, 0)::bigint", ">i8")
"""A row id; 0 for none."""
ID: Final = Kind(f"rpad({{}}, {LONGEST_ID})", f"S{LONGEST_ID}")
"""A public id."""
FIGURE: Final = Kind("coalesce({}, 'NaN')::double precision", ">f8")
SMALL: Final = Kind("coalesce({}, -1)::smallint", ">i2")
DAY: Final = Kind(f"coalesce({{}} - date '2000-01-01', {NO_DAY})::integer", ">i4")
"""Days since 2000; NO_DAY for none."""
GRADE: Final = Kind("coalesce({}, 0)::integer", ">i4")
"""Of a fact: the ordinal of the day on which it was observed and its level, `LEVELS` apart; 0 where it has none."""
FLAG: Final = Kind("{}", "?")


@dataclass(frozen=True, eq=False)
class Query:
    """Which columns, by name: their kind and SQL.

    Attributes:
        source: what follows FROM, with a place for a condition.
        of_keys: the condition that a row is of one of some suppliers, given as `keys`.
    """

    columns: Mapping[str, tuple[Kind, str]]
    source: str
    of_keys: str

    def rows(self, condition: str) -> str:
        """A query for the values as they are sent."""
        columns = ", ".join(kind.sql.format(expression) for kind, expression in self.columns.values())
        return f"SELECT {columns} FROM {self.source.format(condition)}"  # noqa: S608 (no part comes from people)

    def copy_sql(self, condition: str) -> str:
        return f"COPY ({self.rows(condition)}) TO STDOUT (FORMAT binary)"

    def packed_sql(self, condition: str) -> str:
        """An expression: all rows as the bytes of one value."""
        return f"(SELECT string_agg(record_send(told), '') FROM ({self.rows(condition)}) AS told)"  # noqa: S608

    def copied(self, cursor: CursorWrapper, condition: str) -> Arrays:
        rows = _Rows(self, self.copied_row)
        cursor.copy_expert(self.copy_sql(condition), rows)
        return rows.arrays()

    def unpacked(self, data: bytes) -> Arrays:
        rows = _Rows(self, self.packed_row)
        rows.write(data)
        return rows.arrays()

    @cached_property
    def copied_row(self) -> np.dtype[Any]:
        """As COPY sends it: the number of columns, and before each value its length."""
        return self._row(">i2", [])

    @cached_property
    def packed_row(self) -> np.dtype[Any]:
        """As `record_send` makes it: before each value its type as well."""
        return self._row(">i4", ["type of {}"])

    def _row(self, number: str, before: Sequence[str]) -> np.dtype[Any]:
        fields = [("columns", number)]
        for name, (kind, _) in self.columns.items():
            fields += [*((each.format(name), ">i4") for each in (*before, "length of {}")), (name, kind.dtype)]
        return np.dtype(fields)


@dataclass(frozen=True, eq=False)
class Names:
    """A text of any length for each row id."""

    key: str
    text: str
    source: str
    of_keys: str

    def rows(self, condition: str) -> str:
        """A query for lines: the row id, a space, the text."""
        line = rf"{self.key} || ' ' || translate({self.text}, E'\t\n\r\\', '    ')"
        return f"SELECT {line} AS line FROM {self.source.format(condition)}"  # noqa: S608

    def packed_sql(self, condition: str) -> str:
        return rf"(SELECT convert_to(string_agg(line, E'\n'), 'UTF8') FROM ({self.rows(condition)}) AS told)"  # noqa: S608

    def copied(self, cursor: CursorWrapper, condition: str) -> dict[int, str]:
        file = BytesIO()
        cursor.copy_expert(f"COPY ({self.rows(condition)}) TO STDOUT (ENCODING 'UTF8')", file)
        return self.unpacked(file.getvalue())

    def unpacked(self, data: bytes) -> dict[int, str]:
        told = (line.decode().rstrip("\n").partition(" ") for line in BytesIO(data))
        return {int(key): text for key, _, text in told}


class _Rows:
    """A file that COPY writes into. It keeps little more than the values."""

    def __init__(self, query: Query, row: np.dtype[Any]) -> None:
        self.names = list(query.columns)
        self.dtype = row
        self.header_bytes = HEADER_BYTES if row is query.copied_row else 0
        self.waiting: list[bytes] = []
        self.waiting_bytes = -self.header_bytes
        self.chunks: list[Arrays] = []

    def write(self, data: bytes) -> int:
        """COPY writes a row at a time, the first with the header before it and the trailer on its own."""
        self.waiting.append(data)
        self.waiting_bytes += len(data)
        if self.waiting_bytes >= CHUNK_BYTES:
            self._unpack()
        return len(data)

    def arrays(self) -> Arrays:
        self._unpack()
        if len(self.chunks) == 1:
            return self.chunks.pop()
        return {name: np.concatenate([chunk.pop(name) for chunk in self.chunks]) for name in self.names}

    def _unpack(self) -> None:
        data = b"".join(self.waiting)
        start = 0 if self.chunks else self.header_bytes
        count, rest = divmod(len(data) - start, self.dtype.itemsize)
        rows = np.frombuffer(data, dtype=self.dtype, count=count, offset=start)
        self._refuse_other_lengths(rows)
        kept = data[len(data) - rest :]
        self.waiting, self.waiting_bytes = [kept], len(kept)
        self.chunks.append({name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in self.names})

    def _refuse_other_lengths(self, rows: npt.NDArray[Any]) -> None:
        places, lengths = _framing(self.dtype)
        told = rows.view(np.uint8).reshape(len(rows), self.dtype.itemsize).take(places, axis=1)
        if (told != lengths).any():
            wrong = self.names[np.flatnonzero((told != lengths).any(axis=0))[0] // LENGTH_BYTES]
            raise ValueError(f"{wrong} does not always have {self.dtype[wrong].itemsize} bytes")


@cache
def _framing(row: np.dtype[Any]) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Where in a row the lengths of its values stand, byte by byte, and what they must be."""
    fields: Mapping[str, Any] = row.fields or {}
    of_values = [(fields[name][0].itemsize, fields.get(f"length of {name}")) for name in fields]
    lengths = [(length, place[1]) for length, place in of_values if place]
    places = [place + byte for _, place in lengths for byte in range(LENGTH_BYTES)]
    expected = b"".join(length.to_bytes(LENGTH_BYTES, "big") for length, _ in lengths)
    return np.array(places, dtype=np.intp), np.frombuffer(expected, dtype=np.uint8)


class Source:
    """The rows of some suppliers, by row id, or of all: those of a few in one statement, else query by query."""

    def __init__(self, keys: str | None, packed: Mapping[Query | Names, bytes]) -> None:
        """
        Args:
            keys: of the suppliers, as PostgreSQL writes them; None for all.
            packed: what has been read.
        """
        self._keys = keys
        self._packed = packed

    @classmethod
    def of(cls, keys: Collection[int] | None, queries: Sequence[Query | Names]) -> Self:
        if keys is None or len(keys) > FEW:
            return cls(None if keys is None else _array(keys), {})
        return cls.with_pulse(keys, queries, since=None)[1]

    @classmethod
    def with_pulse(
        cls, keys: Collection[int], queries: Sequence[Query | Names], *, since: int | None
    ) -> tuple[Pulse, Self]:
        """The rows of a few, and in the same statement what `take_pulse` tells."""
        parameters = (_array(keys), since)
        values = _at_once(tuple(queries), parameters)
        pulse, packed = values[: -len(queries)], values[-len(queries) :]
        of_query = {query: bytes(data or b"") for query, data in zip(queries, packed, strict=True)}
        return Pulse.of(*pulse), cls(parameters[0], of_query)

    def arrays(self, query: Query) -> Arrays:
        """One array per column."""
        if query in self._packed:
            return query.unpacked(self._packed[query])
        with connection.cursor() as cursor:
            return query.copied(cursor, self._condition(query))

    def texts(self, names: Names) -> dict[int, str]:
        """By row id."""
        if names in self._packed:
            return names.unpacked(self._packed[names])
        with connection.cursor() as cursor:
            return names.copied(cursor, self._condition(names))

    def _condition(self, query: Query | Names) -> str:
        return "true" if self._keys is None else query.of_keys % {"keys": f"'{self._keys}'"}  # numbers, nothing else


def _array(keys: Collection[int]) -> str:
    return "{" + ",".join(map(str, sorted(keys))) + "}"


def _at_once(queries: tuple[Query | Names, ...], parameters: tuple[str, int | None]) -> tuple[Any, ...]:
    is_ours = is_one_instant() or not connection.in_atomic_block
    if is_ours:  # of use only where no pooler gives the session to others, and what fails must end no transaction
        with suppress(DatabaseError), transaction.atomic() if connection.in_atomic_block else nullcontext():
            return _prepared(queries).row(parameters)
    with connection.cursor() as cursor:
        keys, since = parameters
        cursor.execute(_one_statement(queries), {"keys": keys, "since": since})
        values: tuple[Any, ...] = cursor.fetchone()
    return values


@cache
def _prepared(queries: tuple[Query | Names, ...]) -> Prepared:
    """Planning the statement takes five times as long as answering it for one supplier.

    PostgreSQL would plan it anew each time, as it takes one supplier for many.
    """
    sql = _one_statement(queries) % {"keys": "$1", "since": "$2"}
    return Prepared("catalogue", "bigint[]", "bigint", sql=sql, settings={"plan_cache_mode": "force_generic_plan"})


@cache
def _one_statement(queries: tuple[Query | Names, ...]) -> str:
    columns = [PULSE.format(since="%(since)s"), *(query.packed_sql(query.of_keys) for query in queries)]
    return "SELECT " + ", ".join(columns)
