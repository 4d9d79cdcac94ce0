"""Branch and bound for the best sets of one size, many partial sets at once.

A partial set is carried on with each firm that can do one operation that it lacks. It is given up where no set that
holds it can do all operations, or none has better scores than those found. No set is looked at twice: who could have
been taken for an operation, but comes before the one that was, does not join later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from matchmaking.decisions.consortium_bounds import SLACK, Prices
from matchmaking.decisions.consortium_table import Floats, Ints, Table
from matchmaking.decisions.work import Work

Masks = NDArray[np.uint64]

AT_ONCE: Final = 1_000
"""So many partial sets are carried on at once, and so many whole ones looked at."""
PAIRS_AT_ONCE: Final = 400_000
"""Fewer partial sets are, where these would be more pairs of one and a firm: that is what memory is needed for."""
AT_FIRST: Final = 20
"""The same until the first are full: these are there soon, and show what to beat."""
PRICES_PER_DAY: Final = (0.25, 0.5, 0.75, 1.0, 1.3, 1.6, 2.0, 3.0)
"""Tried for each set, times the one that is good for all."""
PRICED_AT_ONCE: Final = 50
"""While a pair is looked at, so many operations of other firms are compared with what a set lacks."""
PRICING_COSTS: Final = 4
"""To try prices of days on whole sets costs about as much as looking at so many pairs, for each firm and operation."""
SHARING_COSTS: Final = 100
"""The same of sharing the operations out, for each firm and each pair of operations."""
ONE: Final = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the scores add up to, the firms, and by operation who does it."""

    total: float
    firms: tuple[int, ...]
    by_operation: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Partial:
    """Sets that lack as many firms each.

    Attributes:
        done: shape (sets,), a bit for each operation that one of the firms can do.
        firms, operations: shape (sets, firms of each), who was taken, and for which operation.
        worth: shape (sets,), what the scores can be at most, before those still to be taken.
    """

    done: Masks
    firms: Ints
    operations: Ints
    worth: Floats

    def __len__(self) -> int:
        return len(self.done)

    def at(self, places: "Ints | NDArray[np.bool_] | slice") -> Self:
        return type(self)(self.done[places], self.firms[places], self.operations[places], self.worth[places])

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        fields = zip(*((part.done, part.firms, part.operations, part.worth) for part in parts), strict=True)
        return cls(*(np.concatenate(each) for each in fields))


