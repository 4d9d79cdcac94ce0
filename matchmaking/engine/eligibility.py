"""Who is eligible, unconfirmed or a near miss: found for all candidates at once, without scoring them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import Bools, Ints, Rows, taken
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question
from matchmaking.engine.gates import FAILED, PASSED, Answer, gate_states
from matchmaking.engine.model import ActiveCriterion, Operation
from matchmaking.engine.rank import candidate_slices, ranked, targets_of
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking

BLOCK: Final = 65_536
"""Rows judged together: their figures stay in the processor's cache."""
MANY: Final = 16
"""Candidates are looked up in a table of all suppliers if these are less than so many times as many."""
DEPENDENT_ON_ROWS: Final = ("lead_time", "distance", "corridor")
"""Criteria per supplier that look at the rows chosen."""
NONE: Final = 127
"""In place of a state: no candidate row."""

Criteria: TypeAlias = Mapping[str, ActiveCriterion]


class Gates:
    """What the gates say of every supplier with a candidate row.

    Suppliers are meant by their place among these, `listed`.
    """

    def __init__(self, question: Question, criteria: Criteria) -> None:
        self.question, self.criteria = question, criteria
        slices = [candidate_slices(question, operation) for operation in question.requirement.operations]
        self.candidates = sum(rows.stop - rows.start for each in slices for rows in each)
        self.slices = slices

    @cached_property
    def _places(self) -> tuple[Ints, list[Rows]]:
        columns = self.question.columns
        owners = [columns.row_supplier[rows] for each in self.slices for rows in each]
        return places_among(owners, len(columns.supplier_ids))

    @property
    def listed(self) -> Ints:
        """Indexes of suppliers, rising."""
        return self._places[0]

    @cached_property
    def operations(self) -> list["OperationGates"]:
        places = iter(self._places[1])
        return [
            OperationGates(self, operation, [(rows, next(places)) for rows in each])
            for operation, each in zip(self.question.requirement.operations, self.slices, strict=True)
        ]

    @cached_property
    def groups(self) -> dict[str, Ints]:
        """Places of suppliers, rising, by eligibility."""
        failed, doubtful, unclear = np.zeros((3, len(self.listed)), dtype=np.bool_)
        for operation in self.operations:
            failed |= operation.is_failed
            doubtful |= operation.state != PASSED
            if operation.has_several_rows:
                unclear |= operation.is_unclear
        open_ = np.flatnonzero(~failed)
        state = self._with_suppliers_own(open_, doubtful.take(open_, mode="clip").view(np.int8))
        if any(self.criteria[key].is_gate for key in DEPENDENT_ON_ROWS if key in self.criteria):
            judged = np.flatnonzero(state < FAILED)
        else:
            judged = np.flatnonzero(unclear.take(open_, mode="clip") & (state < FAILED))
        if len(judged):
            state[judged] = self._in_full(open_[judged])
        groups = [open_[state == each] for each in (PASSED, 1)]
        rest = np.ones(len(self.listed), dtype=np.bool_)
        for group in groups:
            rest[group] = False
        return dict(zip(ELIGIBILITIES, [*groups, np.flatnonzero(rest)], strict=True))

    def _with_suppliers_own(self, places: Ints, state: Ints) -> Ints:
        """The worst of a state so far and of the gates that do not look at rows."""
        for key, criterion in self.criteria.items():
            if criterion.is_gate and key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS:
                still = np.flatnonzero(state < FAILED)
                for part in self.of_suppliers(key, places.take(still)):
                    state[still] = np.maximum(state.take(still), gate_states(part, criterion))
        return state

    def _in_full(self, places: Ints) -> Ints:
        """Eligibility of suppliers of whom only the choice of rows can tell."""
        ranking = self.ranked(places)
        eligibility: Ints = ranking.eligibility[np.argsort(ranking.suppliers)]
        return eligibility

    def ranked(self, places: Ints) -> Ranking:
        """The ranking of some suppliers, given by rising places."""
        return ranked(self.question, self.criteria, among=self.listed.take(places))

    def of_suppliers(self, key: str, places: Ints) -> list[Answer]:
        """A criterion that does not look at rows, answered for some suppliers; its parts."""
        offer = Offer(self.listed.take(places), np.zeros((0, len(places)), dtype=np.int64))
        return OF_SUPPLIER[key](self.question, self.question.requirement.supplier_target(key), offer)


