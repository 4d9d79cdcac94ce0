"""The first lines of a ranking, and how many there are of each eligibility, without judging every supplier in full.

What gates say is found for all candidates. Then each criterion takes from what a supplier could still reach, and who
cannot reach the first lines any more is left out. The few that remain are ranked as `rank` ranks all: so nothing here
decides a score, only who need not be scored.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from matchmaking.engine.columns import Bools, Columns, Floats, Ints, Rows
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question
from matchmaking.engine.gates import FAILED, PASSED, Answer, gate_states
from matchmaking.engine.model import ActiveCriterion, Operation, Requirement, Taxonomy
from matchmaking.engine.rank import candidate_slices, ranked, targets_of
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.score import SCORE_DECIMALS, weight_shares

FEW: Final = 2_000
"""So many suppliers are ranked at once faster than it could be found out who of them need not be."""
BLOCK: Final = 16_384
"""Rows judged together: their figures stay in the processor's cache."""
SLACK: Final = 2.0 * 10.0**-SCORE_DECIMALS
"""Scores are compared by their first decimals; who is as good as the last line wanted must not be left out."""
DEPENDENT_ON_ROWS: Final = ("lead_time", "distance", "corridor")
"""Criteria per supplier that look at the rows chosen."""
CHEAP_FIRST: Final = (
    *("process", "tolerance", "capacity", "moq", "roughness", "part_mass", "lead_time", "distance", "part_size"),
    *("material", "corridor"),
)
NONE: Final = 127
"""In place of a state: no candidate row."""

Criteria: TypeAlias = Mapping[str, ActiveCriterion]


def leaders(
    requirement: Requirement,
    columns: Columns,
    taxonomy: Taxonomy,
    as_of: date,
    *,
    top: int | None = None,
    eligibility: Collection[str] = ELIGIBILITIES,
    few: int = FEW,
) -> Ranking:
    """The ranking that `rank` gives, of which only the first `top` lines with these eligibilities are sure to be there.

    Args:
        top: None for all.
        few: see `FEW`.

    Raises:
        FactsError, KeyError: as `rank`.
    """
    criteria = requirement.active_criteria()
    question = Question(requirement, columns, taxonomy, as_of.toordinal())
    with np.errstate(over="ignore"):
        gates = _Gates(question, criteria)
        if sum(operation.candidates for operation in gates.operations) <= few:
            return ranked(question, criteria)
        found: list[Ints] = []
        missing = gates.size if top is None else top
        for group in (group for name, group in gates.groups.items() if name in eligibility):
            found.append(_contenders(question, criteria, gates, group, top=missing, few=few) if missing else group[:0])
            missing -= min(missing, len(group))
    ranking = ranked(question, criteria, among=np.sort(np.concatenate([np.arange(0), *found])))
    there = np.bincount(ranking.eligibility, minlength=len(ELIGIBILITIES)).tolist()
    return replace(
        ranking, left_out=tuple(len(gates.groups[name]) - there[index] for index, name in enumerate(ELIGIBILITIES))
    )


class _Gates:
    """What the gates say of every supplier with a candidate row."""

    def __init__(self, question: Question, criteria: Criteria) -> None:
        self.question, self.criteria = question, criteria
        self.size = len(question.columns.supplier_ids)
        self.operations = [_OperationGates(question, criteria, each) for each in question.requirement.operations]

    @cached_property
    def groups(self) -> dict[str, Ints]:
        """Indexes of suppliers, rising, by eligibility."""
        listed = np.zeros(self.size, dtype=np.bool_)
        failed, doubtful, unclear = np.zeros((3, self.size), dtype=np.bool_)
        for operation in self.operations:
            listed |= operation.state != NONE
            failed |= operation.is_failed
            doubtful |= operation.state != 0
            unclear |= operation.is_unclear
        open_ = np.flatnonzero(listed & ~failed)
        state = self._with_suppliers_own(open_, np.where(doubtful[open_], 1, 0))
        unclear = unclear[open_] & (state < FAILED)
        if any(self.criteria[key].is_gate for key in DEPENDENT_ON_ROWS if key in self.criteria):
            unclear = state < FAILED
        state[unclear] = self._in_full(open_[unclear])
        groups = [open_[state == each] for each in (PASSED, 1)]
        listed[np.concatenate(groups)] = False
        return dict(zip(ELIGIBILITIES, [*groups, np.flatnonzero(listed)], strict=True))

    def _with_suppliers_own(self, suppliers: Ints, state: Ints) -> Ints:
        """The worst of a state so far and of the gates that do not look at rows."""
        for key, criterion in self.criteria.items():
            if criterion.is_gate and key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS:
                still = np.flatnonzero(state < FAILED)
                for part in _of_suppliers(self.question, key, suppliers[still]):
                    state[still] = np.maximum(state[still], gate_states(part, criterion))
        return state

    def _in_full(self, suppliers: Ints) -> Ints:
        """Eligibility of suppliers of whom only the choice of rows can tell."""
        ranking = ranked(self.question, self.criteria, among=suppliers)
        eligibility: Ints = ranking.eligibility[np.argsort(ranking.suppliers)]
        return eligibility


