"""Which of the offered changes meet which needs of a supplier."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from matchmaking.engine.columns import Bools
from matchmaking.engine.demand import Demand
from matchmaking.engine.gap_changes import EVIDENCE, LANGUAGE, STANDARD, Change
from matchmaking.engine.gap_covers import MET, Covers, all_of, one_of
from matchmaking.engine.gap_needs import OF_ROWS, Needs
from matchmaking.engine.gap_variants import NONE, Variants
from matchmaking.engine.gates import PASSED
from matchmaking.engine.model import PER_OPERATION
from matchmaking.engine.opportunities import Matching


class Means:
    """What meets the needs that are each by themselves, and what may decide those that depend on the rows taken.

    Attributes:
        pairs_built: how many pairs of changes were put together so far, also on the way.
    """

    def __init__(self, needs: Needs, offered: Sequence[Change], variants: Variants) -> None:
        self.needs, self.offered = needs, offered
        self.pairs_built = 0
        self._place_of: list[int] = variants.place_of[:-1].tolist()
        self._of_firm = {
            kind: [number for number, each in enumerate(offered) if (each.kind, each.capability) == (kind, None)]
            for kind in (STANDARD, LANGUAGE, EVIDENCE)
        }
        self._first_of = self._first_numbers()
        self._of_pairs = self._masks_of_pairs(variants)
        self._in_time = _surely_in_time(needs)
        self._late_means = self._by_place(("lead_time", EVIDENCE))
        self._all_means = self._by_place(None)

    def covers_of(self, requirement: int) -> Covers:
        """What meets all needs but those that depend on the rows taken.

        Raises:
            TooManyPairsError: see there.
        """
        found = MET
        for need in (*self._of_the_firm(requirement), *self._of_operations(requirement)):
            found = found.both(need)
            self.pairs_built += len(found.pairs)
        return found

    def may_decide(self, requirement: int) -> tuple[int, bool]:
        """The changes that may decide whether the rows taken are in time, or near enough; and whether one may undo what
        another does, since an operation has a choice of rows."""
        needs, chain = self.needs, self.needs.viable_by_operation(requirement)
        is_late = bool(needs.is_gate("lead_time")[requirement]) and not self._in_time[requirement]
        has_choice = any(len(pairs) > 1 for pairs in chain)
        if not (is_late or (has_choice and needs.depends_on_place[requirement])):
            return 0, False
        means = self._all_means if has_choice else self._late_means
        places = {needs.place_of[pair] for pairs in chain for pair in pairs}
        return sum(means.get(place, 0) for place in places), has_choice

    def _of_operations(self, requirement: int) -> Iterator[Covers]:
        for pairs in self.needs.viable_by_operation(requirement):
            yield one_of(all_of(self._of_pair(pair)) for pair in pairs)

    def _of_pair(self, pair: int) -> Iterator[Covers]:
        first = self._first_of.get(self.needs.place_of[pair], 0)
        return (Covers(mask << first) for mask in self._of_pairs.get(pair, ()))

    def _of_the_firm(self, requirement: int) -> Iterator[Covers]:
        needs, of_firm = self.needs, self._of_firm
        for standard in needs.standards_wanting.get(requirement, ()):
            proving = needs.taxonomy.proving(standard)
            yield Covers(self._mask(each for each in of_firm[STANDARD] if self.offered[each].amount in proving))
        for language in needs.languages_wanting.get(requirement, ()):
            yield Covers(self._mask(each for each in of_firm[LANGUAGE] if self.offered[each].amount == language))
        if requirement in needs.unproved_exports:
            yield Covers(self._mask(of_firm[EVIDENCE]))
        if requirement in needs.unproved_languages:  # a longer list is a new one
            yield Covers(self._mask((*of_firm[EVIDENCE], *of_firm[LANGUAGE])))

    @staticmethod
    def _mask(numbers: Iterable[int]) -> int:
        return sum(1 << number for number in numbers)

    def _by_place(self, kinds: tuple[str, ...] | None) -> dict[int, int]:
        """By capability its changes, of some kinds only."""
        masks: dict[int, int] = {}
        for number, (place, change) in enumerate(zip(self._place_of, self.offered, strict=True)):
            if place != NONE and (kinds is None or change.kind in kinds):
                masks[place] = masks.get(place, 0) | 1 << number
        return masks

    def _first_numbers(self) -> dict[int, int]:
        """By capability the number of its first change: they are offered one after the other."""
        found: dict[int, int] = {}
        for number, place in enumerate(self._place_of):
            found.setdefault(place, number)
        return found

    def _masks_of_pairs(self, variants: Variants) -> dict[int, list[int]]:
        """For each pair of an operation and a capability what meets each of its needs. Bits count from the
        capability's first change: of thousands of changes each mask would be long."""
        needs, found = self.needs, dict[int, list[int]]()
        matching = Matching(needs.demand, np.zeros(len(needs.demand), dtype=np.int64), variants.question)
        of_place = [pairs[needs.viable[pairs]] for pairs in map(needs.pairs_of, range(len(needs.record.capabilities)))]
        bit_of = [1 << (number - self._first_of[place]) for number, place in enumerate(self._place_of)]
        proof = {self._place_of[n]: bit_of[n] for n, change in enumerate(self.offered) if change.kind == EVIDENCE}
        for key in PER_OPERATION:
            by_evidence = needs.by_evidence[key]
            masks = {
                pair: proof.get(needs.place_of[pair], 0) if by_evidence[pair] else 0
                for pair in np.flatnonzero(needs.viable & (by_evidence | needs.by_figure[key])).tolist()
            }
            if key in OF_ROWS:
                numbers = [number for number, change in enumerate(self.offered) if change.kind == key]
                pairs = [of_place[self._place_of[number]] for number in numbers]
                change = np.repeat(np.array(numbers, dtype=np.int64), [len(each) for each in pairs])
                pair = np.concatenate([np.zeros(0, dtype=np.int64), *pairs])
                judged = matching.pairs_on(key, needs.operations[pair], variants.rows_after(change))
                passes = judged.gate == PASSED
                for at, number in zip(pair[passes].tolist(), change[passes].tolist(), strict=True):
                    if at in masks:
                        masks[at] |= bit_of[number]
            for at, mask in masks.items():
                found.setdefault(at, []).append(mask)
        return found


def _surely_in_time(needs: Needs) -> Bools:
    """Shape (requirements,): whether each chain is in time with its slowest capabilities, all of them proved."""
    demand: Demand = needs.demand
    in_time = np.zeros(len(demand), dtype=np.bool_)
    pairs = np.flatnonzero(needs.viable & needs.is_gate("lead_time")[needs.requirements])
    if not len(pairs):
        return in_time
    asking = needs.requirements[pairs]
    endless = np.full(len(pairs), np.inf)
    proved = needs.matching.rows_on("lead_time", asking, needs.rows[pairs][np.newaxis], endless).gate == PASSED
    slowest = np.zeros(len(demand.operations))
    days = np.array([needs.days_of(needs.place_of[pair]) for pair in pairs.tolist()])
    np.maximum.at(slowest, needs.operations[pairs], days)
    total = np.bincount(demand.requirement_of, weights=slowest, minlength=len(demand))
    doubtful = np.bincount(asking[~proved], minlength=len(demand)) > 0
    return (total <= demand.requirements["lead_time_days"]) & ~doubtful