class OperationGates:
    """What an operation's gates say of candidate rows and of suppliers.

    A state is twice the number of gates in doubt, and one more where a gate failed; NONE without candidate row.

    Attributes:
        slices: candidate rows, with the places of their suppliers.
    """

    def __init__(self, gates: Gates, operation: Operation, slices: Sequence[tuple[slice, Rows]]) -> None:
        self.question, self.operation, self.slices = gates.question, operation, slices
        self.size = len(gates.listed)
        self.targets = targets_of(gates.question, operation, gates.criteria)
        self.gates = [gates.criteria[key] for key in self.targets if gates.criteria[key].is_gate]

    @property
    def has_several_rows(self) -> bool:
        """Whether a supplier may have more than one candidate row."""
        return not (len(self.slices) == 1 and isinstance(self.slices[0][1], slice))

    @cached_property
    def row_states(self) -> list[Ints]:
        """By slice."""
        return [self._row_states(rows) for rows, _ in self.slices]

    @cached_property
    def state(self) -> Ints:
        """Of each supplier's best row."""
        return self._best(0)

    @property
    def is_failed(self) -> Bools:
        """Whether the row that will be chosen fails a gate, where the states tell that."""
        failed: Bools = (self.state & 1).view(np.bool_)  # NONE is odd
        return failed

    @property
    def is_unclear(self) -> Bools:
        """Whether, of rows with as few gates in doubt, one fails and another does not: then their scores decide."""
        if not any((states & 1).any() for states in self.row_states):
            return np.zeros(self.size, dtype=np.bool_)
        unclear: Bools = ~self.is_failed & (self._best(1) == self.state)
        return unclear

    def _best(self, turned: int) -> Ints:
        """The lowest state of each supplier's rows, with the last bit as it is or turned round."""
        best = np.full(self.size, NONE, dtype=np.int8)
        for (_, places), states in zip(self.slices, self.row_states, strict=True):
            keep_least(best, places, states ^ np.int8(turned))
        return best

    def _row_states(self, rows: slice) -> Ints:
        return np.concatenate([np.zeros(0, np.int8), *(self._states_of(block) for block in blocks_of(rows))])

    def _states_of(self, rows: slice) -> Ints:
        in_doubt, has_failed = np.zeros((2, rows.stop - rows.start), dtype=np.int8)
        for criterion in self.gates:
            gate = gate_states(self.answer(criterion.key, rows), criterion)
            in_doubt += gate != PASSED
            has_failed |= gate == FAILED
        states: Ints = 2 * in_doubt + has_failed
        return states

    def answer(self, key: str, rows: Rows) -> Answer:
        return OF_OPERATION[key](self.question, self.targets[key], rows)


def places_among(owners: Sequence[Ints], suppliers: int) -> tuple[Ints, list[Rows]]:
    """The suppliers that own rows, rising, and for each row the place of its owner among them.

    Args:
        owners: for each run of rows the index of each row's supplier.
        suppliers: how many there are in all.
    """
    if len(owners) == 1 and (owners[0][1:] > owners[0][:-1]).all():
        return owners[0], [slice(0, len(owners[0]))]
    every = np.concatenate([np.zeros(0, np.int32), *owners])
    if MANY * len(every) < suppliers:
        listed = np.unique(every)
        return listed, [np.searchsorted(listed, owner) for owner in owners]
    is_listed = np.zeros(suppliers, dtype=np.bool_)
    is_listed[every] = True
    listed = np.flatnonzero(is_listed)
    place = np.zeros(suppliers, dtype=np.int32)
    place[listed] = np.arange(len(listed), dtype=np.int32)
    return listed, [place.take(owner, mode="clip") for owner in owners]


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


def blocks_of(rows: slice) -> list[slice]:
    return [slice(start, min(start + BLOCK, rows.stop)) for start in range(rows.start, rows.stop, BLOCK)]
