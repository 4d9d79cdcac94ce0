"""For each code one bit for every supplier: who has it is read off, how many have it is counted 64 at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.lists import Ragged, ends

BITS: Final = 64

Words64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Bitmaps:
    """Bits of suppliers by code, shape (codes, suppliers / 64); the bits after the last supplier are not set."""

    bits: Words64
    suppliers: int

    @classmethod
    def of(cls, lists: Ragged, codes: int, among: Bools | None = None) -> Self:
        """From each supplier's codes, below `codes`.

        Args:
            among: of which entries; all where it is None.
        """
        suppliers, code = len(lists.offsets) - 1, lists.entry
        owner = np.repeat(np.arange(suppliers, dtype=np.intp), lists.lengths())
        if among is not None:
            owner, code = owner[among], code[among]
        owner, bounds = owner[np.argsort(code, kind="stable")], ends(np.bincount(code, minlength=codes))
        bits = np.zeros((codes, -(-suppliers // BITS) * BITS // 8), dtype=np.uint8)
        row = np.zeros(bits.shape[1] * 8, dtype=np.bool_)
        for each in np.flatnonzero(np.diff(bounds)).tolist():
            some = owner[bounds[each] : bounds[each + 1]]
            row[some] = True
            bits[each] = np.packbits(row, bitorder="little")
            row[some] = False
        return cls(bits.view(np.uint64), suppliers)

    def rolled(self, upper: Iterable[Sequence[int]]) -> Self:
        """Whoever has a code has all those, too, for which it counts: given for each code, itself included."""
        bits = np.zeros_like(self.bits)
        for row, counts_for in zip(self.bits, upper, strict=True):
            for code in counts_for:
                bits[code] |= row
        return type(self)(bits, self.suppliers)

    def any_of(self, codes: Sequence[int]) -> Bools:
        """Which suppliers have one of these codes."""
        together = np.bitwise_or.reduce(self.bits[np.array(codes, dtype=np.intp)], axis=0)
        return np.unpackbits(together.view(np.uint8), count=self.suppliers, bitorder="little").view(np.bool_)

    def counts(self, among: Bools) -> Ints:
        """How many of these suppliers have each code."""
        packed = np.zeros(self.bits.shape[1] * BITS // 8, dtype=np.uint8)
        packed[: -(-len(among) // 8)] = np.packbits(among, bitorder="little")
        counts: Ints = np.bitwise_count(self.bits & packed.view(np.uint64)).sum(axis=1, dtype=np.int64)
        return counts
