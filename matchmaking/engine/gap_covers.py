"""Which single changes, and which pairs, do what is needed: known for single needs, and put together from these."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final, Self

NO_PAIRS: Final[frozenset[tuple[int, int]]] = frozenset()
MOST_PAIRS: Final = 20_000
"""So many pairs are put together at once, at most."""


class TooManyPairsError(ValueError):
    """More pairs would meet two needs than anybody looks through."""


@dataclass(frozen=True, slots=True)
class Covers:
    """What meets a need.

    Attributes:
        singles: changes that do so alone: a bit for each, by its number.
        pairs: of those that do not, two that do so together, the lower number first.
        is_met: whether nothing has to be done.
    """

    singles: int
    pairs: frozenset[tuple[int, int]] = NO_PAIRS
    is_met: bool = False

    @property
    def is_hopeless(self) -> bool:
        return not (self.is_met or self.singles or self.pairs)

    def both(self, other: Self) -> Self:
        """What meets two needs.

        Raises:
            TooManyPairsError: see there.
        """
        if self.is_met or other.is_met:
            return other if self.is_met else self
        singles = self.singles & other.singles
        one, two = list(bits(self.singles & ~singles)), list(bits(other.singles & ~singles))
        if len(one) * len(two) > MOST_PAIRS:
            raise TooManyPairsError
        pairs = {(min(first, second), max(first, second)) for first in one for second in two}
        pairs |= {pair for pair in self.pairs if other._has(pair)} | {pair for pair in other.pairs if self._has(pair)}
        return type(self)(singles, frozenset(_without(singles, pairs)))

    def _has(self, pair: tuple[int, int]) -> bool:
        return bool(self.singles & (1 << pair[0] | 1 << pair[1])) or pair in self.pairs


MET: Final = Covers(0, is_met=True)


def all_of(needs: Iterable[Covers]) -> Covers:
    """What meets all of some needs."""
    return reduce(Covers.both, needs, MET)


def one_of(needs: Iterable[Covers]) -> Covers:
    """What meets at least one of some needs: put together at once, since a firm may have a thousand ways."""
    singles, pairs = 0, set[tuple[int, int]]()
    for need in needs:
        if need.is_met:
            return MET
        singles |= need.singles
        pairs |= need.pairs
    return Covers(singles, frozenset(_without(singles, pairs)))


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, rising."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _without(singles: int, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    return (pair for pair in pairs if not singles & (1 << pair[0] | 1 << pair[1]))
