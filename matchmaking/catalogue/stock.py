"""Suppliers as columns, and which row of the database each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

import numpy as np

from matchmaking.catalogue.places import Places
from matchmaking.catalogue.traits import LateTraits, Traits
from matchmaking.engine.columns import Bools, Columns, Ints
from matchmaking.engine.joining import in_order_of_ids, joined
from matchmaking.engine.listing import Listing, arranged, listed
from matchmaking.engine.lists import Texts
from matchmaking.engine.model import Taxonomy

NOBODY: Final = np.zeros(0, dtype=np.int64)
"""No row ids."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Days from which suppliers, by row id, read differently although nobody changes anything; days rising."""

    keys: Ints
    days: Ints

    @classmethod
    def of(cls, parts: Sequence["Turns"]) -> Self:
        """In any order."""
        keys = np.concatenate([NOBODY, *(each.keys for each in parts)])
        days = np.concatenate([np.zeros(0, np.int32), *(each.days for each in parts)])
        order = np.argsort(days, kind="stable")
        return cls(keys[order], days[order].astype(np.int32))

    def without(self, keys: Ints) -> "Turns":
        """Those of others than the suppliers with these row ids."""
        return self._where(~np.isin(self.keys, keys)) if len(self.keys) else self

    def among(self, keys: Ints) -> "Turns":
        """Those of the suppliers with these row ids."""
        return self._where(np.isin(self.keys, keys))

    def _where(self, counts: Bools) -> "Turns":
        return Turns(self.keys[counts], self.days[counts])

    def between(self, before: date, until: date) -> Ints:
        """Row ids of those that turn after one day and until another, this one included."""
        if before == until:
            return self.keys[:0]
        start, stop = np.searchsorted(self.days, [before.toordinal(), until.toordinal()], side="right").tolist()
        return self.keys[start:stop]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a stock is made of, before it is arranged. Making one, or joining another, uses it up."""

    listing: Listing
    keys: Ints
    turns: Turns
    traits: LateTraits

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def supplier_ids(self) -> Texts:
        """Public ids, rising."""
        ids: Texts = self.listing.values["supplier_ids"]
        return ids

    def copied(self) -> Self:
        """The same once more, where one of them is used up; no array is copied."""
        return replace(self, listing=replace(self.listing, values=dict(self.listing.values)))

    def joined(self, other: Self, taxonomy: Taxonomy, *, instead_of: Ints = NOBODY) -> Self:
        """These suppliers, but for those with some row ids, and others together."""
        left_out = np.flatnonzero(np.isin(self.keys, instead_of)).tolist()
        if not len(self) or not (len(other) or left_out):
            return self if len(self) else other
        order = in_order_of_ids(self.supplier_ids, other.supplier_ids, left_out)
        keys = np.concatenate([self.keys, other.keys])[order]
        turns = Turns.of([self.turns.without(instead_of), other.turns])
        listing = joined(self.listing, other.listing, order, taxonomy)
        return type(self)(listing, keys, turns, self.traits.joined(other.traits, order))

    def stock(self) -> "Stock":
        return Stock(arranged(self.listing), self.keys, Places.among(self.keys), self.turns, self.traits.traits)

    def changed_stock(self) -> "ChangedStock":
        return ChangedStock(arranged(self.listing), self.keys, Places.among(self.keys), self.turns, self.traits)


@dataclass(frozen=True, slots=True)
class Stock:
    """Columns, the row id of each of their suppliers, by what lists find these, and when some will read differently."""

    columns: Columns
    keys: Ints
    places: Places
    turns: Turns
    traits: Traits

    def __len__(self) -> int:
        return len(self.keys)

    def batch(self, suppliers: Ints) -> Batch:
        """Some of them, by rising index."""
        if len(suppliers) == len(self):
            return Batch(listed(self.columns), self.keys, self.turns, LateTraits.made(self.traits))
        keys, traits = self.keys[suppliers], LateTraits.made(self.traits, suppliers)
        return Batch(listed(self.columns, suppliers), keys, self.turns.among(keys), traits)


@dataclass(frozen=True, slots=True)
class ChangedStock:
    """The same of suppliers that have changed since the base was made: by what lists find them is put together when a
    list asks, for the next change may come before that."""

    columns: Columns
    keys: Ints
    places: Places
    turns: Turns
    late_traits: LateTraits

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def traits(self) -> Traits:
        return self.late_traits.traits


AnyStock = Stock | ChangedStock
