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
CORE, MEMBER = 1, 2
"""What a sharing needs besides: one operation as a core process, and one by the firm that must take part."""


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
        member: the place of the firm that must take part; None where any firms will do.
    """

    firms: tuple[str, ...]
    scores: Floats
    days: Floats
    is_core: Bools
    most_days: float
    member: int | None = None

    @classmethod
    def of(
        cls, candidates: Sequence[Candidate], operations: int, most_days: float | None, member: str | None = None
    ) -> Self:
        """Who does not say how long it takes cannot be shown to be in time."""
        if most_days is not None:
            candidates = [each for each in candidates if each.days is not None and each.days <= most_days]
        in_any_case = [] if member is None else [member]
        firms = tuple(sorted({*in_any_case, *(candidate.firm for candidate in candidates)}))
        place_of = {firm: place for place, firm in enumerate(firms)}
        shape = len(firms), operations
        scores, days, is_core = np.full(shape, -np.inf), np.zeros(shape), np.zeros(shape, dtype=np.bool_)
        for each in candidates:
            at = place_of[each.firm], each.operation
            scores[at], is_core[at] = each.score, each.is_core
            days[at] = each.days if most_days is not None else 0.0
        limit = np.inf if most_days is None else most_days
        return cls(firms, scores, days, is_core, limit, None if member is None else place_of[member])

    @property
    def operations(self) -> int:
        return int(self.scores.shape[1])

    @cached_property
    def is_able(self) -> Bools:
        """Shape (firms, operations)."""
        return np.isfinite(self.scores)

    @cached_property
    def meets(self) -> Bools:
        """Shape (firms, needs): which of all that a set needs a firm brings: each operation, that somebody has a core
        process, and that the firm that must take part does."""
        needs = [*self.is_able.T, self.is_core.any(axis=1)]
        if self.member is not None:
            is_member = np.zeros(len(self.firms), dtype=np.bool_)
            is_member[self.member] = self.is_able[self.member].any()
            needs.append(is_member)
        return np.column_stack(needs)

    @property
    def is_in_question(self) -> bool:
        """Whether somebody meets each need."""
        return bool(self.meets.any(axis=0).all())

    @cached_property
    def standing(self) -> Ints:
        """Shape (firms, operations): `CORE` and `MEMBER`, added up, where these hold."""
        found = np.where(self.is_core, CORE, 0)
        if self.member is not None:
            found[self.member] += MEMBER
        return found

    def promises(self, sets: Ints, prices_per_day: Sequence[float]) -> Floats:
        """What the scores of each of some sets can add up to at most, minus infinity where it cannot do all in time.
        Where neither days matter nor who takes part, just what they do add up to.

        Args:
            sets: shape (sets, firms of each), places in the table.
            prices_per_day: to make a set pay for its days; none is wrong, but some tell more.
        """
        scores = self.scores[sets]
        best = scores.max(axis=1)
        core = np.where(self.is_core[sets], scores, -np.inf).max(axis=1)
        lost = (best - core).min(axis=1)
        if self.member is not None:
            lost = np.maximum(lost, (best - self.scores[self.member]).min(axis=1))
        found: Floats = best.sum(axis=1) - lost
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
        time, with one of them core and one of them for the firm that must take part.

        Sharings that another beats in days and scores are dropped operation by operation, so what is left is few.
        """
        days, scores, standing = np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.int64)
        steps: list[tuple[Ints, Ints]] = []
        for operation in range(self.operations):
            able = firms[self.is_able[firms, operation]]
            former, taken = np.tile(np.arange(len(days)), len(able)), np.repeat(able, len(days))
            days = days[former] + self.days[taken, operation]
            scores = scores[former] + self.scores[taken, operation]
            standing = standing[former] | self.standing[taken, operation]
            kept = self._unbeaten(days, scores, standing)
            days, scores, standing = days[kept], scores[kept], standing[kept]
            steps.append((former[kept], taken[kept]))
        whole = np.flatnonzero(standing == (CORE if self.member is None else CORE + MEMBER))
        return _walked_back(steps, int(whole[scores[whole].argmax()])) if len(whole) else None

    def _unbeaten(self, days: Floats, scores: Floats, standing: Ints) -> Ints:
        """Those in time that no other with fewer days, as good a score and the same standing beats."""
        kept = []
        for same in range(CORE + MEMBER, -1, -1):
            at = np.flatnonzero((standing == same) & (days <= self.most_days + A_MOMENT))
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
