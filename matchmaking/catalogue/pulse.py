"""What has changed in the database, asked in one statement; and reading it as of one instant.

Every supplier that changes leaves a row with the number of the transaction in which it changed. A reader looks at all
such rows that it can see from its horizon on, and then moves the horizon to the oldest transaction that was still
running: whatever commits later, in whatever order, lies at or above it and is found the next time.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import local
from typing import Protocol, Self

from django.db import connection, transaction
from django.utils import timezone

Changes = frozenset[tuple[int, int]]
"""Pairs of a supplier's row id and the transaction that changed it."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What one look at the database tells: all of it as of the same instant.

    Attributes:
        tables: the files of the tables, others after TRUNCATE or a restore, which leave no changes behind.
        horizon: the oldest transaction still running; all below it have ended.
        is_writing: this connection's own transaction has changed something that is not committed.
        changes: the visible ones at or above the horizon of the last look, or, where there was none, of this one.
    """

    as_of: date
    taxonomy_version: int
    tables: str
    horizon: int
    is_writing: bool
    changes: Changes

    @classmethod
    def of(
        cls, version: int, tables: str, horizon: int, is_writing: bool, changes: Iterable[tuple[int, int]] | None
    ) -> Self:
        """What the columns of `PULSE` tell today."""
        return cls(
            as_of=timezone.localdate(),
            taxonomy_version=version,
            tables=tables,
            horizon=horizon,
            is_writing=is_writing,
            changes=frozenset((supplier, changed_in) for supplier, changed_in in changes or ()),
        )


PULSE = """
       coalesce((SELECT number FROM taxonomy_taxonomyversion), 0),
       concat_ws(' ', pg_relation_filenode('suppliers_supplier'), pg_relation_filenode('suppliers_site'),
                 pg_relation_filenode('suppliers_capability'), pg_relation_filenode('suppliers_capability_materials'),
                 pg_relation_filenode('suppliers_certificate'), pg_relation_filenode('suppliers_supplier_sectors')),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       pg_current_xact_id_if_assigned() IS NOT NULL,
       (SELECT array_agg(ARRAY[supplier_id, changed_in])
        FROM suppliers_supplierchange
        WHERE changed_in BETWEEN (SELECT coalesce({since}, pg_snapshot_xmin(pg_current_snapshot())::text::bigint))
                         AND 9223372036854775807)
"""
"""Columns of a statement that looks at the database, for `Pulse.of`. `since` is a placeholder. A range whose beginning
the planner cannot know has the index read, whatever its plan is for."""


class TakePulse(Protocol):
    """A statement that asks what has changed, so that nothing commits between its parts."""

    def __call__(self, *, since: int | None) -> Pulse:
        """
        Args:
            since: the horizon of the last look; None to learn only of changes at or above the one that this look finds.
        """


def take_pulse(*, since: int | None) -> Pulse:
    """Ask what has changed, and nothing else: see `TakePulse`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PULSE.format(since='%s')}", [since])
        return Pulse.of(*cursor.fetchone())


_instant = local()


def is_one_instant() -> bool:
    """Whether this thread reads as of one instant, in a transaction that is nobody else's."""
    return getattr(_instant, "is_ours", False)


@contextmanager
def one_instant() -> Iterator[None]:
    """Whatever is read in here is read as of the same instant, unless the caller is in a transaction of its own.

    There, statements may see one after the other what commits meanwhile; but each such change is noted, and found by
    the next look. Otherwise it takes as long as it takes: whoever gave up would only have to begin again.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0")
        _instant.is_ours = True
        try:
            yield
        finally:
            _instant.is_ours = False


def database_identity() -> str:
    """Which database this is, and in which of its lives: another one after a restore to an earlier moment."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT concat_ws(' ', (SELECT system_identifier FROM pg_control_system()),
                             (SELECT timeline_id FROM pg_control_checkpoint()),
                             (SELECT oid FROM pg_database WHERE datname = current_database()))""")
        identity: str = cursor.fetchone()[0]
    return identity
