"""Rows of PostgreSQL straight into arrays: COPY in its binary form, in which every row is as long as any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db.backends.utils import CursorWrapper

HEADER_BYTES: Final = len(b"PGCOPY\n\xff\r\n\0") + 8
TRAILER_BYTES: Final = 2
CHUNK_BYTES: Final = 4 * 1024 * 1024
LONGEST_ID: Final = 32
EPOCH: Final = 730_120
"""The ordinal of 2000-01-01, from which PostgreSQL counts days."""
NO_DAY: Final = -EPOCH - 1_000_000

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
FLAG: Final = Kind("{}", "?")


@dataclass(frozen=True, slots=True)
class Query:
    """Which columns, by name: their kind and SQL. `source` is what follows FROM, with a place for a condition."""

    columns: Mapping[str, tuple[Kind, str]]
    source: str

    def sql(self, condition: str) -> str:
        columns = ", ".join(kind.sql.format(expression) for kind, expression in self.columns.values())
        return f"COPY (SELECT {columns} FROM {self.source.format(condition)}) TO STDOUT (FORMAT binary)"  # noqa: S608

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of a row as COPY sends it: the number of columns, and before each value its length."""
        fields: list[tuple[str, str]] = [("", ">i2")]
        for name, (kind, _) in self.columns.items():
            fields += [(f"length of {name}", ">i4"), (name, kind.dtype)]
        return np.dtype([(name or "columns", dtype) for name, dtype in fields])

    def nothing(self) -> Arrays:
        """No rows."""
        return {name: np.zeros(0, np.dtype(kind.dtype).newbyteorder("=")) for name, (kind, _) in self.columns.items()}


def copied(cursor: CursorWrapper, query: Query, condition: str = "true") -> Arrays:
    """The rows as one array per column.

    Args:
        condition: SQL that says which rows. Nothing that people wrote may get into it.
    """
    rows = _Rows(query)
    cursor.copy_expert(query.sql(condition), rows)
    return rows.arrays()


class _Rows:
    """A file that COPY writes into. It keeps little more than the values."""

    def __init__(self, query: Query) -> None:
        self.names = list(query.columns)
        self.dtype = query.dtype
        self.waiting: list[bytes] = []
        self.waiting_bytes = -HEADER_BYTES
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
        return {name: np.concatenate([chunk.pop(name) for chunk in self.chunks]) for name in self.names}

    def _unpack(self) -> None:
        data = b"".join(self.waiting)
        start = 0 if self.chunks else HEADER_BYTES
        count, rest = divmod(len(data) - start, self.dtype.itemsize)
        rows = np.frombuffer(data, dtype=self.dtype, count=count, offset=start)
        self._refuse_other_lengths(rows)
        kept = data[len(data) - rest :]
        self.waiting, self.waiting_bytes = [kept], len(kept)
        self.chunks.append({name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in self.names})

    def _refuse_other_lengths(self, rows: npt.NDArray[Any]) -> None:
        for name in self.names:
            if (rows[f"length of {name}"] != self.dtype[name].itemsize).any():
                raise ValueError(f"{name} does not always have {self.dtype[name].itemsize} bytes")