class _OperationGates:
    """What an operation's gates say of candidate rows and of suppliers.

    A state is twice the number of gates in doubt, and one more where a gate failed; NONE without candidate row.
    """

    def __init__(self, question: Question, criteria: Criteria, operation: Operation) -> None:
        self.question, self.operation = question, operation
        self.targets = targets_of(question, operation, criteria)
        self.gates = [criteria[key] for key in self.targets if criteria[key].is_gate]
        self.slices = candidate_slices(question, operation)
        self.candidates = sum(rows.stop - rows.start for rows in self.slices)

    @cached_property
    def row_states(self) -> list[Ints]:
        """By slice."""
        return [self._row_states(rows) for rows in self.slices]

    @cached_property
    def state(self) -> Ints:
        """Of each supplier's best row."""
        return self._best(0)

    @property
    def is_failed(self) -> Bools:
        """Whether the row that will be chosen fails a gate, where the states tell that."""
        failed: Bools = (self.state == NONE) | (self.state & 1 == 1)
        return failed

    @property
    def is_unclear(self) -> Bools:
        """Whether, of rows with as few gates in doubt, one fails and another does not: then their scores decide."""
        if not any((states & 1).any() for states in self.row_states):
            return np.zeros(len(self.state), dtype=np.bool_)
        unclear: Bools = (self.state != NONE) & (self.state & 1 == 0) & (self._best(1) == self.state)
        return unclear

    def _best(self, turned: int) -> Ints:
        """The lowest state of each supplier's rows, with the last bit as it is or turned round."""
        best = np.full(len(self.question.columns.supplier_ids), NONE, dtype=np.int8)
        for rows, states in zip(self.slices, self.row_states, strict=True):
            np.minimum.at(best, self.question.columns.row_supplier[rows], (states ^ turned).astype(np.int8))
        return best

    def _row_states(self, rows: slice) -> Ints:
        return np.concatenate([np.zeros(0, np.int8), *(self._states_of(block) for block in _blocks(rows))])

    def _states_of(self, rows: slice) -> Ints:
        in_doubt = np.zeros(rows.stop - rows.start, dtype=np.int8)
        has_failed = np.zeros(rows.stop - rows.start, dtype=np.bool_)
        for criterion in self.gates:
            gate = gate_states(self.answer(criterion.key, rows), criterion)
            in_doubt += gate != PASSED
            has_failed |= gate == FAILED
        return 2 * in_doubt + has_failed

    def answer(self, key: str, rows: Rows) -> Answer:
        return OF_OPERATION[key](self.question, self.targets[key], rows)


