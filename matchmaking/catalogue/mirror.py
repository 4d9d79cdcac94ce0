"""Each process's view of the published facts: looked after at every request, read by any number of threads.

The facts of all firms lie in the base, which the processes of a machine share. What has changed since is read from the
database by each process, and nothing else is.
"""

import threading
import time
from dataclasses import replace
from typing import NamedTuple

import structlog
from django.db import DatabaseError, connections

from matchmaking.catalogue.pulse import Pulse, TakePulse, one_instant, take_pulse
from matchmaking.catalogue.reading import read_stock
from matchmaking.catalogue.shelf import Base, Origin, Shelf, shelf
from matchmaking.catalogue.snapshot import Snapshot
from matchmaking.catalogue.state import State
from matchmaking.catalogue.vocabulary import read_vocabulary

log = structlog.get_logger(__name__)

MANY_CHANGES = 200
"""So many changed suppliers are worth a new base."""
TOO_MANY_CHANGES = 10 * MANY_CHANGES
"""With so many, workers do not keep up or there are none: the process that finds them makes a new base."""
NOT_AGAIN_WITHIN_SECONDS = 60.0


class Version(NamedTuple):
    """How new the facts are.

    Attributes:
        horizon: every change below this transaction is among them.
        taxonomy: number of the vocabulary's version.
        changed: firms that have changed since the base was made, and places in the base that count no more.
    """

    horizon: int
    taxonomy: int
    changed: int


class Mirror:
    """The newest state that any thread of this process has built."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State | None = None
        self._merging: threading.Thread | None = None
        self._may_merge_at = 0.0

    def current(self, take_pulse: TakePulse = take_pulse) -> Snapshot:
        """The facts as the caller's connection sees them: every commit, and its own uncommitted changes."""
        state, here = self._state, shelf()
        pulse = take_pulse(since=state.horizon if state else None)
        if state is not None and pulse.horizon < state.horizon:
            self._forget(state)
            return self.current(take_pulse)  # what was asked for began too late
        if state is not None and state.holds(pulse) and _is_newest(state.base, here):
            return state.snapshot
        if pulse.is_writing:
            # These facts may yet be rolled back, so nobody else gets to see them.
            return _renewed(state, here, pulse).snapshot
        with self._lock:
            # Reading happens inside the lock, so that what was read earlier never replaces what was read later.
            self._state = _renewed(self._state, here, pulse)
            self._relieve(self._state)
            return self._state.snapshot

    def _forget(self, state: State) -> None:
        """The database was put back to an earlier time: numbers of transactions are given once more, and what changes
        in them would pass for what is known."""
        log.warning("catalogue_of_a_time_to_come", horizon=state.horizon)
        with self._lock:
            if self._state is state:
                self._state = None

    def _relieve(self, state: State) -> None:
        """Merge beside the requests where changes heap up; by the lock of the shelf in one process of a machine."""
        if state.changes < TOO_MANY_CHANGES or time.monotonic() < self._may_merge_at:
            return
        self._may_merge_at = time.monotonic() + NOT_AGAIN_WITHIN_SECONDS
        log.warning("catalogue_merged_beside_requests", changes=state.changes)
        self._merging = threading.Thread(target=_merge_on_a_connection_of_its_own, name="merge", daemon=True)
        self._merging.start()

    def version(self) -> Version:
        """Of what the mirror shows at this moment."""
        self.current()
        state = self._state
        if state is None:  # the first to ask writes, and nobody else has asked
            return Version(horizon=0, taxonomy=0, changed=0)
        return Version(horizon=state.horizon, taxonomy=state.vocabulary.version, changed=state.changes)


_mirror = Mirror()


def current(take_pulse: TakePulse = take_pulse) -> Snapshot:
    """The published facts as this process's connection sees them now: one query if nothing has changed.

    Args:
        take_pulse: where that query is to tell of something else as well.
    """
    return _mirror.current(take_pulse)


def version() -> Version:
    """How new the facts are that this process knows."""
    return _mirror.version()


