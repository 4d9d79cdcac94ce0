"""Who is eligible, unconfirmed or a near miss: found for all candidates at once, without scoring them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import Bools, Ints, Rows, taken
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question
from matchmaking.engine.gates import FAILED, PASSED, UNCONFIRMED, Answer, gate_marks, gate_states
from matchmaking.engine.model import ActiveCriterion, Operation
from matchmaking.engine.rank import candidate_slices, choose_rows, ranked, targets_of
from matchmaking.engine.ranking import Ranking

BLOCK: Final = 65_536
"""Rows judged together: their figures stay in the processor's cache."""
MANY: Final = 16
"""Candidates are looked up in a table of all suppliers if these are less than so many times as many."""
BESIDE: Final = 8
"""Rows outside the longest run are looked up in it if it is at least so many times as long."""
DEPENDENT_ON_ROWS: Final = ("lead_time", "distance", "corridor")
"""Criteria per supplier that look at the rows chosen."""
NONE: Final = 127
"""In place of a state: no candidate row."""

Criteria: TypeAlias = Mapping[str, ActiveCriterion]


class Gates:
    """What the gates say of suppliers with a candidate row.

    Suppliers are meant by their place among those `listed`, which are in no order. They are all that have a candidate
    row; but where `only_open`, those are left out at once who fail a gate that does not look at rows.
    """

    def __init__(self, question: Question, criteria: Criteria, *, only_open: bool = True) -> None:
        self.question, self.criteria = question, criteria
        self.own_gates = [
            (key, criterion)
            for key, criterion in criteria.items()
            if criterion.is_gate and key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS
        ]
        self.only_open = only_open and bool(self.own_gates)
        self.slices = [candidate_slices(question, operation) for operation in question.requirement.operations]
        self.candidates = sum(rows.stop - rows.start for each in self.slices for rows in each)

    @property
    def listed(self) -> Ints:
        """Indexes of suppliers."""
        return self._places[0]

    @cached_property
    def operations(self) -> list["OperationGates"]:
        places = iter(self._places[1])
        return [
            OperationGates(self, operation, [(rows, next(places)) for rows in each])
            for operation, each in zip(self.question.requirement.operations, self._rows, strict=True)
        ]

    @cached_property
    def everybody(self) -> "Gates":
        """The same with nobody left out."""
        return Gates(self.question, self.criteria, only_open=False) if self.only_open else self

    def group(self, eligibility: int) -> Ints:
        """Places of the suppliers with an eligibility, rising; of near misses only where nobody is left out."""
        open_, state = self._open
        if eligibility < FAILED:
            return open_.compress(state == eligibility)
        is_near_miss = np.ones(len(self.listed), dtype=np.bool_)
        is_near_miss[open_.compress(state < FAILED)] = False
        return np.flatnonzero(is_near_miss)

    @cached_property
    def counts(self) -> list[int]:
        """How many suppliers there are of each eligibility, those left out included."""
        passed, unconfirmed = (int(np.count_nonzero(self._open[1] == each)) for each in (PASSED, UNCONFIRMED))
        owners, suppliers = self._owners(self.slices), len(self.question.columns.supplier_ids)
        listed = count_among(owners, suppliers) if self.only_open else len(self.listed)
        return [passed, unconfirmed, listed - passed - unconfirmed]

    @cached_property
    def _rows(self) -> Sequence[Sequence[Rows]]:
        """Candidate rows by operation, in runs."""
        return [[self._open_rows(rows) for rows in each] for each in self.slices] if self.only_open else self.slices

    def _open_rows(self, rows: slice) -> Rows:
        """Those whose suppliers fail none of their own gates."""
        is_failed, start = np.zeros(rows.stop - rows.start, dtype=np.bool_), 0
        for block in blocks_of(rows):
            owner = taken(self.question.columns.row_supplier, block)
            failed = [
                gate_marks(part, criterion.min_level)[0]
                for key, criterion in self.own_gates
                for part in of_suppliers(self.question, key, owner)
            ]
            np.logical_or.reduce(failed, out=is_failed[start : start + len(owner)])
            start += len(owner)
        return narrowed(rows, np.flatnonzero(~is_failed))

    def _owners(self, rows_of_operations: Sequence[Sequence[Rows]]) -> list[Ints]:
        return [taken(self.question.columns.row_supplier, rows) for each in rows_of_operations for rows in each]

    @cached_property
    def _places(self) -> tuple[Ints, list[Rows]]:
        return places_among(self._owners(self._rows), len(self.question.columns.supplier_ids))

    @cached_property
    def _open(self) -> tuple[Ints, Ints]:
        """Places of suppliers whose rows do not plainly fail, and the worst that any gate says of each."""
        failed, doubtful = np.zeros((2, len(self.listed)), dtype=np.bool_)
        for operation in self.operations:
            failed |= operation.is_failed
            doubtful |= operation.state != PASSED
        open_ = np.flatnonzero(~failed)
        state = doubtful.take(open_, mode="clip").view(np.int8)  # true is UNCONFIRMED
        for key, criterion in self.own_gates:
            for part in self.of_suppliers(key, open_):
                np.maximum(state, gate_states(part, criterion), out=state)
        for operation in self.operations:
            self._judge_unclear(operation, open_, state)
        if any(self.criteria[key].is_gate for key in DEPENDENT_ON_ROWS if key in self.criteria):
            judged = np.flatnonzero(state < FAILED)
            state[judged] = self._in_full(open_[judged])
        return open_, state

    def _judge_unclear(self, operation: "OperationGates", places: Ints, state: Ints) -> None:
        """Make a state worse where only the scores of rows tell which row an operation takes, and it fails."""
        unclear = operation.unclear
        if not len(unclear):
            return
        is_unclear = np.zeros(len(self.listed), dtype=np.bool_)
        is_unclear[unclear] = True
        judged = np.flatnonzero(is_unclear.take(places, mode="clip") & (state < FAILED))
        judged = judged[np.argsort(self.listed.take(places.take(judged)))]
        among = self.listed.take(places.take(judged))
        choice = choose_rows(self.question, operation.operation, self.criteria, among=among)
        gates = [assessment.gate == FAILED for assessment in choice.assessments.values()]
        state[judged[np.logical_or.reduce(gates)]] = FAILED

    def _in_full(self, places: Ints) -> Ints:
        """Eligibility of suppliers of whom only the whole choice of rows can tell."""
        eligibility = np.empty(len(places), dtype=np.int8)
        ranking = self.ranked(places)
        eligibility[np.argsort(self.listed.take(places))] = ranking.eligibility[np.argsort(ranking.suppliers)]
        return eligibility

    def ranked(self, places: Ints) -> Ranking:
        """The ranking of some suppliers."""
        return ranked(self.question, self.criteria, among=np.sort(self.listed.take(places)))

    def of_suppliers(self, key: str, places: Ints) -> list[Answer]:
        """A criterion that does not look at rows, answered for some suppliers; its parts."""
        return of_suppliers(self.question, key, self.listed.take(places))


