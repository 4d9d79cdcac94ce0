"""Columns that never change, and beside them the suppliers that have changed since."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Ints
from matchmaking.engine.joining import join, take
from matchmaking.engine.leaders import leaders
from matchmaking.engine.model import Requirement, SupplierRecord, Taxonomy
from matchmaking.engine.rank import has_candidates, rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.records import records_of
from matchmaking.engine.relax import Relaxations, relax_parts


@dataclass(frozen=True)
class Layers:
    """A base and the suppliers that are new or not any more what they are in it; nothing in here ever changes.

    Attributes:
        replaced: for each supplier of the base, whether it does not count.
        is_pure: whether the base alone is all there is.
    """

    base: Columns
    changed: Columns
    replaced: Bools
    taxonomy: Taxonomy

    @property
    def is_pure(self) -> bool:
        return not len(self.changed.supplier_ids) and not self.replaced.any()

    def suppliers_with(self, ids: Iterable[str]) -> tuple[Ints, Ints]:
        """Indexes, rising, of those suppliers that are here: in the base, and among the changed ones."""
        wanted = set(ids)
        in_base = self.base.suppliers_with(wanted)
        return in_base[~self.replaced[in_base]], self.changed.suppliers_with(wanted)

    def whole(self) -> Columns:
        """All suppliers in one: made anew each time where the base is not all."""
        if self.is_pure:
            return self.base
        return self._together(np.flatnonzero(~self.replaced), np.arange(len(self.changed.supplier_ids)))

    def columns_of(self, ids: Iterable[str]) -> Columns:
        """Of those suppliers that are here."""
        return self._together(*self.suppliers_with(ids))

    def records(self) -> list[SupplierRecord]:
        """Of all suppliers, in order of their ids."""
        records = records_of(self.base, np.flatnonzero(~self.replaced)) + records_of(self.changed)
        return sorted(records, key=lambda record: record.id)

    def leaders(
        self, requirement: Requirement, as_of: date, *, top: int | None, eligibility: Collection[str] = ELIGIBILITIES
    ) -> Ranking:
        """As `engine.leaders`, over all suppliers."""
        without = self.replaced if self.replaced.any() else None
        old = leaders(requirement, self.base, self.taxonomy, as_of, top=top, eligibility=eligibility, without=without)
        if not has_candidates(requirement, self.changed, self.taxonomy):
            return old
        new = leaders(requirement, self.changed, self.taxonomy, as_of, top=top, eligibility=eligibility)
        first = (_first(each, top, eligibility) for each in (old, new))
        together = rank(requirement, self._together(*first), self.taxonomy, as_of)
        there = together.counts
        left_out = tuple(old.counts[name] + new.counts[name] - there[name] for name in ELIGIBILITIES)
        return replace(together, left_out=left_out)

    def relax(self, requirement: Requirement, as_of: date) -> Relaxations:
        """As `engine.relax`, over all suppliers."""
        parts = [(self.base, self.replaced if self.replaced.any() else None), (self.changed, None)]
        return relax_parts(requirement, parts, self.taxonomy, as_of)

    def _together(self, in_base: Ints, among_changed: Ints) -> Columns:
        old, new = take(self.base, in_base), take(self.changed, among_changed)
        return join(old, new, self.taxonomy)


def _first(ranking: Ranking, top: int | None, eligibility: Collection[str]) -> Ints:
    """The suppliers on the first lines with some eligibilities, by rising index."""
    wanted = np.isin(ranking.eligibility, [ELIGIBILITIES.index(name) for name in eligibility])
    return np.sort(ranking.suppliers[wanted][:top])