def merge(*, at_least: int = MANY_CHANGES) -> bool:
    """Put a base on the shelf that holds what has changed since the one there was made. Nobody waits for it.

    Args:
        at_least: so many suppliers must have changed; where there is no base that can be used, one is made anyway.

    Returns:
        whether there is a new base.
    """
    here = shelf()
    before = here.mark()
    try:
        with here.locked(wait=False) as is_ours:
            if is_ours:
                _merge(here, at_least=at_least)
    except OSError as error:
        log.warning("catalogue_not_merged", folder=str(here.folder), error=str(error))
    return here.mark() != before


def _merge_on_a_connection_of_its_own() -> None:
    try:
        merge(at_least=TOO_MANY_CHANGES)
    except DatabaseError as error:
        log.warning("catalogue_not_merged", error=str(error))
    finally:
        connections.close_all()


def _merge(here: Shelf, *, at_least: int) -> None:
    state = _on_shelf(here)
    if state is None:
        _built(here)
    elif state.changes >= at_least:
        here.put(state.merged(), state.origin)


def _is_newest(base: Base, here: Shelf) -> bool:
    """Whether nobody has put another one there. One that is gone from there is still good."""
    return here.mark() in (base.mark, None)


def _renewed(state: State | None, here: Shelf, seen: Pulse) -> State:
    """A state that holds everything that was seen to have changed, on the newest base that can be used."""
    if state is not None and not _is_newest(state.base, here):
        mark = here.mark()
        found = _on_shelf(here)
        if found is not None:
            return found
        state = replace(state, base=replace(state.base, mark=mark))
    if state is not None and (advanced := state.followed(seen) or _advanced(state)) is not None:
        return advanced
    return _started(here, is_writing=seen.is_writing)


def _advanced(state: State) -> State | None:
    """The state as of now; None where its base is of no use any more."""
    with one_instant():
        pulse = take_pulse(since=state.horizon)
        is_same = state.vocabulary.version == pulse.taxonomy_version
        vocabulary = state.vocabulary if is_same else read_vocabulary(pulse.taxonomy_version)
        hindrance = state.hindrance(pulse, vocabulary)
        return None if hindrance else state.advanced(pulse, vocabulary)


def _started(here: Shelf, *, is_writing: bool) -> State:
    """A state on the base that lies there, or on a new one."""
    found = _on_shelf(here)
    if found is not None:
        return found
    if is_writing:  # what this transaction has not committed is for nobody else
        return _in_memory(here)
    try:
        with here.locked(wait=True):
            return _on_shelf(here) or _built(here)
    except OSError as error:
        log.warning("catalogue_base_kept_in_memory", folder=str(here.folder), error=str(error))
        return _in_memory(here)


def _on_shelf(here: Shelf) -> State | None:
    base = here.newest()
    if base is None:
        return None
    with one_instant():
        pulse = take_pulse(since=base.origin.horizon)
        vocabulary = read_vocabulary(pulse.taxonomy_version)
        hindrance = base.origin.hindrance(Origin.at(pulse, vocabulary))
        if hindrance:
            log.info("catalogue_base_not_usable", path=str(here.path), because=hindrance)
            return None
        return State.on(base, vocabulary).advanced(pulse, vocabulary)


def _built(here: Shelf) -> State:
    """A state on a new base, for all processes of this machine. Hold the lock."""
    state = _in_memory(here)
    try:
        return replace(state, base=here.put(state.base.stock, state.base.origin))
    except OSError as error:
        log.warning("catalogue_base_kept_in_memory", folder=str(here.folder), error=str(error))
        return state


def _in_memory(here: Shelf) -> State:
    """A state on a base that this process alone has."""
    mark = here.mark()
    with one_instant():
        pulse = take_pulse(since=None)
        vocabulary = read_vocabulary(pulse.taxonomy_version)
        stock = read_stock(None, vocabulary=vocabulary, as_of=pulse.as_of)
        return State.on(Base(stock, Origin.at(pulse, vocabulary), mark), vocabulary)
