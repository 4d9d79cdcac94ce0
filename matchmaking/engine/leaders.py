"""The first lines of a ranking, and how many there are of each eligibility, without judging every supplier in full.

What gates say is found for all candidates. Then each criterion takes from what a supplier could still reach, and who
cannot reach the first lines any more is left out. The few that remain are ranked as `rank` ranks all: so nothing here
decides a score, only who need not be scored.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Floats, Ints, Rows, taken
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question, most_of_distance
from matchmaking.engine.eligibility import (
    DEPENDENT_ON_ROWS,
    NONE,
    Gates,
    OperationGates,
    blocks_of,
    keep_least,
    narrowed,
)
from matchmaking.engine.model import Requirement, Taxonomy
from matchmaking.engine.rank import ranked
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.score import SCORE_DECIMALS, weight_shares

FEW: Final = 1000
"""So many suppliers are ranked at once faster than it could be found out who of them need not be."""
MOSTLY: Final = 0.8
"""Rows are picked out where no larger share of them than this is left."""
SLACK: Final = 2.0 * 10.0**-SCORE_DECIMALS
"""Scores are compared by their first decimals; who is as good as the last line wanted must not be left out."""
CHEAP_FIRST: Final = (
    *("process", "tolerance", "material", "capacity", "lead_time", "roughness", "moq", "part_mass", "distance"),
    *("part_size", "corridor"),
)


def leaders(
    requirement: Requirement,
    columns: Columns,
    taxonomy: Taxonomy,
    as_of: date,
    *,
    top: int | None = None,
    eligibility: Collection[str] = ELIGIBILITIES,
    without: Bools | None = None,
    few: int = FEW,
) -> Ranking:
    """The ranking that `rank` gives, of which only the first `top` lines with these eligibilities are sure to be there.

    Args:
        top: None for all.
        without: true for each supplier who is to be taken for not there.
        few: see `FEW`.

    Raises:
        FactsError, KeyError: as `rank`.
    """
    criteria = requirement.active_criteria()
    question = Question(requirement, columns, taxonomy, as_of.toordinal())
    with np.errstate(over="ignore"):
        gates = Gates(question, criteria)
        if gates.candidates <= few:
            if without is None:
                return ranked(question, criteria)
            return gates.ranked(_left(gates, np.arange(len(gates.listed)), without))
        counts = _counts(gates, without)
        found: list[Ints] = [np.zeros(0, np.int64)]
        missing = len(gates.listed) if top is None else top
        for index, name in enumerate(ELIGIBILITIES):
            if name in eligibility and missing:
                found.append(_contenders(gates, _left(gates, gates.group(index), without), top=missing, few=few))
                missing -= min(missing, counts[index])
        ranking = gates.ranked(np.concatenate(found))
    there = np.bincount(ranking.eligibility, minlength=len(ELIGIBILITIES)).tolist()
    return replace(ranking, left_out=tuple(count - here for count, here in zip(counts, there, strict=True)))


def _counts(gates: Gates, without: Bools | None) -> list[int]:
    """How many of those who are there have each eligibility."""
    if without is None:
        return gates.counts
    gone = ranked(gates.question, gates.criteria, among=np.flatnonzero(without)).counts
    return [count - gone[name] for count, name in zip(gates.counts, ELIGIBILITIES, strict=True)]


def _left(gates: Gates, places: Ints, without: Bools | None) -> Ints:
    """Those who are there."""
    return places if without is None else places.compress(~without.take(gates.listed.take(places)))


def _contenders(gates: Gates, group: Ints, *, top: int, few: int) -> Ints:
    """Suppliers of a group, rising, among whom its first `top` are."""
    if len(group) <= max(few, top):
        return group
    sample = group[:few]
    while True:
        enough = _score_at(gates.ranked(sample), top)
        room = _room(gates, group, enough)
        left = np.flatnonzero(room >= 0.0)
        if len(left) <= few or len(left) > 0.9 * len(group):
            return group[left]
        group, room = group[left], room[left]
        best = np.argpartition(-room, few)[: max(few // 4, top)]
        sample = np.sort(group[best])


def _score_at(ranking: Ranking, top: int) -> float:
    """The score that at least `top` of the suppliers have, or 0."""
    return float(np.partition(ranking.score, -top)[-top]) if len(ranking) >= top else 0.0


def _room(gates: Gates, group: Ints, enough: float) -> Floats:
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
        self.shares = {key: {**parts, **dependent}[key] for key in CHEAP_FIRST if key in parts or key in dependent}

    def least(self, room: Floats) -> Floats:
        """Each supplier's smallest loss over its rows: infinite where every row loses more than there is room for."""
        losses = np.where(self.operation.state == NONE, self.whole, np.inf)
        for rows, places in self.operation.slices:
            kept = np.flatnonzero(taken(room, places) >= 0.0)
            size = rows.stop - rows.start
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
