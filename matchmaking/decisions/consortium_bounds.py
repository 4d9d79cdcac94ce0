"""What no set of so many firms can exceed: prices of operations and of days that make the best firms pay most.

Whatever the prices are, what they tell is true; good ones tell more. They are found by subgradient steps on the
Lagrangian dual (M. Held, P. Wolfe, H. Crowder, 1974), and by multiplicative ones for covering.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matchmaking.decisions.consortium_table import Bools, Floats, Table

ROUNDS: Final = 200
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
    """

    worth: Floats
    ground: float
    most: float
    per_day: float


def prices(table: Table, size: int) -> Prices:
    """Good prices for sets of a size; where `most` is below 0, there is no set."""
    days = table.days / table.most_days  # all 0 where they do not matter
    costs, per_time, pace, since_better = np.where(table.is_able, table.scores, 0.0).max(axis=0) / 2, 0.0, 1.0, 0
    best = Prices(np.zeros(len(table.firms)), np.inf, np.inf, 0.0)
    for _round in range(ROUNDS):
        gains = table.scores - per_time * days - costs
        pays = gains > 0
        worth = np.where(pays, gains, 0.0).sum(axis=1)
        chosen = _largest(worth, size)
        ground = float(costs.sum()) + per_time
        most = ground + float(worth[chosen].sum())
        since_better = 0 if most < best.most - SLACK else since_better + 1
        if most < best.most:
            best = Prices(worth, ground, most, per_time / table.most_days)
        if best.most < -SLACK:
            break
        pace *= 0.6 if since_better and since_better % 10 == 0 else 1.0
        lacking = 1.0 - pays[chosen].sum(axis=0)
        left = 1.0 - float(days[chosen][pays[chosen]].sum())
        if not (steepness := float((lacking**2).sum()) + left**2 * (per_time > 0 or left < 0)):
            break
        step = pace * max(most, SLACK) / steepness
        costs, per_time = costs - step * lacking, max(0.0, per_time - step * left)
    return best


def covering_prices(is_able: Bools, size: int) -> tuple[Floats, float]:
    """Prices of operations, which add up to 1, and what so many firms can take of them: below 1, none do all."""
    able = is_able.astype(np.float64)
    costs = np.full(able.shape[1], 1.0 / able.shape[1])
    best, most, pace, since_better = costs, np.inf, 0.05, 0
    for _round in range(ROUNDS):
        takes = able @ costs
        chosen = _largest(takes, size)
        taken = float(takes[chosen].sum())
        since_better = 0 if taken < most - SLACK else since_better + 1
        if taken < most:
            best, most = costs, taken
        if since_better == 7:
            pace, since_better = pace * 0.7, 0
        costs = costs * np.exp(pace * (1.0 - able[chosen].sum(axis=0)))
        costs = costs / costs.sum()
    return best, most


def _largest(values: Floats, size: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    return np.argpartition(-values, size - 1)[:size]
