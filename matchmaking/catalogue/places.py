"""Finding row ids in a list of them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matchmaking.engine.columns import Ints


@dataclass(frozen=True, slots=True)
class Places:
    """Row ids, rising, and where each stands in the list."""

    keys: Ints
    order: Ints

    @classmethod
    def among(cls, keys: Ints) -> Self:
        order = np.argsort(keys, kind="stable").astype(np.int32)
        return cls(keys[order], order)

    def of(self, keys: Ints) -> Ints:
        """-1 where one is not in the list."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        place = self.keys.searchsorted(keys)
        return np.where(self.keys.take(place, mode="clip") == keys, self.order.take(place, mode="clip"), -1)
