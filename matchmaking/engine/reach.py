"""How far suppliers can get at best: to leave out those who cannot get far enough, before they are ranked.

What is said of scores here is only a bound: it may be too high, never too low.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matchmaking.engine.blocks import blocks_of
from matchmaking.engine.columns import Bools, Floats, Ints
from matchmaking.engine.criteria import OF_OPERATION, OF_SINGLE_ROWS, OF_SUPPLIER, Offer
from matchmaking.engine.eligibility import DEPENDENT_ON_ROWS, Gates, of_suppliers
from matchmaking.engine.operation_gates import OperationGates
from matchmaking.engine.rank import candidates_among
from matchmaking.engine.score import SCORE_DECIMALS, weight_shares

SLACK: Final = 2.0 * 10.0**-SCORE_DECIMALS
"""Scores are compared by their first decimals; who is as good as the last line wanted must not be left out."""
MOSTLY: Final = 0.8
"""Rows are picked out where no larger share of them than this is left."""
QUICK_FIRST: Final = (
    *("process", "tolerance", "material", "capacity", "lead_time", "roughness", "moq", "part_mass", "distance"),
    *("part_size", "corridor"),
)


@dataclass(frozen=True)
class Shares:
    """What criteria make up of the score, by key.

    Attributes:
        own: of those that look at no row.
        rows: for each operation, of those that look at its row.
        rest: of those that look at the rows of several operations, together: of these nothing is said.
    """

    own: Mapping[str, float]
    rows: tuple[Mapping[str, float], ...]
    rest: float

    @classmethod
    def of(cls, gates: Gates) -> "Shares":
        shares = weight_shares({key: criterion.weight for key, criterion in gates.criteria.items()})
        own = {key: share for key, share in shares.items() if key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS}
        dependent = {key: share for key, share in shares.items() if key in DEPENDENT_ON_ROWS}
        asking = {key: sum(key in each.targets for each in gates.operations) for key in OF_OPERATION}
        rows = tuple({key: shares[key] / asking[key] for key in each.targets} for each in gates.operations)
        if len(rows) == 1:
            return cls(own, ({**rows[0], **dependent},), 0.0)
        return cls(own, rows, sum(dependent.values()))


def gained_by_suppliers(
    gates: Gates, shares: Shares, group: Ints, dtype: type[np.floating[Any]] = np.float64
) -> npt.NDArray[Any]:
    """What each supplier of a group gains by criteria that look at no row, and at most by the `rest`."""
    suppliers = gates.listed.take(group)
    gained = np.full(len(group), shares.rest, dtype=dtype)
    for key, share in shares.own.items():
        parts = of_suppliers(gates.question, key, suppliers)
        for part in parts:
            gained += part.scaled_low(share / len(parts), dtype)
    return gained


def can_reach(gates: Gates, group: Ints, enough: float) -> Bools:
    """Which suppliers of a group could reach a score."""
    shares = Shares.of(gates)
    room = gained_by_suppliers(gates, shares, group) + (SLACK - enough)
    room += sum(sum(parts.values()) for parts in shares.rows)
    suppliers = gates.listed.take(group)
    for operation, parts in zip(gates.operations, shares.rows, strict=True):
        position, rows = candidates_among(gates.question, operation.operation, suppliers)
        room = _Losses(operation, parts).left_of(room, position, rows)
    return room >= 0.0


class _Losses:
    """What an operation's criteria take from what suppliers could reach."""

    def __init__(self, operation: OperationGates, parts: Mapping[str, float]) -> None:
        self.question, self.operation = operation.question, operation
        self.whole = sum(parts.values())
        self.shares = {key: parts[key] for key in QUICK_FIRST if key in parts}

    def left_of(self, room: Floats, position: Ints, rows: Ints) -> Floats:
        """The room that each supplier has left with its best row: -inf where every row loses more than there is."""
        left = room - self.whole
        left[position] = -np.inf
        for block in blocks_of(slice(0, len(rows))):
            self._judge(rows[block], position[block], room, left)
        return left

    def _judge(self, rows: Ints, position: Ints, room: Floats, left: Floats) -> None:
        gained, asked = room.take(position), 0.0
        for key, share in self.shares.items():
            gained += share * self._low(key, rows)
            asked += share
            is_kept = gained >= asked
            if np.count_nonzero(is_kept) < MOSTLY * len(rows):
                rows, position, gained = (each.compress(is_kept) for each in (rows, position, gained))
            if not len(rows):
                return
        np.maximum.at(left, position, gained - asked)

    def _low(self, key: str, rows: Ints) -> Floats:
        if key in OF_OPERATION:
            return self.operation.answer(key, rows).low
        target = self.question.requirement.supplier_target(key)
        if key in OF_SINGLE_ROWS:
            return OF_SINGLE_ROWS[key](self.question, target, rows)
        owner = self.question.columns.row_supplier.take(rows)
        (answer,) = OF_SUPPLIER[key](self.question, target, Offer(owner, rows[np.newaxis]))
        return answer.low
