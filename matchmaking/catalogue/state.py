"""What a process knows: a base, what has changed since, and how far it has looked."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np

from matchmaking.catalogue.editions import Editions
from matchmaking.catalogue.facets import Crowd
from matchmaking.catalogue.pulse import Changes, Pulse
from matchmaking.catalogue.reading import read_batch, read_few
from matchmaking.catalogue.shelf import Base, Origin
from matchmaking.catalogue.snapshot import Snapshot
from matchmaking.catalogue.stock import NOBODY, Batch, ChangedStock, Stock
from matchmaking.catalogue.vocabulary import Vocabulary
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.layers import Layers

FEW_CHANGES = 200
"""So many are read at once, without a transaction for it."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A snapshot, and how far into the history of changes it reaches.

    Attributes:
        changed: suppliers that have changed since the base was made, as they are now.
        unarranged: the same, from which the next ones are made.
        replaced: which suppliers of the base do not count any more.
        horizon: the snapshot has every change below it.
        applied: the changes from the horizon on that it has as well.
    """

    base: Base
    changed: ChangedStock
    unarranged: Batch
    replaced: Bools
    vocabulary: Vocabulary
    snapshot: Snapshot
    horizon: int
    applied: Changes

    @classmethod
    def on(cls, base: Base, vocabulary: Vocabulary) -> Self:
        """Nothing but the base, as it was made."""
        unarranged = base.stock.batch(NOBODY)
        nobody = unarranged.copied().changed_stock()
        replaced = np.zeros(len(base.stock), dtype=np.bool_)
        return cls(
            base=base,
            changed=nobody,
            unarranged=unarranged,
            replaced=replaced,
            vocabulary=vocabulary,
            snapshot=_snapshot(base, nobody, replaced, vocabulary, base.origin.day, Editions.new()),
            horizon=base.origin.horizon,
            applied=frozenset((key, changed_in) for key, changed_in in base.origin.applied),
        )

    @property
    def changes(self) -> int:
        """How much lies beside the base: suppliers that are new, and those that do not count there any more."""
        return len(self.changed) + int(np.count_nonzero(self.replaced))

    def missing(self, pulse: Pulse) -> Ints:
        """Row ids of suppliers that read differently by now, for all that the snapshot knows."""
        before, today = self.snapshot.as_of, pulse.as_of
        if before == today and pulse.changes <= self.applied:  # so it is at nearly every request
            return NOBODY
        changes = {key for key, changed_in in pulse.changes - self.applied if changed_in >= self.horizon}
        turned = [each.turns.between(before, today) for each in (self.base.stock, self.changed)]
        return np.unique(np.concatenate([np.array(sorted(changes), dtype=np.int64), *turned]))

    def holds(self, pulse: Pulse) -> bool:
        return self._differs_by_suppliers(pulse) and not len(self.missing(pulse))

    def _differs_by_suppliers(self, pulse: Pulse) -> bool:
        """Whether day, vocabulary and tables are still the same."""
        is_of_now = self.snapshot.as_of == pulse.as_of and self.vocabulary.version == pulse.taxonomy_version
        return is_of_now and self.base.origin.tables == pulse.tables

    @property
    def origin(self) -> Origin:
        """What a base would be made of that said what the snapshot says."""
        return replace(
            self.base.origin,
            horizon=self.horizon,
            applied=[list(change) for change in self.applied],
            as_of=self.snapshot.as_of.isoformat(),
            taxonomy_version=self.vocabulary.version,
            codes=self.vocabulary.plain_codes,
        )

    def hindrance(self, pulse: Pulse, vocabulary: Vocabulary) -> str:
        """Why the state cannot be brought to that moment; empty where it can."""
        now = replace(
            self.origin,
            tables=pulse.tables,
            horizon=pulse.horizon,
            as_of=pulse.as_of.isoformat(),
            codes=vocabulary.plain_codes,
        )
        return self.origin.hindrance(now)

    def followed(self, seen: Pulse) -> Self | None:
        """The state after changes of a few suppliers, which are read in one statement.

        Returns:
            None where more has changed than was seen, or anything else: then `advanced` has to read it.
        """
        missing = self.missing(seen)
        if not self._differs_by_suppliers(seen) or len(missing) > FEW_CHANGES:
            return None
        if not len(missing):
            return self
        keys, vocabulary = missing.tolist(), self.vocabulary
        pulse, read = read_few(keys, vocabulary=vocabulary, as_of=seen.as_of, since=self.horizon)
        is_all = pulse.horizon >= self.horizon and np.array_equal(self.missing(pulse), missing)
        return self._at(pulse, vocabulary, missing, read) if is_all and self._differs_by_suppliers(pulse) else None

    def advanced(self, pulse: Pulse, vocabulary: Vocabulary) -> Self:
        """The state after what the pulse found. Reads only what has changed."""
        missing = self.missing(pulse)
        read = read_batch(missing.tolist(), vocabulary=vocabulary, as_of=pulse.as_of) if len(missing) else None
        return self._at(pulse, vocabulary, missing, read)

    def _at(self, pulse: Pulse, vocabulary: Vocabulary, missing: Ints, read: Batch | None) -> Self:
        """The state at that moment, with what was read of those it missed."""
        state, editions = self, self.snapshot.editions
        if read is not None:
            editions = editions.after(read.supplier_ids)
            state = self._with(missing, read, vocabulary)
        horizon = max(self.horizon, pulse.horizon)
        return replace(
            state,
            vocabulary=vocabulary,
            snapshot=_snapshot(self.base, state.changed, state.replaced, vocabulary, pulse.as_of, editions),
            horizon=horizon,
            applied=frozenset(change for change in self.applied | pulse.changes if change[1] >= horizon),
        )

    def _with(self, keys: Ints, read: Batch, vocabulary: Vocabulary) -> Self:
        """What was read of these suppliers in place of what was known of them, which the snapshot does not say yet."""
        unarranged = self.unarranged.copied().joined(read, vocabulary.taxonomy, instead_of=keys)
        places = self.base.stock.places.of(keys)
        replaced = self.replaced.copy()
        replaced[places[places >= 0]] = True
        return replace(self, changed=unarranged.copied().changed_stock(), unarranged=unarranged, replaced=replaced)

    def merged(self) -> Stock:
        """All suppliers in one."""
        left = self.base.stock.batch(np.flatnonzero(~self.replaced))
        return left.joined(self.unarranged.copied(), self.vocabulary.taxonomy).stock()


def _snapshot(
    base: Base, changed: ChangedStock, replaced: Bools, vocabulary: Vocabulary, as_of: date, editions: Editions
) -> Snapshot:
    return Snapshot(
        as_of=as_of,
        taxonomy_version=vocabulary.version,
        taxonomy=vocabulary.taxonomy,
        labels=vocabulary.labels,
        layers=Layers(base.stock.columns, changed.columns, replaced, vocabulary.taxonomy),
        crowd=Crowd(((base.stock, ~replaced), (changed, np.ones(len(changed), dtype=np.bool_))), vocabulary),
        editions=editions,
    )
