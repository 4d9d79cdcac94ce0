"""What a process knows: a base, what has changed since, and how far it has looked."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np

from matchmaking.catalogue.editions import Editions
from matchmaking.catalogue.facets import Crowd
from matchmaking.catalogue.pulse import Changes, Pulse
from matchmaking.catalogue.reading import read_batch
from matchmaking.catalogue.shelf import Base, Origin
from matchmaking.catalogue.snapshot import Snapshot
from matchmaking.catalogue.stock import Stock
from matchmaking.catalogue.vocabulary import Vocabulary
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.layers import Layers

_NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class State:
    """A snapshot, and how far into the history of changes it reaches.

    Attributes:
        changed: suppliers that have changed since the base was made, as they are now.
        replaced: which suppliers of the base do not count any more.
        horizon: the snapshot has every change below it.
        applied: the changes from the horizon on that it has as well.
    """

    base: Base
    changed: Stock
    replaced: Bools
    vocabulary: Vocabulary
    snapshot: Snapshot
    horizon: int
    applied: Changes

    @classmethod
    def on(cls, base: Base, vocabulary: Vocabulary) -> Self:
        """Nothing but the base, as it was made."""
        nobody = base.stock.batch(np.zeros(0, dtype=np.int64)).stock()
        replaced = np.zeros(len(base.stock), dtype=np.bool_)
        return cls(
            base=base,
            changed=nobody,
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
            return _NOBODY
        changes = {key for key, changed_in in pulse.changes - self.applied if changed_in >= self.horizon}
        turned = [each.turns.between(before, today) for each in (self.base.stock, self.changed)]
        return np.unique(np.concatenate([np.array(sorted(changes), dtype=np.int64), *turned]))

    def holds(self, pulse: Pulse) -> bool:
        is_of_now = self.snapshot.as_of == pulse.as_of and self.vocabulary.version == pulse.taxonomy_version
        return is_of_now and self.base.origin.tables == pulse.tables and not len(self.missing(pulse))

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

    def advanced(self, pulse: Pulse, vocabulary: Vocabulary) -> Self:
        """The state after what the pulse found. Reads only what has changed."""
        missing = self.missing(pulse)
        changed, replaced, editions = self.changed, self.replaced, self.snapshot.editions
        if len(missing):
            read = read_batch(missing.tolist(), vocabulary=vocabulary, as_of=pulse.as_of)
            editions = editions.after(read.supplier_ids)
            changed = changed.without(missing).joined(read, vocabulary.taxonomy).stock()
            places = self.base.stock.places.of(missing)
            replaced = replaced.copy()
            replaced[places[places >= 0]] = True
        horizon = max(self.horizon, pulse.horizon)
        return replace(
            self,
            changed=changed,
            replaced=replaced,
            vocabulary=vocabulary,
            snapshot=_snapshot(self.base, changed, replaced, vocabulary, pulse.as_of, editions),
            horizon=horizon,
            applied=frozenset(change for change in self.applied | pulse.changes if change[1] >= horizon),
        )

    def merged(self) -> Stock:
        """All suppliers in one."""
        left = self.base.stock.batch(np.flatnonzero(~self.replaced))
        return left.joined(self.changed.without(np.zeros(0, np.int64)), self.vocabulary.taxonomy).stock()


def _snapshot(
    base: Base, changed: Stock, replaced: Bools, vocabulary: Vocabulary, as_of: date, editions: Editions
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
