"""What candidates can do, as arrays, and who does what in a set of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

A_MOMENT: Final = 1e-9
"""By so many days sums may be off."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that passes the gates of an operation.

    Attributes:
        operation: its place, from 0.
        firm: a key.
        score: from 0 to 1.
        days: how long the operation takes there; None where that is not known or does not matter.
        is_core: whether it is a core process of the firm.
    """

    operation: int
    firm: str
    score: float
    days: float | None = None
    is_core: bool = False


@dataclass(frozen=True)
class Table:
    """Firms, in the order of their keys, by operations.

    Attributes:
        scores: shape (firms, operations), minus infinity where a firm is no candidate.
        days: the same shape, 0 where they do not matter.
        is_core: the same shape.
        most_days: of all operations together; infinite where they do not matter.
    """

    firms: tuple[str, ...]
    scores: Floats
    days: Floats
    is_core: Bools
    most_days: float

    @classmethod
    def of(cls, candidates: Sequence[Candidate], operations: int, most_days: float | None) -> Self:
        """Who does not say how long it takes cannot be shown to be in time."""
        if most_days is not None:
            candidates = [each for each in candidates if each.days is not None and each.days <= most_days]
        firms = tuple(sorted({candidate.firm for candidate in candidates}))
        place_of = {firm: place for place, firm in enumerate(firms)}
        shape = len(firms), operations
        scores, days, is_core = np.full(shape, -np.inf), np.zeros(shape), np.zeros(shape, dtype=np.bool_)
        for each in candidates:
            at = place_of[each.firm], each.operation
            scores[at], is_core[at] = each.score, each.is_core
            days[at] = each.days if most_days is not None else 0.0
        return cls(firms, scores, days, is_core, np.inf if most_days is None else most_days)

    @property
    def operations(self) -> int:
        return int(self.scores.shape[1])

    @cached_property
    def is_able(self) -> Bools:
        """Shape (firms, operations)."""
        return np.isfinite(self.scores)

    @property
    def is_in_question(self) -> bool:
        """Whether each operation has a candidate, and one of all is core."""
        return bool(self.is_able.any(axis=0).all() and self.is_core.any())

    def promises(self, sets: Ints, prices_per_day: Sequence[float]) -> Floats:
        """What the scores of each of some sets can add up to at most, minus infinity where it cannot do all in time.
        Where days do not matter, just what they do add up to.

        Args:
            sets: shape (sets, firms of each), places in the table.
            prices_per_day: to make a set pay for its days; none is wrong, but some tell more.
        """
        scores = self.scores[sets]
        best = scores.max(axis=1)
        core = np.where(self.is_core[sets], scores, -np.inf).max(axis=1)
        found: Floats = best.sum(axis=1) - (best - core).min(axis=1)
        if np.isfinite(self.most_days):
            days = self.days[sets]
            least = np.where(self.is_able[sets], days, np.inf).min(axis=1).sum(axis=1)
            found[least > self.most_days + A_MOMENT] = -np.inf
            for price in prices_per_day:
                paid = (scores - price * days).max(axis=1).sum(axis=1) + price * (self.most_days + A_MOMENT)
                found = np.minimum(found, paid)
        return found

    def shared(self, firms: Ints) -> Ints | None:
        """By operation the firm that does it, so that the scores add up to the most; None where they cannot do all in
        time, with one of them core.

        Sharings that another beats in days and scores are dropped operation by operation, so what is left is few.
        """
        days, scores, has_core = np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.bool_)
        steps: list[tuple[Ints, Ints]] = []
        for operation in range(self.operations):
            able = firms[self.is_able[firms, operation]]
            former, taken = np.tile(np.arange(len(days)), len(able)), np.repeat(able, len(days))
            days = days[former] + self.days[taken, operation]
            scores = scores[former] + self.scores[taken, operation]
            has_core = has_core[former] | self.is_core[taken, operation]
            kept = self._unbeaten(days, scores, has_core)
            days, scores, has_core = days[kept], scores[kept], has_core[kept]
            steps.append((former[kept], taken[kept]))
        led = np.flatnonzero(has_core)
        return _walked_back(steps, int(led[scores[led].argmax()])) if len(led) else None

    def _unbeaten(self, days: Floats, scores: Floats, has_core: Bools) -> Ints:
        """Those in time that no other with fewer days, as good a score and the same standing beats."""
        kept = []
        for standing in (True, False):
            at = np.flatnonzero((has_core == standing) & (days <= self.most_days + A_MOMENT))
            at = at[np.lexsort((-scores[at], days[at]))]
            best_before = np.maximum.accumulate(np.concatenate([[-np.inf], scores[at]]))[:-1]
            kept.append(at[scores[at] > best_before])
        return np.concatenate(kept)


def _walked_back(steps: Sequence[tuple[Ints, Ints]], at: int) -> Ints:
    """Who was taken on the way to a last state."""
    taken = []
    for former, by in reversed(steps):
        taken.append(int(by[at]))
        at = int(former[at])
    return np.array(taken[::-1], dtype=np.int64)
