"""Suppliers as columns, and which row of the database each of them is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np

from matchmaking.engine.columns import Columns, Ints
from matchmaking.engine.joining import in_order_of_ids, join, take
from matchmaking.engine.model import Taxonomy


@dataclass(frozen=True, slots=True)
class Turns:
    """Days from which suppliers, by row id, read differently although nobody changes anything; days rising."""

    keys: Ints
    days: Ints

    @classmethod
    def of(cls, parts: Sequence[tuple[Ints, Ints]]) -> Self:
        """In any order."""
        keys = np.concatenate([np.zeros(0, np.int64), *(keys for keys, _ in parts)])
        days = np.concatenate([np.zeros(0, np.int32), *(days for _, days in parts)])
        order = np.argsort(days, kind="stable")
        return cls(keys[order], days[order].astype(np.int32))

    def without(self, keys: Collection[int]) -> Self:
        left = ~np.isin(self.keys, list(keys))
        return type(self)(self.keys[left], self.days[left])

    def until(self, day: date) -> Ints:
        """Row ids of those that have turned by that day, it included."""
        return self.keys[: np.searchsorted(self.days, day.toordinal(), side="right")]


@dataclass(frozen=True, slots=True)
class Stock:
    """Columns, the row id of each of their suppliers, and when some of these will read differently."""

    columns: Columns
    keys: Ints
    turns: Turns

    def __len__(self) -> int:
        return len(self.keys)

    def without(self, keys: Collection[int]) -> Self:
        """All but the suppliers with these row ids."""
        left = np.flatnonzero(~np.isin(self.keys, list(keys)))
        return type(self)(take(self.columns, left), self.keys[left], self.turns.without(keys))

    def joined(self, other: Self, taxonomy: Taxonomy) -> Self:
        """These suppliers and others together."""
        order = in_order_of_ids(self.columns.supplier_ids, other.columns.supplier_ids)
        return type(self)(
            join(self.columns, other.columns, taxonomy),
            np.concatenate([self.keys, other.keys])[order],
            Turns.of([(each.turns.keys, each.turns.days) for each in (self, other)]),
        )
