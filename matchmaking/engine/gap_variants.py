"""One supplier as columns, as it is and after changes: its firm and each of its capabilities apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

import numpy as np

from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.demand import Demand
from matchmaking.engine.gap_changes import Change, changed, changed_row
from matchmaking.engine.lists import Runs
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import SupplierRecord, Taxonomy
from matchmaking.engine.opportunities import Matching, Questions

AT_ONCE: int = 50_000
"""About so many candidates are ranked at once."""
NONE = -1
"""In place of the number of a change or of a capability."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of an operation and a capability that may do it, by operation; `of` tells which are a requirement's."""

    operations: Ints
    places: Ints
    of: Runs


class Variants:
    """The firm and its capabilities after each of the offered changes alone, and after some pairs of them.

    Capabilities are known by their places in the order of ids, changes by theirs among those offered.
    """

    def __init__(
        self,
        record: SupplierRecord,
        offered: Sequence[Change],
        taxonomy: Taxonomy,
        as_of: date,
        *,
        pairs: Collection[tuple[int, int]] = (),
    ) -> None:
        places = {row.id: place for place, row in enumerate(record.capabilities)}
        self.place_of = np.array([places.get(each.capability or "", NONE) for each in offered] + [NONE], dtype=np.int64)
        apart = [(number,) for number in range(len(offered))]
        together = sorted(pair for pair in pairs if self.place_of[pair[0]] == self.place_of[pair[1]])
        firms, rows = [replace(record, sites=(), capabilities=())], list(record.capabilities)
        numbers: list[int] = []
        for chosen in (*apart, *together):
            changes = [offered[number] for number in chosen]
            place = int(self.place_of[chosen[0]])
            numbers.append(len(firms) if place == NONE else len(rows))
            if place == NONE:
                firms.append(changed(firms[0], changes, as_of))
            else:
                rows.append(changed_row(record.capabilities[place], changes, as_of))
        self._after = np.array([*numbers[: len(apart)], NONE], dtype=np.int64)
        self._after_both = np.array([*numbers[len(apart) :], NONE], dtype=np.int64)
        self._pairs = np.array([self._key(*pair) for pair in together], dtype=np.int64)
        named = [replace(row, id=f"{number:09d}") for number, row in zip(count(), rows)]
        owner = replace(record, id="rows", capabilities=tuple(named))
        columns = build_columns(
            [*(replace(firm, id=f"firm{number:09d}") for number, firm in enumerate(firms)), owner], taxonomy
        )
        self._rows = columns.rows_of_supplier.gather(np.array([len(firms)]))[1]
        self.question = Questions(columns, taxonomy, as_of.toordinal())

    def rows_after(self, changes: Ints) -> Ints:
        """The row that each of some changes of capabilities makes."""
        return self._rows[self._after[changes]]

    def eligible(self, demand: Demand, candidates: Candidates, requirements: Ints, first: Ints, second: Ints) -> Bools:
        """Whether the supplier is eligible for requirements, for each after one or two changes.

        Args:
            requirements: shape (n,), positions in the demand.
            first, second: shape (n,); of a single change the second is NONE.
        """
        part_of = np.cumsum(candidates.of.lengths(requirements)) // AT_ONCE
        parts = np.split(np.arange(len(requirements)), np.flatnonzero(np.diff(part_of)) + 1)
        found = [
            self._eligible(demand, candidates, requirements[part], first[part], second[part])
            for part in parts
            if len(part)
        ]
        return np.concatenate([np.zeros(0, dtype=np.bool_), *found])

    def _eligible(self, demand: Demand, candidates: Candidates, requirements: Ints, first: Ints, second: Ints) -> Bools:
        asked = demand.take(requirements)
        case, pair = candidates.of.gather(requirements)
        shift = asked.operations_of.offsets[:-1] - demand.operations_of.offsets[requirements]
        operations = candidates.operations[pair] + shift[case]
        rows = self._numbers(candidates.places[pair], first[case], second[case])
        firms = self._numbers(np.full(len(requirements), NONE), first, second)
        found = Matching(asked, firms, self.question).found(operations, self._rows[rows])
        eligible = np.zeros(len(requirements), dtype=np.bool_)
        eligible[found.requirements] = found.eligibility == 0
        return eligible

    def _numbers(self, places: Ints, first: Ints, second: Ints) -> Ints:
        """Which variant there is, of capabilities at some places or of the firm, after changes wherever these are."""
        by_first, by_second = ((changes != NONE) & (self.place_of[changes] == places) for changes in (first, second))
        at = np.searchsorted(self._pairs, self._key(first, second))
        return np.select(
            [by_first & by_second, by_first, by_second],
            [self._after_both[np.minimum(at, len(self._pairs))], self._after[first], self._after[second]],
            np.where(places == NONE, 0, places),
        )

    def _key(self, first: "int | Ints", second: "int | Ints") -> "int | Ints":
        return first * len(self.place_of) + second