class OperationGates:
    """What an operation's gates say of candidate rows and of suppliers.

    A state is twice the number of gates in doubt, and one more where a gate failed; NONE without candidate row.

    Attributes:
        runs: candidate rows, with the places of their suppliers.
    """

    def __init__(self, gates: Gates, operation: Operation, runs: Sequence[tuple[Rows, Rows]]) -> None:
        self.question, self.operation, self.runs = gates.question, operation, runs
        self.size = len(gates.listed)
        self.targets = targets_of(gates.question, operation, gates.criteria)
        self.gates = [gates.criteria[key] for key in self.targets if gates.criteria[key].is_gate]

    @cached_property
    def row_states(self) -> list[Ints]:
        """By run."""
        return [self._row_states(rows) for rows, _ in self.runs]

    @cached_property
    def state(self) -> Ints:
        """Of each supplier's best row."""
        best = np.full(self.size, NONE, dtype=np.int8)
        for (_, places), states in zip(self.runs, self.row_states, strict=True):
            keep_least(best, places, states)
        return best

    @property
    def is_failed(self) -> Bools:
        """Whether the row that will be chosen fails a gate, where the states tell that."""
        failed: Bools = (self.state & 1).view(np.bool_)  # NONE is odd
        return failed

    @property
    def unclear(self) -> Ints:
        """Places where, of rows with as few gates in doubt, one fails and another does not: their scores decide.

        A place may occur more than once.
        """
        found = [
            narrowed(places, np.flatnonzero(taken(self.state, places) == states ^ 1))  # none is lower than the best
            for (_, places), states in zip(self.runs, self.row_states, strict=True)
        ]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def _row_states(self, rows: Rows) -> Ints:
        return np.concatenate([np.zeros(0, np.int8), *(self._states_of(block) for block in blocks_of(rows))])

    def _states_of(self, rows: Rows) -> Ints:
        in_doubt = np.zeros(len(taken(self.question.columns.row_role, rows)), dtype=np.int8)
        has_failed = np.zeros(len(in_doubt), dtype=np.bool_)
        for criterion in self.gates:
            fails, doubtful = gate_marks(self.answer(criterion.key, rows), criterion.min_level)
            in_doubt += fails | doubtful
            has_failed |= fails
        states: Ints = 2 * in_doubt + has_failed
        return states

    def answer(self, key: str, rows: Rows) -> Answer:
        return OF_OPERATION[key](self.question, self.targets[key], rows)


