"""What the gates of one operation say of its candidate rows, and by them of suppliers."""

from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from matchmaking.engine.blocks import blocks_of
from matchmaking.engine.columns import Bools, Ints, Rows
from matchmaking.engine.criteria import OF_OPERATION, OfFigure, Question, relations, trusted
from matchmaking.engine.evidence import Graded
from matchmaking.engine.gates import TOO_BROAD, Answer, gate_marks
from matchmaking.engine.lists import Ragged, ends
from matchmaking.engine.model import ActiveCriterion, Operation
from matchmaking.engine.rank import all_candidates, best_of_each, targets_of
from matchmaking.engine.score import weighted_mean

NONE: Final = 127
"""In place of a state: no candidate row."""

Criteria: TypeAlias = Mapping[str, ActiveCriterion]
Run: TypeAlias = tuple[slice, Ints]
"""Rows and the places of their suppliers."""


class OperationGates:
    """What an operation's gates say of candidate rows and of suppliers.

    A state is twice the number of gates in doubt, and one more where a gate failed; NONE without candidate row.

    Attributes:
        runs: candidate rows, with the places of their suppliers.
        size: how many places there are.
        kept_as: the key under which is kept whose places they are.
    """

    def __init__(
        self,
        question: Question,
        criteria: Criteria,
        operation: Operation,
        runs: Sequence[Run],
        size: int,
        kept_as: tuple[Hashable, ...],
    ) -> None:
        self.question, self.criteria, self.operation = question, criteria, operation
        self.runs, self.size, self.kept_as = runs, size, kept_as
        self.targets = targets_of(question, operation, criteria)
        self.gates = [criteria[key] for key in self.targets if criteria[key].is_gate]
        self.first = min((rows.start for rows, _ in runs), default=0)

    @cached_property
    def row_states(self) -> Ints:
        """By row, from the first on; nothing is said of rows that are no candidates."""
        states = np.empty(max((rows.stop for rows, _ in self.runs), default=0) - self.first, dtype=np.int8)
        for rows, _ in self.runs:
            states[rows.start - self.first : rows.stop - self.first] = self._states_of(rows)
        return states

    @cached_property
    def state(self) -> Ints:
        """Of each supplier's best row."""
        best = np.full(self.size, NONE, dtype=np.int8)
        for rows, places in self.runs:
            np.minimum.at(best, places, self.row_states[rows.start - self.first : rows.stop - self.first])
        return best

    @property
    def eligibility(self) -> Ints:
        """Of each supplier, as far as the states tell."""
        in_doubt, failed = (self.state != 0).view(np.int8), self.state & 1  # NONE is odd
        eligibility: Ints = in_doubt + failed
        return eligibility

    @cached_property
    def _by_place(self) -> tuple[Ragged, Bools]:
        """The rows of each supplier, in the order of ids, and who has more than one."""

        def find() -> tuple[Ints, Ints, Bools]:
            every = np.concatenate([np.zeros(0, np.int32), *(places for _, places in self.runs)])
            counts = np.bincount(every, minlength=self.size)
            return ends(counts), all_candidates(self.question, self.operation).astype(np.int32), counts > 1

        key = ("rows", *self.kept_as, *((rows.start, rows.stop) for rows, _ in self.runs))
        offsets, rows, have_choice = self.question.columns.kept.get(key, find)
        return Ragged(offsets, rows), have_choice

    def rows_for(self, suppliers: Ints) -> tuple[Ints, Ints]:
        """Rows that some suppliers, given by place, may take, and few others, with the position of each one's owner."""
        owner, rows = self._by_place[0].gather(suppliers)
        may_be_taken = self._states_at(rows) <= self.state.take(suppliers).max() | 1
        return rows.compress(may_be_taken), owner.compress(may_be_taken)

    def _states_at(self, rows: Ints) -> Ints:
        return self.row_states.take(rows - self.first)

    def failed_by_score(self, meant: Bools) -> Ints:
        """Places where a gate fails although the state does not tell: of rows with as few gates in doubt one fails and
        another does not, and the one that fails has the better score.

        Args:
            meant: by place, for whom it matters.
        """
        if len(self.gates) == 1:  # the process, which no candidate fails
            return np.zeros(0, np.int64)
        suppliers, owner, rows, fails = self._tied(meant)
        if not len(rows):
            return rows
        lows = {key: self.answer(key, rows).low for key in self.targets}
        best = best_of_each(owner, (), weighted_mean(lows, self.criteria, len(rows)))
        return suppliers.take(owner.take(best).compress(fails.take(best)))

    def _tied(self, meant: Bools) -> tuple[Ints, Ints, Ints, Bools]:
        """Suppliers who may fail by score, their rows with the fewest gates in doubt after their owners, and which of
        these rows fail."""
        is_open = (self.state > 0) & (self.state & 1 == 0)
        rows_of, have_choice = self._by_place
        suppliers = np.flatnonzero(meant & is_open & have_choice)
        owner, rows = rows_of.gather(suppliers)
        states, best = self._states_at(rows), self.state.take(suppliers).take(owner)
        fails = states == best + 1
        may_fail = np.zeros(len(suppliers), dtype=np.bool_)
        may_fail[owner.compress(fails)] = True
        is_tied = (fails | (states == best)) & may_fail.take(owner)
        return suppliers, owner.compress(is_tied), rows.compress(is_tied), fails.compress(is_tied)

    def _states_of(self, rows: slice) -> Ints:
        states = np.zeros(rows.stop - rows.start, dtype=np.int8)
        has_failed = np.zeros(len(states), dtype=np.bool_)
        for gate in self.gates:
            fails, doubtful = self._marks(gate, rows)
            states += (fails | doubtful).view(np.int8)
            has_failed |= fails
        states += states
        states += has_failed.view(np.int8)
        return states

    def _marks(self, gate: ActiveCriterion, rows: slice) -> tuple[Bools, Bools]:
        """As `gate_marks`."""
        judge, columns = OF_OPERATION[gate.key], self.question.columns
        if gate.key == "process":
            weak = self._is_weak(gate, columns.row_process_grade, rows)
            return np.zeros_like(weak), weak | self._is_broad(rows)  # no candidate fails it
        if isinstance(judge, OfFigure):
            fails = judge.fails(self.question, self.targets[gate.key], rows)
            return fails, self._is_weak(gate, judge.column_of(columns).grade, rows)
        marks = [gate_marks(self.answer(gate.key, block), gate.min_level) for block in blocks_of(rows)]
        fails, doubtful = (np.concatenate(each) for each in zip(*marks, strict=True))
        return fails, doubtful

    def _is_weak(self, gate: ActiveCriterion, grades: Ints, rows: slice) -> Bools:
        """Which rows' facts are unknown, stale or not proved well enough."""
        question, columns = self.question, self.question.columns
        kept = ("weak", gate.key, gate.min_level, question.today, rows.start, rows.stop)
        by_grade = Graded(trusted(question, gate.key), columns.grades, (grades[rows],))
        return columns.kept.get(kept, lambda: (by_grade.is_weak(gate.min_level),))[0]

    def _is_broad(self, rows: slice) -> Bools:
        """Which rows name a process above the one asked for. Those of a process stand together."""
        code = self.question.columns.row_process_code[rows]
        if code[0] == code[-1]:
            return np.full(len(code), self._broad_processes[code[0]])
        return self._broad_processes.take(code, mode="clip")

    @cached_property
    def _broad_processes(self) -> Bools:
        fit = relations(self.question.taxonomy.process_tree, self.question.columns.processes, self.operation.process)
        is_broad: Bools = fit == TOO_BROAD
        return is_broad

    def answer(self, key: str, rows: Rows) -> Answer:
        return OF_OPERATION[key](self.question, self.targets[key], rows)
