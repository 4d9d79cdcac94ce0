"""Each process's copy of the published facts: looked after at every request, read by any number of threads.

Every supplier that changes leaves a row with the number of the transaction in which it changed. A reader looks at all
such rows that it can see from its horizon on, and then moves the horizon to the oldest transaction that was still
running: whatever commits later, in whatever order, lies at or above it and is found the next time.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone

from matchmaking.catalogue.reading import read_stock
from matchmaking.catalogue.stock import Stock
from matchmaking.catalogue.vocabulary import Labels, Vocabulary, read_vocabulary
from matchmaking.engine.columns import Columns
from matchmaking.engine.model import Taxonomy
from matchmaking.engine.sentences import Language

Changes = frozenset[tuple[int, int]]
"""Pairs of a supplier's row id and the transaction that changed it."""


@dataclass(frozen=True)
class Snapshot:
    """The published facts at one moment; nothing in it ever changes.

    Attributes:
        as_of: the day for which the records hold, in Vietnam.
        taxonomy_version: number of the vocabulary's version.
        labels: names of codes, by language.
    """

    as_of: date
    taxonomy_version: int
    taxonomy: Taxonomy
    labels: Mapping[Language, Labels]
    columns: Columns


@dataclass(frozen=True, slots=True)
class Pulse:
    """What one look at the database tells: all of it as of the same instant.

    Attributes:
        table: the file of the suppliers' table, another one after TRUNCATE or a restore, which leave no changes behind.
        horizon: the oldest transaction still running; all below it have ended.
        is_writing: this connection's own transaction has changed something that is not committed.
        changes: the visible ones at or above the horizon of the last look.
    """

    as_of: date
    taxonomy_version: int
    table: int
    horizon: int
    is_writing: bool
    changes: Changes


@dataclass(frozen=True, slots=True)
class State:
    """A snapshot, and how far into the history of changes it reaches.

    Attributes:
        stock: the snapshot's suppliers.
        horizon: the snapshot has every change below it.
        applied: the changes from the horizon on that it has as well.
    """

    snapshot: Snapshot
    vocabulary: Vocabulary
    stock: Stock
    table: int
    horizon: int
    applied: Changes

    def missing(self, pulse: Pulse) -> Changes:
        """What the pulse found and the snapshot does not have."""
        return frozenset(change for change in pulse.changes - self.applied if change[1] >= self.horizon)

    def holds(self, pulse: Pulse) -> bool:
        return not self.is_of_another_time(pulse) and not self.missing(pulse)

    def is_of_another_time(self, pulse: Pulse) -> bool:
        """The vocabulary, the day or the whole table has changed: every record may read differently."""
        kept = (self.snapshot.taxonomy_version, self.snapshot.as_of, self.table)
        return kept != (pulse.taxonomy_version, pulse.as_of, pulse.table)


class Mirror:
    """The newest state that any thread of this process has built."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State | None = None

    def current(self) -> Snapshot:
        """The facts as the caller's connection sees them: every commit, and its own uncommitted changes."""
        state = self._state
        pulse = take_pulse(since=state.horizon if state else 0)
        if state is not None and state.holds(pulse):
            return state.snapshot
        if pulse.is_writing:
            # These facts may yet be rolled back, so nobody else gets to see them.
            return _advanced(state, pulse).snapshot
        with self._lock:
            # Reading happens inside the lock, so that what was read earlier never replaces what was read later.
            if self._state is None or not self._state.holds(pulse):
                self._state = _advanced(self._state, pulse)
            return self._state.snapshot


_mirror = Mirror()


def current() -> Snapshot:
    """The published facts as this process's connection sees them now: one query if nothing has changed."""
    return _mirror.current()


_PULSE = """
SELECT coalesce((SELECT number FROM taxonomy_taxonomyversion), 0),
       pg_relation_filenode('suppliers_supplier'),
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       pg_current_xact_id_if_assigned() IS NOT NULL,
       (SELECT array_agg(ARRAY[supplier_id, changed_in])
        FROM suppliers_supplierchange WHERE changed_in >= %s)
"""


def take_pulse(*, since: int) -> Pulse:
    """Ask what has changed, in one statement: so that nothing commits between its parts."""
    with connection.cursor() as cursor:
        cursor.execute(_PULSE, [since])
        version, table, horizon, is_writing, changes = cursor.fetchone()
    return Pulse(
        as_of=timezone.localdate(),
        taxonomy_version=version,
        table=table,
        horizon=horizon,
        is_writing=is_writing,
        changes=frozenset((supplier, changed_in) for supplier, changed_in in changes or ()),
    )


def _advanced(state: State | None, pulse: Pulse) -> State:
    """The state after what the pulse found. Reads only what changed, as long as everything else is as it was."""
    if state is None or state.is_of_another_time(pulse):
        return _read_anew(pulse)
    vocabulary = state.vocabulary
    changed = {supplier for supplier, _ in state.missing(pulse)}
    read = read_stock(changed, vocabulary=state.vocabulary, as_of=pulse.as_of)
    stock = state.stock.without(changed).joined(read, vocabulary.taxonomy)
    horizon = max(state.horizon, pulse.horizon)
    return _state(vocabulary, stock, pulse, horizon=horizon, applied=state.applied | pulse.changes)


def _read_anew(pulse: Pulse) -> State:
    vocabulary = read_vocabulary(pulse.taxonomy_version)
    stock = read_stock(None, vocabulary=vocabulary, as_of=pulse.as_of)
    return _state(vocabulary, stock, pulse, horizon=pulse.horizon, applied=pulse.changes)


def _state(vocabulary: Vocabulary, stock: Stock, pulse: Pulse, *, horizon: int, applied: Changes) -> State:
    snapshot = Snapshot(
        as_of=pulse.as_of,
        taxonomy_version=vocabulary.version,
        taxonomy=vocabulary.taxonomy,
        labels=vocabulary.labels,
        columns=stock.columns,
    )
    not_below = frozenset(change for change in applied if change[1] >= horizon)
    return State(snapshot, vocabulary, stock, pulse.table, horizon, not_below)