def of_suppliers(question: Question, key: str, suppliers: Ints) -> list[Answer]:
    """A criterion that does not look at rows, answered for some suppliers; its parts."""
    offer = Offer(suppliers, np.zeros((0, len(suppliers)), dtype=np.int64))
    return OF_SUPPLIER[key](question, question.requirement.supplier_target(key), offer)


def count_among(owners: Sequence[Ints], suppliers: int) -> int:
    """How many suppliers own rows; arguments as of `places_among`."""
    is_owner = np.zeros(suppliers, dtype=np.bool_)
    for owner in owners:
        is_owner[owner] = True
    return int(np.count_nonzero(is_owner))


def places_among(owners: Sequence[Ints], suppliers: int) -> tuple[Ints, list[Rows]]:
    """The suppliers that own rows, each once, and for each row the place of its owner among them.

    Args:
        owners: for each run of rows the index of each row's supplier.
        suppliers: how many there are in all.
    """
    every = np.concatenate([np.zeros(0, np.int32), *owners])
    most = max(owners, key=len, default=every)
    if BESIDE * (len(every) - len(most)) <= len(most) and (most[1:] >= most[:-1]).all():
        return _places_beside(most, owners)
    if MANY * len(every) < suppliers:
        listed = np.unique(every)
        return listed, [np.searchsorted(listed, owner) for owner in owners]
    is_listed = np.zeros(suppliers, dtype=np.bool_)
    is_listed[every] = True
    listed = np.flatnonzero(is_listed)
    place = np.zeros(suppliers, dtype=np.int32)
    place[listed] = np.arange(len(listed), dtype=np.int32)
    return listed, [place.take(owner, mode="clip") for owner in owners]


def _places_beside(most: Ints, owners: Sequence[Ints]) -> tuple[Ints, list[Rows]]:
    """The same where most rows are in one run, in which owners rise; those who are not in it come last."""
    is_first = np.concatenate(([True], most[1:] != most[:-1]))[: len(most)]
    is_whole = bool(is_first.all())
    rising = most if is_whole else most.compress(is_first)
    within: Rows = slice(0, len(most)) if is_whole else np.cumsum(is_first) - 1
    runs = [np.zeros(0, np.int32), *(owner for owner in owners if owner is not most)]
    others, number = np.unique(np.concatenate(runs), return_inverse=True)
    place = np.searchsorted(rising, others)
    is_new = rising.take(place, mode="clip") != others if len(rising) else np.ones(len(others), np.bool_)
    place[is_new] = len(rising) + np.arange(np.count_nonzero(is_new))
    places = iter(np.split(place[number], np.cumsum([len(run) for run in runs])))
    next(places)
    listed = np.concatenate([rising, others[is_new]])
    return listed, [within if owner is most else next(places) for owner in owners]


def keep_least(least: npt.NDArray[Any], places: Rows, values: npt.NDArray[Any]) -> None:
    """Put values at places where they are lower than what stands there; a place may occur more than once."""
    if isinstance(places, slice):
        np.minimum(least[places], values, out=least[places])
    else:
        np.minimum.at(least, places, values)


def narrowed(rows: Rows, kept: Rows) -> Rows:
    """Those of some rows that are kept, given by their places among them."""
    if not isinstance(rows, slice):
        return taken(rows, kept)
    if isinstance(kept, slice):
        return slice(rows.start + kept.start, rows.start + kept.stop)
    shifted: Ints = rows.start + kept
    return shifted


@overload
def blocks_of(rows: slice) -> Iterator[slice]: ...
@overload
def blocks_of(rows: Ints) -> Iterator[Ints]: ...
def blocks_of(rows: Rows) -> Iterator[Rows]:
    """The same rows, at most `BLOCK` at a time."""
    if not isinstance(rows, slice):
        yield from (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
        return
    for start in range(rows.start, rows.stop, BLOCK):
        yield slice(start, min(start + BLOCK, rows.stop))