def _contenders(question: Question, criteria: Criteria, gates: _Gates, group: Ints, *, top: int, few: int) -> Ints:
    """Suppliers of a group, rising, among whom its first `top` are."""
    if len(group) <= max(few, top):
        return group
    sample = group[:: -(-len(group) // few)]
    while True:
        enough = _score_at(question, criteria, sample, top)
        room = _room(question, criteria, gates, group, enough)
        left = np.flatnonzero(room >= 0.0)
        if len(left) <= few or len(left) > 0.9 * len(group):
            return group[left]
        group, room = group[left], room[left]
        best = np.argpartition(-room, few)[: max(few // 4, top)]
        sample = np.sort(group[best])


def _score_at(question: Question, criteria: Criteria, suppliers: Ints, top: int) -> float:
    """The score that at least `top` of the suppliers have, or 0."""
    scores = ranked(question, criteria, among=suppliers).score
    return float(np.partition(scores, -top)[-top]) if len(scores) >= top else 0.0


def _room(question: Question, criteria: Criteria, gates: _Gates, group: Ints, enough: float) -> Floats:
    """By how much each supplier of a group could at best surpass a score; below 0 where it cannot reach it."""
    shares = weight_shares({key: criterion.weight for key, criterion in criteria.items()})
    room = np.full(gates.size, -np.inf)
    room[group] = 1.0 - enough + SLACK
    asking = {key: sum(key in operation.targets for operation in gates.operations) for key in OF_OPERATION}
    for operation in gates.operations:
        parts = {key: shares[key] / asking[key] for key in operation.targets}
        room -= _Losses(question, criteria, operation, parts, shares, alone=len(gates.operations) == 1).least(room)
    for key in criteria:
        if key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS:
            still = np.flatnonzero(room >= 0.0)
            parts_of = _of_suppliers(question, key, still)
            room[still] -= shares[key] * (1.0 - sum(part.low for part in parts_of) / len(parts_of))
    return room[group]


class _Losses:
    """What an operation's criteria take from what suppliers could reach."""

    def __init__(
        self,
        question: Question,
        criteria: Criteria,
        operation: _OperationGates,
        parts: Mapping[str, float],
        shares: Mapping[str, float],
        *,
        alone: bool,
    ) -> None:
        self.question, self.criteria, self.operation = question, criteria, operation
        self.whole = sum(parts.values())
        dependent = {key: shares[key] for key in DEPENDENT_ON_ROWS if alone and key in criteria}
        self.shares = {key: {**parts, **dependent}[key] for key in CHEAP_FIRST if key in parts or key in dependent}

    def least(self, room: Floats) -> Floats:
        """Each supplier's smallest loss over its rows: infinite where every row loses more than there is room for."""
        losses = np.where(self.operation.state == NONE, self.whole, np.inf)
        for block in self._rows_to_judge(room):
            self._judge(block, room, losses)
        return losses

    def _rows_to_judge(self, room: Floats) -> list[Rows]:
        """Candidate rows of suppliers with room left, in blocks; with those of others where these are few."""
        blocks: list[Rows] = []
        for rows in self.operation.slices:
            kept = np.flatnonzero(room[self.question.columns.row_supplier[rows]] >= 0.0)
            if 2 * len(kept) > rows.stop - rows.start:
                blocks += _blocks(rows)
            else:
                blocks += [rows.start + kept[start : start + BLOCK] for start in range(0, len(kept), BLOCK)]
        return blocks

    def _judge(self, rows: Rows, room: Floats, losses: Floats) -> None:
        owner = self.question.columns.row_supplier[rows]
        left = room[owner]
        loss = np.zeros(len(owner))
        for number, (key, share) in enumerate([("", 0.0), *self.shares.items()]):
            if number:
                loss += share * (1.0 - self._low(key, owner, rows))
            kept = np.flatnonzero(loss <= left)
            if len(kept) < 0.8 * len(owner):
                rows = _indexes(rows)[kept]
                owner, left, loss = owner[kept], left[kept], loss[kept]
            if not len(owner):
                return
        np.minimum.at(losses, owner, loss)

    def _low(self, key: str, owner: Ints, rows: Rows) -> Floats:
        if key in OF_OPERATION:
            return self.operation.answer(key, rows).low
        rows = _indexes(rows)
        target = self.question.requirement.supplier_target(key)
        (answer,) = OF_SUPPLIER[key](self.question, target, Offer(owner, rows[np.newaxis]))
        return answer.low


def _of_suppliers(question: Question, key: str, suppliers: Ints) -> list[Answer]:
    """A criterion that does not look at rows, answered for some suppliers; its parts."""
    offer = Offer(suppliers, np.zeros((0, len(suppliers)), dtype=np.int64))
    return OF_SUPPLIER[key](question, question.requirement.supplier_target(key), offer)


def _indexes(rows: Rows) -> Ints:
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows


def _blocks(rows: slice) -> list[slice]:
    return [slice(start, min(start + BLOCK, rows.stop)) for start in range(rows.start, rows.stop, BLOCK)]
