"""Who is eligible, unconfirmed or a near miss: found for all candidates at once, without scoring them."""

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from matchmaking.engine.certificates import proofs_of
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.criteria import OF_STANDARDS, OF_SUPPLIER, Offer, Question
from matchmaking.engine.gates import FAILED, PASSED, UNCONFIRMED, AnyAnswer, gate_states
from matchmaking.engine.model import ActiveCriterion
from matchmaking.engine.operation_gates import Criteria, OperationGates
from matchmaking.engine.rank import candidate_slices, ranked
from matchmaking.engine.ranking import Ranking

MANY: Final = 16
"""Candidates are looked up in a table of all suppliers if these are less than so many times as many."""
DEPENDENT_ON_ROWS: Final = ("lead_time", "distance", "corridor")
"""Criteria per supplier that look at the rows chosen."""
GONE: Final = FAILED + 1
"""In place of an eligibility: the supplier is not there."""


class Gates:
    """What the gates say of suppliers with a candidate row, who are meant by their place among those `listed`.

    Args:
        without: true for each supplier who is to be taken for not there.
    """

    def __init__(self, question: Question, criteria: Criteria, *, without: Bools | None = None) -> None:
        self.question, self.criteria, self.without = question, criteria, without
        self._last: tuple[Ints, Ranking] | None = None
        self.slices = [candidate_slices(question, operation) for operation in question.requirement.operations]
        self.candidates = sum(rows.stop - rows.start for each in self.slices for rows in each)

    @cached_property
    def _places(self) -> Sequence[Ints]:
        """The suppliers listed, rising, and for each run of rows the places of their suppliers among these."""
        columns = self.question.columns
        owners = [columns.row_supplier[rows] for each in self.slices for rows in each]
        return columns.kept.get(self._key, lambda: places_among(owners, len(columns.supplier_ids)))

    @property
    def _key(self) -> tuple[Hashable, ...]:
        return ("places", *((rows.start, rows.stop) for each in self.slices for rows in each))

    @property
    def listed(self) -> Ints:
        """Indexes of suppliers."""
        return self._places[0]

    @property
    def there(self) -> Ints:
        """Those of them who are there, rising."""
        return self.listed if self.without is None else self.listed.compress(~self.without.take(self.listed))

    @cached_property
    def operations(self) -> list[OperationGates]:
        places = iter(self._places[1:])
        runs = [[(rows, next(places)) for rows in each] for each in self.slices]
        return [
            OperationGates(self.question, self.criteria, operation, of_operation, len(self.listed), self._key)
            for operation, of_operation in zip(self.question.requirement.operations, runs, strict=True)
        ]

    @cached_property
    def own_state(self) -> Ints:
        """The worst that any gate says of each supplier that looks at no row."""
        state = np.zeros(len(self.listed), dtype=np.int8)
        for key, criterion in self.criteria.items():
            if criterion.is_gate and key in OF_SUPPLIER and key not in DEPENDENT_ON_ROWS:
                np.maximum(state, self._own_states(key, criterion), out=state)
        if self.without is not None:
            state[self.without.take(self.listed)] = GONE
        return state

    def _own_states(self, key: str, criterion: ActiveCriterion) -> Ints:
        """What a gate says of each supplier; kept where it asks no figure."""
        question = self.question

        def find() -> tuple[Ints]:
            parts = of_suppliers(question, key, self.listed)
            return (np.maximum.reduce([gate_states(part, criterion) for part in parts]),)

        if key not in OF_STANDARDS:
            return find()[0]
        asked = question.requirement.supplier_target(key)
        proofs = frozenset(proofs_of(question.columns, question.taxonomy, standard) for standard in asked)
        return question.columns.kept.get((*self._key, proofs, question.needed_on, criterion.min_level), find)[0]

    @cached_property
    def eligibility(self) -> Ints:
        """Of each supplier, or GONE."""
        state = self.own_state.copy()
        for operation in self.operations:
            np.maximum(state, operation.eligibility, out=state)
        for operation in self.operations:
            state[operation.failed_by_score(state < FAILED)] = FAILED
        if any(self.criteria[key].is_gate for key in DEPENDENT_ON_ROWS if key in self.criteria):
            judged = np.flatnonzero(state < FAILED)
            state[judged] = self._in_full(judged)
        return state

    @cached_property
    def counts(self) -> list[int]:
        """How many suppliers there are of each eligibility."""
        return [int(np.count_nonzero(self.eligibility == each)) for each in (PASSED, UNCONFIRMED, FAILED)]

    def group(self, eligibility: int) -> Ints:
        """Places of the suppliers with an eligibility, rising."""
        return np.flatnonzero(self.eligibility == eligibility)

    def _in_full(self, places: Ints) -> Ints:
        """Eligibility of suppliers of whom only the whole choice of rows can tell."""
        eligibility = np.empty(len(places), dtype=np.int8)
        ranking = self.ranked(places)
        eligibility[np.argsort(self.listed.take(places))] = ranking.eligibility[np.argsort(ranking.suppliers)]
        return eligibility

    def ranked(self, places: Ints) -> Ranking:
        """The ranking of some suppliers. Who asks for the last one again is given it again."""
        if self._last is None or self._last[0] is not places:
            self._last = places, ranked(self.question, self.criteria, among=np.sort(self.listed.take(places)))
        return self._last[1]


def of_suppliers(question: Question, key: str, suppliers: Ints) -> list[AnyAnswer]:
    """A criterion that does not look at rows, answered for some suppliers; its parts."""
    offer = Offer(suppliers, np.zeros((0, len(suppliers)), dtype=np.int64))
    return OF_SUPPLIER[key](question, question.requirement.supplier_target(key), offer)


def places_among(owners: Sequence[Ints], suppliers: int) -> tuple[Ints, ...]:
    """The suppliers that own rows, each once, rising, and for each run of rows the places of its owners among them.

    Args:
        owners: for each run of rows the index of each row's supplier.
        suppliers: how many there are in all.
    """
    every = np.concatenate([np.zeros(0, np.int32), *owners])
    if MANY * len(every) < suppliers:
        listed = np.unique(every)
        return listed, *(np.searchsorted(listed, owner).astype(np.int32) for owner in owners)
    is_listed = np.zeros(suppliers, dtype=np.bool_)
    is_listed[every] = True
    listed = np.flatnonzero(is_listed).astype(np.int32)
    place = np.zeros(suppliers, dtype=np.int32)
    place[listed] = np.arange(len(listed), dtype=np.int32)
    return listed, *(place.take(owner, mode="clip") for owner in owners)