class Search:
    """The best sets of one size."""

    def __init__(self, table: Table, size: int, prices: Prices, *, most_sets: int, work: Work) -> None:
        self.table, self.size, self.prices, self.work = table, size, prices, work
        self.found: list[Sharing] = []
        self._most_sets = most_sets
        able = table.meets
        self._able = able.astype(np.float64)
        self._bits = ONE << np.arange(able.shape[1], dtype=np.uint64)
        self._all_done = np.bitwise_or.reduce(self._bits)
        self._anybody = able.shape[1]  # for those who can do all already, and need others to be in time
        self._does = np.where(able, self._bits, np.uint64(0)).sum(axis=1, dtype=np.uint64)
        self._costs = prices.of_needs
        self._takes = np.sort(able @ self._costs)[::-1][:size].cumsum()
        self._worths = np.concatenate([[0.0], np.sort(prices.worth)[::-1][:size].cumsum()])
        self._rank = np.argsort(np.argsort(-prices.worth, kind="stable"), kind="stable")
        in_turn = np.argsort(self._rank)
        self._who_can = [*(in_turn[able[in_turn, each]] for each in range(self._anybody)), in_turn]
        self._hardest_first = np.lexsort((-self._costs, able.sum(axis=0)))
        self._at_once = max(1, PAIRS_AT_ONCE // len(able))

    def run(self) -> bool:
        """Whether all were looked at: then what was found is the best there is."""
        if self.prices.show_that_there_is_none:
            return True
        nobody = np.zeros((1, 0), dtype=np.int64)
        waiting = [_Partial(np.zeros(1, dtype=np.uint64), nobody, nobody, np.array([self.prices.ground]))]
        for step in count():
            if not waiting or self.work.left <= 0:
                break
            partial, some = waiting.pop(), min(self._at_once, AT_ONCE if step >= self.size else AT_FIRST)
            if len(partial) > some:
                waiting.append(partial.at(slice(some, None)))
            waiting += self._carried_on(partial.at(slice(some)))
        return self.work.left > 0  # else the last may have been given up halfway

    @property
    def _to_beat(self) -> float:
        return self.found[-1].total if len(self.found) == self._most_sets else -SLACK

    def _carried_on(self, partial: _Partial) -> list[_Partial]:
        """With one firm more, the most promising first; those that are full are looked at."""
        missing = self.size - partial.firms.shape[1]
        partial = partial.at(partial.worth + self._worths[missing] > self._to_beat)
        if missing > 1:
            partial = self._that_can_be_completed(partial, missing)
        more = [each for each in self._children(partial, missing) if len(each)]
        if missing == 1:
            for sets in more:
                self._look_at(sets.firms)
            return []
        if not more:
            return []
        children = _Partial.joined(more)
        return [children.at(np.argsort(-children.worth, kind="stable"))]

    def _that_can_be_completed(self, partial: _Partial, missing: int) -> _Partial:
        """Those that lack no more than so many firms can take, at the prices of operations."""
        self.work.spend(len(partial) * self._able.size / PRICED_AT_ONCE)
        lacking = self._lacking(partial.done) * self._costs
        takes = lacking @ self._able.T
        return partial.at(lacking.sum(axis=1) <= missing * takes.max(axis=1) + SLACK)

    def _lacking(self, done: Masks) -> Floats:
        """Shape (sets, operations), 1 where nobody can do it."""
        lacking: Floats = ((done[:, np.newaxis] & self._bits) == 0).astype(np.float64)
        return lacking

    def _children(self, partial: _Partial, missing: int) -> Iterator[_Partial]:
        is_lacking = self._lacking(partial.done)[:, self._hardest_first] > 0
        hardest = np.where(is_lacking.any(axis=1), self._hardest_first[is_lacking.argmax(axis=1)], self._anybody)
        for operation in np.unique(hardest).tolist():
            yield self._with_one_more(partial.at(hardest == operation), operation, missing)

    def _with_one_more(self, partial: _Partial, operation: int, missing: int) -> _Partial:
        """Each with each firm that can do an operation and may still join."""
        firms = self._who_can[operation]
        self.work.spend(len(partial) * len(firms) * (1 + partial.firms.shape[1]))
        worth = partial.worth[:, np.newaxis] + self.prices.worth[firms]
        may_join = (worth + self._worths[missing - 1] > self._to_beat) & self._leaves_little(partial, firms, missing)
        for taken, of in zip(partial.firms.T, partial.operations.T, strict=True):
            could_do_it = (self._does[firms] & self._bit_of(of)[:, np.newaxis]) != 0
            may_join &= ~(could_do_it & (self._rank[firms] <= self._rank[taken][:, np.newaxis]))
        parent, place = np.nonzero(may_join)
        self.work.spend(len(parent) * (self.table.operations + 2 * self.size))
        return _Partial(
            partial.done[parent] | self._does[firms[place]],
            np.column_stack([partial.firms[parent], firms[place]]),
            np.column_stack([partial.operations[parent], np.full(len(parent), operation)]),
            worth[parent, place],
        )

    def _leaves_little(self, partial: _Partial, firms: Ints, missing: int) -> NDArray[np.bool_]:
        """Shape (sets, firms): whether what is then still lacking can be done by the firms then still missing."""
        if missing == 1:
            is_done: NDArray[np.bool_] = partial.done[:, np.newaxis] | self._does[firms] == self._all_done
            return is_done
        lacking = self._lacking(partial.done) * self._costs
        left = lacking.sum(axis=1)[:, np.newaxis] - lacking @ self._able[firms].T
        is_little: NDArray[np.bool_] = left <= self._takes[missing - 2] + SLACK
        return is_little

    def _bit_of(self, operations: Ints) -> Masks:
        """Of those that anybody can do all bits there are."""
        return np.append(self._bits, self._all_done)[operations]

    def _look_at(self, sets: Ints) -> None:
        """Keep the best of some sets that can do all operations, as far as work is left."""
        costs = PRICING_COSTS if np.isfinite(self.table.most_days) else 1
        for start in range(0, len(sets), AT_ONCE):
            if self.work.left <= 0:
                return
            part = sets[start : start + AT_ONCE]
            self.work.spend(part.size * self.table.operations * costs)
            price = self.prices.per_day or self.table.operations / self.table.most_days
            promises = self.table.promises(part, [price * each for each in PRICES_PER_DAY])
            for at in np.argsort(-promises, kind="stable").tolist():
                if promises[at] <= self._to_beat or self.work.left <= 0:
                    break
                self._keep(np.sort(part[at]))

    def _keep(self, firms: Ints) -> None:
        self.work.spend(self.table.operations**2 * len(firms) * SHARING_COSTS)
        by_operation = self.table.shared(firms)
        if by_operation is None:
            return
        shared = tuple(by_operation.tolist())
        if any(each.by_operation == shared for each in self.found):
            return  # some of the firms do nothing: the rest were found with others
        total = float(self.table.scores[by_operation, np.arange(self.table.operations)].sum())
        self.found.append(Sharing(total, tuple(firms.tolist()), shared))
        self.found.sort(key=lambda each: (-each.total, each.firms))
        del self.found[self._most_sets :]
