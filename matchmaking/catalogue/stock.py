"""Suppliers as columns, and which row of the database each of them is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from matchmaking.engine.columns import Columns, Ints
from matchmaking.engine.joining import in_order_of_ids, join, take
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import SupplierRecord, Taxonomy


@dataclass(frozen=True, slots=True)
class Stock:
    """Columns, and the row id of each of their suppliers."""

    columns: Columns
    keys: Ints

    @classmethod
    def of(cls, records: Mapping[int, SupplierRecord], taxonomy: Taxonomy) -> Self:
        """Args:
        records: by the supplier's row id.
        """
        keys = sorted(records, key=lambda key: records[key].id)
        return cls(build_columns(records.values(), taxonomy), np.array(keys, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.keys)

    def without(self, keys: Collection[int]) -> Self:
        """All but the suppliers with these row ids."""
        left = np.flatnonzero(~np.isin(self.keys, list(keys)))
        return type(self)(take(self.columns, left), self.keys[left])

    def joined(self, other: Self, taxonomy: Taxonomy) -> Self:
        """These suppliers and others together."""
        order = in_order_of_ids(self.columns.supplier_ids, other.columns.supplier_ids)
        keys = np.concatenate([self.keys, other.keys])[order]
        return type(self)(join(self.columns, other.columns, taxonomy), keys)
