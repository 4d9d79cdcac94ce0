"""Statements that PostgreSQL plans once for each connection, where planning would take longer than answering."""

from collections.abc import Mapping, Sequence
from hashlib import md5
from threading import local
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


class Prepared:
    """A statement with parameters `$1`, `$2` … of the given types, and one row as its answer.

    The database knows it by its name and a digest of what it says, so that another release never gets its answer.
    PostgreSQL keeps a plan for any parameters where that costs it no more than one for just these. Not for connections
    that a pooler hands out by transaction: there it fails, and what relies on it goes its slower way.
    """

    def __init__(self, name: str, *types: str, sql: str, settings: Mapping[str, str] | None = None) -> None:
        """
        Args:
            settings: of PostgreSQL, while the statement is executed; in a transaction, until it ends.
        """
        before = "".join(f"SET LOCAL {setting} = {value}; " for setting, value in (settings or {}).items())
        statement = f"({', '.join(types)}) AS {sql}"
        known_as = f"{name}_{md5(statement.encode(), usedforsecurity=False).hexdigest()}"
        self._prepare = f"PREPARE {known_as} {statement}"
        self._execute = f"{before}EXECUTE {known_as} ({', '.join(['%s'] * len(types))})"
        self._of_thread = local()

    def row(self, parameters: Sequence[int | str | list[str] | None]) -> tuple[Any, ...]:
        """
        Raises:
            django.db.Error: the connection is gone, or was given to others in between by a pooler.
        """
        connection = connections[DEFAULT_DB_ALIAS]  # found once: the usual proxy would look for it again and again
        with connection.cursor() as cursor:
            if getattr(self._of_thread, "connection", None) is not connection.connection:
                with connection.wrap_database_errors:  # not among the queries of whoever happens to be the first
                    cursor.cursor.execute(self._prepare)
                self._of_thread.connection = connection.connection
            cursor.execute(self._execute, parameters)
            row: tuple[Any, ...] = cursor.fetchone()
        return row
