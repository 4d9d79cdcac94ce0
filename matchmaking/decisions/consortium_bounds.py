"""What no set of so many firms can exceed: prices of operations and of days that make the best firms pay most.

Whatever the prices are, what they tell is true; good ones tell more. They are found by subgradient steps on the
Lagrangian dual (M. Held, P. Wolfe, H. Crowder, 1974), and by multiplicative ones for covering.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matchmaking.decisions.consortium_table import Floats, Ints, Table
from matchmaking.decisions.work import Work

ROUNDS: Final = 200
SHARE_OF_WORK: Final = 0.5
"""Prices that are not good yet after so much of what may be looked at stay as they are: the rest is for the search."""
ROUND_COSTS: Final = 0.5
"""A round of prices costs about as much as looking at so many pairs, for each firm and operation."""
COVERING_ROUND_COSTS: Final = 0.05
"""The same of prices for covering."""
SLACK: Final = 1e-6
"""Sums of scores may be off by far less."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What operations, days and firms are worth to sets of one size.

    Attributes:
        worth: shape (firms,): what a firm adds to the scores beyond what its operations cost.
        ground: the scores of no set are more than that and the worths of its firms.
        most: no set has more.
        per_day: the price of a day.
        of_needs: shape (needs,), those of `Table.meets`, for covering: they add up to 1.
    """

    worth: Floats
    ground: float
    most: float
    per_day: float
    of_needs: Floats

    @property
    def show_that_there_is_none(self) -> bool:
        return self.most < -SLACK


def prices(table: Table, size: int, work: Work) -> Prices:
    """Good prices for sets of a size, as far as a share of the work suffices for them."""
    least_left = work.left * (1.0 - SHARE_OF_WORK)
    of_needs, taken = _covering(table, size, work, least_left)
    if taken < 1.0 - SLACK:
        return Prices(np.zeros(len(table.firms)), -np.inf, -np.inf, 0.0, of_needs)
    days = table.days / table.most_days  # all 0 where they do not matter
    highest = np.where(table.is_able, table.scores, 0.0).max(axis=0)
    total = float(highest.sum())
    best = Prices(np.zeros(len(table.firms)), total, total, 0.0, of_needs)  # each operation costs all that it brings
    costs, per_time, pace, since_better = highest / 2, 0.0, 1.0, 0
    for _round in range(ROUNDS):
        work.spend(table.scores.size * ROUND_COSTS)
        gains = table.scores - per_time * days - costs
        pays = gains > 0
        worth = np.where(pays, gains, 0.0).sum(axis=1)
        chosen = _largest(worth, size, table.member)
        ground = float(costs.sum()) + per_time
        most = ground + float(worth[chosen].sum())
        since_better = 0 if most < best.most - SLACK else since_better + 1
        if most < best.most:
            best = Prices(worth, ground, most, per_time / table.most_days, of_needs)
        if best.show_that_there_is_none or work.left <= least_left:
            break
        pace *= 0.6 if since_better and since_better % 10 == 0 else 1.0
        lacking = 1.0 - pays[chosen].sum(axis=0)
        left = 1.0 - float(days[chosen][pays[chosen]].sum())
        if not (steepness := float((lacking**2).sum()) + left**2 * (per_time > 0 or left < 0)):
            break
        step = pace * max(most, SLACK) / steepness
        costs, per_time = costs - step * lacking, max(0.0, per_time - step * left)
    return best


def _covering(table: Table, size: int, work: Work, least_left: float) -> tuple[Floats, float]:
    """Prices of needs, which add up to 1, and what so many firms can meet of them: below 1, none meet all."""
    able = table.meets.astype(np.float64)
    costs = np.full(able.shape[1], 1.0 / able.shape[1])
    best, most, pace, since_better = costs, np.inf, 0.05, 0
    for _round in range(ROUNDS):
        work.spend(able.size * COVERING_ROUND_COSTS)
        takes = able @ costs
        chosen = _largest(takes, size, table.member)
        taken = float(takes[chosen].sum())
        since_better = 0 if taken < most - SLACK else since_better + 1
        if taken < most:
            best, most = costs, taken
        if most < 1.0 - SLACK or work.left <= least_left:
            break
        if since_better == 7:
            pace, since_better = pace * 0.7, 0
        costs = costs * np.exp(pace * (1.0 - able[chosen].sum(axis=0)))
        costs = costs / costs.sum()
    return best, most


def _largest(values: Floats, size: int, member: int | None) -> Ints:
    """Places of so many of the largest values; that of a firm that must take part always among them."""
    if member is not None:
        values = values.copy()
        values[member] = np.inf
    return np.argpartition(-values, size - 1)[:size]
