"""How far suppliers can get at best: to leave out those who cannot get far enough, before they are ranked.

What is said of scores here is only a bound: it may be too high, never too low.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from matchmaking.engine.columns import Floats, Ints, Rows, taken
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, most_of_distance
from matchmaking.engine.eligibility import (
    DEPENDENT_ON_ROWS,
    NONE,
    Gates,
    OperationGates,
    blocks_of,
    keep_least,
    narrowed,
)
from matchmaking.engine.score import SCORE_DECIMALS, weight_shares

SLACK: Final = 2.0 * 10.0**-SCORE_DECIMALS
"""Scores are compared by their first decimals; who is as good as the last line wanted must not be left out."""
MOSTLY: Final = 0.8
"""Rows are picked out where no larger share of them than this is left."""
QUICK_FIRST: Final = (
    *("process", "tolerance", "material", "capacity", "lead_time", "roughness", "moq", "part_mass", "distance"),
    *("part_size", "corridor"),
)


def room_above(gates: Gates, group: Ints, enough: float) -> Floats:
    """By how much each supplier of a group could at best surpass a score; below 0 where it cannot reach it."""
    criteria = gates.criteria
    shares = weight_shares({key: criterion.weight for key, criterion in criteria.items()})
    room = np.full(len(gates.listed), -np.inf)
    room[group] = 1.0 - enough + SLACK
    for key in criteria:
        if key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS:
            still = np.flatnonzero(room >= 0.0)
            parts_of = gates.of_suppliers(key, still)
            room[still] -= shares[key] * (1.0 - sum(part.low for part in parts_of) / len(parts_of))
    asking = {key: sum(key in operation.targets for operation in gates.operations) for key in OF_OPERATION}
    for operation in gates.operations:
        parts = {key: shares[key] / asking[key] for key in operation.targets}
        room -= _Losses(gates, operation, parts, shares).least(room)
    return room[group]


class _Losses:
    """What an operation's criteria take from what suppliers could reach."""

    def __init__(
        self, gates: Gates, operation: OperationGates, parts: Mapping[str, float], shares: Mapping[str, float]
    ) -> None:
        self.question, self.operation = gates.question, operation
        self.whole = sum(parts.values())
        alone = len(gates.operations) == 1
        dependent = {key: shares[key] for key in DEPENDENT_ON_ROWS if alone and key in gates.criteria}
        self.shares = {key: {**parts, **dependent}[key] for key in QUICK_FIRST if key in parts or key in dependent}

    def least(self, room: Floats) -> Floats:
        """Each supplier's smallest loss over its rows: infinite where every row loses more than there is room for."""
        losses = np.where(self.operation.state == NONE, self.whole, np.inf)
        for rows, places in self.operation.runs:
            kept = np.flatnonzero(taken(room, places) >= 0.0)
            size = len(taken(self.question.columns.row_role, rows))
            for block in blocks_of(slice(0, size) if len(kept) >= MOSTLY * size else kept):
                self._judge(narrowed(rows, block), narrowed(places, block), room, losses)
        return losses

    def _judge(self, rows: Rows, places: Rows, room: Floats, losses: Floats) -> None:
        left = taken(room, places)
        gained, asked = np.zeros(len(left)), 0.0
        for key, share in self.shares.items():
            gained += share * self._low(key, rows)
            asked += share
            is_kept = gained >= asked - left
            if np.count_nonzero(is_kept) < MOSTLY * len(left):
                kept = np.flatnonzero(is_kept)
                rows, places = narrowed(rows, kept), narrowed(places, kept)
                left, gained = left.take(kept), gained.take(kept)
            if not len(left):
                return
        keep_least(losses, places, asked - gained)

    def _low(self, key: str, rows: Rows) -> Floats:
        if key in OF_OPERATION:
            return self.operation.answer(key, rows).low
        target = self.question.requirement.supplier_target(key)
        if key == "distance":
            return np.fmax(most_of_distance(self.question, target, rows), 0.0)
        rows = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        owner = self.question.columns.row_supplier.take(rows)
        (answer,) = OF_SUPPLIER[key](self.question, target, Offer(owner, rows[np.newaxis]))
        return answer.low
