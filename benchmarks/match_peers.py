"""PostgreSQL and DuckDB with the figures of made-up columns, ready to rank: the peers of `benchmarks.match_engine`."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg2

from benchmarks.match_sql import INDEXES, Dialect, Statement, Table, tables
from config.devstack.folders import throw_away_folder
from config.devstack.postgres import wait_for_postgres
from config.devstack.stack import Servers, running_servers
from matchmaking.engine.columns import Columns
from matchmaking.engine.model import Requirement, Taxonomy

SETTINGS = {  # one process, and room for everything
    "shared_buffers": "3GB",
    "work_mem": "1GB",
    "maintenance_work_mem": "1GB",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "max_wal_size": "8GB",
    "statement_timeout": "0",
}
TYPES = {"f8": "float8", "i8": "bigint", "i4": "integer", "i2": "smallint"}


@dataclass(frozen=True)
class Line:
    """A line of a ranking: index of the supplier and of its eligibility, figures, and how many there are of each."""

    supplier: int
    eligibility: int
    score: float
    potential: float
    counts: tuple[int, ...]

    def agrees_with(self, other: "Line") -> bool:
        return (
            (self.supplier, self.eligibility, self.counts) == (other.supplier, other.eligibility, other.counts)
            and math.isclose(self.score, other.score, abs_tol=1e-9)
            and math.isclose(self.potential, other.potential, abs_tol=1e-9)
        )


class _Cursor(Protocol):
    def execute(self, sql: str) -> Any: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Peer:
    """A database that holds the figures."""

    dialect: Dialect
    cursor: _Cursor
    columns: Columns
    taxonomy: Taxonomy

    def first(self, requirement: Requirement, day: date, top: int) -> list[Line]:
        """The first lines of the ranking."""
        statement = Statement(requirement, self.columns, self.taxonomy, day.toordinal(), self.dialect)
        self.cursor.execute(statement.sql(top))
        return [Line(row[0], row[1], row[2], row[3], tuple(row[4:])) for row in self.cursor.fetchall()]


@contextmanager
def running_peers(columns: Columns, taxonomy: Taxonomy) -> Iterator[list[Peer]]:
    """Start both, and fill them."""
    os.environ.pop("DATABASE_URL", None)  # these are to be servers of our own
    filled = tables(columns)
    duck = duckdb.connect(config={"threads": 1})
    for name, table in filled.items():
        duck.register(f"{name}_given", table)
        duck.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_given")  # noqa: S608 (names of ours)
    with (
        throw_away_folder() as folder,
        running_servers(folder, lasting=False) as servers,
        _postgresql(servers) as cursor,
    ):
        for name, table in filled.items():
            _fill(cursor, name, table, duck, folder.path / f"{name}.csv")
        for index in INDEXES:
            cursor.execute(index)
        cursor.execute("VACUUM ANALYZE")
        yield [Peer(Dialect.POSTGRESQL, cursor, columns, taxonomy), Peer(Dialect.DUCKDB, duck, columns, taxonomy)]
    duck.close()


@contextmanager
def _postgresql(servers: Servers) -> Iterator[Any]:
    address = servers.environment["DATABASE_URL"]
    connection = psycopg2.connect(address)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    connection.close()
    _start_again(servers)
    connection = psycopg2.connect(address)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def _start_again(servers: Servers) -> None:
    """How much memory it shares is settled when it starts."""
    service = servers.services[0]
    service.ask_to_stop()
    service.wait_until_stopped()
    service.start()
    wait_for_postgres(service, servers.folder)


def _fill(cursor: Any, name: str, table: Table, duck: duckdb.DuckDBPyConnection, file: Path) -> None:
    declared = ", ".join(f"{column} {TYPES[values.dtype.str[1:]]}" for column, values in table.items())
    cursor.execute(f"CREATE UNLOGGED TABLE {name} ({declared})")
    duck.execute(f"COPY {name} TO '{file}' (FORMAT csv, HEADER false)")
    with file.open("rb") as rows:
        cursor.copy_expert(f"COPY {name} FROM STDIN (FORMAT csv)", rows)
    file.unlink()
