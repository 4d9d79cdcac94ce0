"""What the gates of one operation say of its candidate rows, and by them of suppliers."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from matchmaking.engine.blocks import blocks_of, narrowed, size_of
from matchmaking.engine.columns import Bools, Ints, Rows, taken
from matchmaking.engine.criteria import OF_OPERATION, Question, relations, trusted
from matchmaking.engine.evidence import Graded
from matchmaking.engine.gates import FAILED, TOO_BROAD, Answer, gate_marks
from matchmaking.engine.model import ActiveCriterion, Operation
from matchmaking.engine.rank import targets_of
from matchmaking.engine.score import CHOICE_DECIMALS, decimal_units, weighted_mean

NONE: Final = 127
"""In place of a state: no candidate row."""
ORDER_BITS: Final = 32
"""Rows are fewer than 2 to the power of this."""

Criteria: TypeAlias = Mapping[str, ActiveCriterion]
Run: TypeAlias = tuple[Rows, Ints]
"""Rows, rising, and the places of their suppliers."""


class OperationGates:
    """What an operation's gates say of candidate rows and of suppliers.

    A state is twice the number of gates in doubt, and one more where a gate failed; NONE without candidate row.

    Attributes:
        runs: candidate rows, with the places of their suppliers.
    """

    def __init__(
        self, question: Question, criteria: Criteria, operation: Operation, runs: Sequence[Run], own_state: Ints
    ) -> None:
        self.question, self.criteria, self.operation, self.runs = question, criteria, operation, runs
        self.own_state = own_state
        self.targets = targets_of(question, operation, criteria)
        self.gates = [criteria[key] for key in self.targets if criteria[key].is_gate]

    @cached_property
    def open_runs(self) -> Sequence[Run]:
        """The rows of suppliers who fail no gate that looks at no row."""
        if not (self.own_state >= FAILED).any():
            return self.runs
        return [run_of(rows, places, taken(self.own_state, places) < FAILED) for rows, places in self.runs]

    @cached_property
    def row_states(self) -> list[Ints]:
        """Of open rows, by run."""
        return [self._row_states(rows) for rows, _ in self.open_runs]

    @cached_property
    def state(self) -> Ints:
        """Of each supplier's best open row."""
        best = np.full(len(self.own_state), NONE, dtype=np.int8)
        for (_, places), states in zip(self.open_runs, self.row_states, strict=True):
            np.minimum.at(best, places, states)
        return best

    @property
    def eligibility(self) -> Ints:
        """Of each supplier, as far as the states tell."""
        in_doubt, failed = (self.state != 0).view(np.int8), self.state & 1  # NONE is odd
        eligibility: Ints = in_doubt + failed
        return eligibility

    @property
    def unclear(self) -> Ints:
        """Places where, of rows with as few gates in doubt, one fails and another does not: their scores decide.

        A place may occur more than once.
        """
        found: list[Ints] = [np.zeros(0, np.int32)]
        for (_, places), states in zip(self.open_runs, self.row_states, strict=True):
            if len(self.gates) > 1 or (states > 2).any():
                best = taken(self.state, places)
                found.append(places.take(np.flatnonzero(states == best ^ 1)))  # none is lower than the best
        return np.concatenate(found)

    def failed_among(self, unclear: Ints) -> Ints:
        """The places, of those unclear, whose row fails."""
        if not len(unclear):
            return unclear
        rows, places, failed = self._tied(unclear)
        lows = {key: self.answer(key, rows).low for key in self.targets}
        units = decimal_units(weighted_mean(lows, self.criteria, len(rows)), CHOICE_DECIMALS)
        claim = (units << ORDER_BITS) - self.question.columns.row_rank.take(rows)  # the best score, then the lowest id
        owners = np.sort(unclear)
        owner = np.searchsorted(owners, places)  # the first of several that are the same
        best = np.full(len(owners), np.iinfo(np.int64).min)
        np.maximum.at(best, owner, claim)
        return places.compress(failed & (claim == best.take(owner)))

    def _tied(self, unclear: Ints) -> tuple[Ints, Ints, Bools]:
        """Rows of unclear suppliers with the fewest gates in doubt, with their places, and whether one fails."""
        is_unclear = np.zeros(len(self.own_state), dtype=np.bool_)
        is_unclear[unclear] = True
        parts = []
        for (rows, places), states in zip(self.open_runs, self.row_states, strict=True):
            at = np.flatnonzero(taken(is_unclear, places))
            owners, found = places.take(at), states.take(at)
            is_tied = found | 1 == self.state.take(owners) | 1
            parts.append((narrowed(rows, at.compress(is_tied)), owners.compress(is_tied), found.compress(is_tied) & 1))
        rows, places, failed = (np.concatenate(each) for each in zip(*parts, strict=True))
        return rows, places, failed.view(np.bool_)

    def _row_states(self, rows: Rows) -> Ints:
        return np.concatenate([np.zeros(0, np.int8), *(self._states_of(block) for block in blocks_of(rows))])

    def _states_of(self, rows: Rows) -> Ints:
        in_doubt = np.zeros(size_of(rows), dtype=np.int8)
        has_failed = np.zeros(len(in_doubt), dtype=np.bool_)
        for criterion in self.gates:
            fails, doubtful = self._marks(criterion, rows)
            in_doubt += fails | doubtful
            has_failed |= fails
        states: Ints = 2 * in_doubt + has_failed
        return states

    def _marks(self, criterion: ActiveCriterion, rows: Rows) -> tuple[Bools | np.bool_, Bools]:
        if criterion.key == "process":  # no candidate fails it
            return np.False_, self._is_weak(criterion, rows) | self._is_broad(rows)
        return gate_marks(self.answer(criterion.key, rows), criterion.min_level)

    def _is_weak(self, criterion: ActiveCriterion, rows: Rows) -> Bools:
        grades = taken(self.question.columns.row_process_grade, rows)
        by_grade = trusted(self.question, "process")
        return Graded(by_grade, self.question.columns.grades, (grades,)).is_weak(criterion.min_level)

    def _is_broad(self, rows: Rows) -> Bools | np.bool_:
        """Which rows, given rising, name a process above the one asked for. Those of a process stand together."""
        code = self.question.columns.row_process_code
        first, last = (rows.start, rows.stop - 1) if isinstance(rows, slice) else (rows[0], rows[-1])
        if code[first] == code[last]:
            return self._broad_processes[code[first]]
        return self._broad_processes.take(taken(code, rows), mode="clip")

    @cached_property
    def _broad_processes(self) -> Bools:
        fit = relations(self.question.taxonomy.process_tree, self.question.columns.processes, self.operation.process)
        is_broad: Bools = fit == TOO_BROAD
        return is_broad

    def answer(self, key: str, rows: Rows) -> Answer:
        return OF_OPERATION[key](self.question, self.targets[key], rows)


def run_of(rows: Rows, places: Ints, is_kept: Bools) -> Run:
    """Those of a run that are kept."""
    kept = np.flatnonzero(is_kept)
    return narrowed(rows, kept), places.take(kept)
