"""What keeps a supplier from being eligible for requirements, need by need, and which changes could be of use."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from matchmaking.engine.columns import Bools, Floats, Ints
from matchmaking.engine.demand import Demand
from matchmaking.engine.gap_changes import EVIDENCE, FIELD_OF, LANGUAGE, STANDARD, Change, changed
from matchmaking.engine.gap_steps import free_capacity, steps
from matchmaking.engine.gap_variants import Candidates
from matchmaking.engine.gates import PASSED
from matchmaking.engine.lists import Runs, ends
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import CRITERIA, PER_OPERATION, Fact, SupplierRecord, Taxonomy
from matchmaking.engine.opportunities import Matching, Opportunities, Questions, candidates_of

OF_ROWS: Final = tuple(key for key in FIELD_OF if key in PER_OPERATION)
OF_PLACE: Final = ("distance", "corridor")
SMALLER_IS_BETTER: Final = frozenset({"tolerance", "roughness", "moq", "lead_time"})
MOST_CANDIDATES: Final = 150_000
"""So many pairs of an operation and a capability are looked at, at most."""


class Needs:
    """One supplier before the open requirements for which it is not eligible, but could be.

    Arrays of pairs have an entry for each operation and capability that may do it, of these requirements alone.

    Attributes:
        found: how it does as it is.
        within_reach: shape (requirements of the demand,).
        left_out: how many requirements are not looked at, since that would be too many pairs.
    """

    def __init__(
        self, demand: Demand, record: SupplierRecord, taxonomy: Taxonomy, as_of: date, among: Bools | None
    ) -> None:
        self.demand, self.record, self.taxonomy, self.as_of = demand, record, taxonomy, as_of
        everything = [Change(EVIDENCE, row.id) for row in record.capabilities] + [Change(EVIDENCE)]
        as_it_is, proved = record, changed(record, everything, as_of)
        columns = build_columns([_named(as_it_is, "0"), _named(proved, "1")], taxonomy)
        question = Questions(columns, taxonomy, as_of.toordinal())
        own, proven = (columns.rows_of_supplier.gather(np.array([number]))[1] for number in (0, 1))
        place_of_row = np.zeros(len(columns.row_rank), dtype=np.int64)
        place_of_row[own] = np.arange(len(own))
        operations, rows = candidates_of(demand, 0, question, among)
        self.matching = Matching(demand, np.zeros(len(demand), dtype=np.int64), question)
        self.proved = Matching(demand, np.ones(len(demand), dtype=np.int64), question)
        self.found: Opportunities = self.matching.found(operations, rows)
        self.within_reach = np.zeros(len(demand), dtype=np.bool_)
        self.within_reach[self.found.requirements] = self.found.eligibility != 0
        self._leave_out_the_hopeless_firms()
        self._turns, self.left_out = self._leave_out_what_is_too_much(operations)
        kept = self.within_reach[demand.requirement_of[operations]]
        self.operations, self.rows, self.places = operations[kept], rows[kept], place_of_row[rows[kept]]
        self._proven_rows = proven[self.places]
        self._look_at_pairs()
        self._look_at_places()

    @property
    def in_turn(self) -> Ints:
        """The requirements within reach: those with the fewest pairs first, then by id."""
        within_reach: Ints = self._turns[self.within_reach[self._turns]]
        return within_reach

    @cached_property
    def requirements(self) -> Ints:
        """Of each pair."""
        requirements: Ints = self.demand.requirement_of[self.operations]
        return requirements

    @cached_property
    def candidates(self) -> Candidates:
        """All pairs, also those that nothing helps: another row may always be taken."""
        counts = np.bincount(self.requirements, minlength=len(self.demand))
        return Candidates(self.operations, self.places, Runs(ends(counts)))

    def is_gate(self, key: str) -> Bools:
        """Shape (requirements,): whether the criterion is one."""
        is_gate: Bools = self.demand.requirements["gate"][:, CRITERIA.index(key)]
        return is_gate

    def _leave_out_what_is_too_much(self, operations: Ints) -> tuple[Ints, int]:
        """Requirements in turn, and how many of them are too many. Other processes know them by other positions."""
        reached = np.flatnonzero(self.within_reach)
        pairs = np.bincount(self.demand.requirement_of[operations], minlength=len(self.demand))[reached]
        ids = np.array([self.demand.ids[position] for position in reached.tolist()], dtype=np.str_)
        turns = np.lexsort((ids, pairs))
        fits = np.cumsum(pairs[turns]) <= MOST_CANDIDATES
        self.within_reach[reached[turns[~fits]]] = False
        return reached[turns[fits]], int(np.count_nonzero(~fits))

    # What nothing helps.

    def _leave_out_the_hopeless_firms(self) -> None:
        """Nobody changes its track record; a share of exports can only be confirmed."""
        for key in ("track_record", "export_experience"):
            at = self.found.requirements[self.found.gates[key] != PASSED]
            helped = self.proved.firm_on(key, at).gate == PASSED if len(at) else np.zeros(0, dtype=np.bool_)
            self.within_reach[at[~helped]] = False

    def _look_at_pairs(self) -> None:
        """Which criteria of a pair are in doubt, which of these evidence settles and which a better figure can."""
        self.by_evidence: dict[str, Bools] = {}
        self.by_figure: dict[str, Bools] = {}
        self.viable = np.ones(len(self.operations), dtype=np.bool_)
        for key in PER_OPERATION:
            doubt = self.matching.pairs_on(key, self.operations, self.rows).gate != PASSED
            settled = self.matching.pairs_on(key, self.operations, self._proven_rows).gate == PASSED
            self.by_evidence[key] = doubt & settled
            figure = doubt & ~settled
            if key == "capacity":
                figure &= self._has_the_unit(np.flatnonzero(figure))
            self.by_figure[key] = figure if key in FIELD_OF else np.zeros_like(figure)
            self.viable &= ~doubt | self.by_evidence[key] | self.by_figure[key]
        self._keep_those_with_all_operations()

    def _has_the_unit(self, pairs: Ints) -> Bools:
        """Free capacity in another unit is no better figure of the same."""
        units, any_unit = self.demand.codes.units, -3
        stated = [row.monthly_capacity for row in self.record.capabilities]
        numbers = [any_unit if fact is None or fact.value is None else units.number(fact.unit) for fact in stated]
        of_rows = np.array(numbers, dtype=np.int64)[self.places[pairs]]
        has_it = np.zeros(len(self.operations), dtype=np.bool_)
        has_it[pairs] = (of_rows == any_unit) | (of_rows == self._units_of(pairs))
        return has_it

    def _units_of(self, pairs: Ints) -> Ints:
        units: Ints = self.demand.requirements["unit"][self.requirements[pairs]].astype(np.int64)
        return units

    def _keep_those_with_all_operations(self) -> None:
        able = np.zeros(len(self.demand.operations), dtype=np.bool_)
        able[self.operations[self.viable]] = True
        counts = np.bincount(self.demand.requirement_of[able], minlength=len(self.demand))
        self.within_reach &= counts == self.demand.operations_of.lengths()

    def _look_at_places(self) -> None:
        """Nobody moves: a site at the right place is there or not."""
        self.depends_on_place = np.zeros(len(self.demand), dtype=np.bool_)
        for key in OF_PLACE:
            at = np.flatnonzero(self.viable & self.is_gate(key)[self.requirements])
            if not len(at):
                continue
            asking = self.requirements[at]
            right = self.matching.rows_on(key, asking, self.rows[at][np.newaxis]).gate == PASSED
            some, others = (np.bincount(asking[of], minlength=len(self.demand)) > 0 for of in (right, ~right))
            self.within_reach &= some | ~others
            self.depends_on_place |= some & others

    # What could be of use.

    def offered(self) -> list[Change]:
        """The changes to look at: those that meet some need of a requirement within reach."""
        return [*self._of_capabilities(), *self._of_the_firm()]

    def _of_capabilities(self) -> Iterator[Change]:
        useful = self.viable & self.within_reach[self.requirements]
        days = self._days_wanted()
        for place, row in enumerate(self.record.capabilities):
            here = self.pairs_of(place)
            here = here[useful[here]]
            if not len(here):
                continue
            for key in OF_ROWS:
                yield from self._figures(key, place, here[self.by_figure[key][here]])
            yield from (Change("lead_time", row.id, each) for each in steps(sorted(days.get(place, ()), reverse=True)))
            counts_days = self.is_gate("lead_time")[self.requirements[here]].any() and row.lead_time_days is not None
            if counts_days or any(helped[here].any() for helped in self.by_evidence.values()):
                yield Change(EVIDENCE, row.id)

    def _figures(self, key: str, place: int, pairs: Ints) -> Iterator[Change]:
        row = self.record.capabilities[place]
        if not len(pairs):
            return
        targets = self.matching.target_of(key, self.operations[pairs], self.requirements[pairs])
        if key == "part_size":
            yield from (Change(key, row.id, sides) for sides in steps(_envelopes(row.envelope_mm, targets)))
        elif key == "capacity":
            by_unit, names = dict[str | None, list[float]](), [*self.demand.codes.units.names, None]
            for number, quantity in zip(self._units_of(pairs).tolist(), targets.value.tolist(), strict=True):
                by_unit.setdefault(names[number], []).append(quantity)
            for unit in sorted(by_unit, key=str):
                wanted = [free_capacity(quantity) for quantity in steps(sorted(by_unit[unit]))]
                yield from (Change(key, row.id, amount, unit) for amount in dict.fromkeys(wanted))
        else:
            asked = sorted(targets.tolist(), reverse=key in SMALLER_IS_BETTER)
            yield from (Change(key, row.id, amount) for amount in steps(asked))

    def _days_wanted(self) -> dict[int, list[float]]:
        """By capability the days, whole ones, with which it would be in time where others take what they do at best."""
        wanted: dict[int, list[float]] = {}
        for requirement in np.flatnonzero(self.within_reach & self.is_gate("lead_time")).tolist():
            target = float(self.demand.requirements["lead_time_days"][requirement])
            chain = [[self.place_of[pair] for pair in pairs] for pairs in self.viable_by_operation(requirement)]
            quickest = [min(places, key=lambda place: (self.days_of(place), place)) for places in chain]
            for step, places in enumerate(chain):
                others = quickest[:step] + quickest[step + 1 :]
                for place in places:
                    taken = sum(self.days_of(other) for other in others if other != place)
                    left = (target - taken) / (1 + others.count(place))
                    if 1 <= left < self.days_of(place):
                        wanted.setdefault(place, []).append(float(math.floor(left)))
        return wanted

    def viable_by_operation(self, requirement: int) -> list[list[int]]:
        """For each operation the pairs of capabilities that could do it."""
        found: dict[int, list[int]] = {}
        for pair in range(*self.candidates.of.offsets[requirement : requirement + 2].tolist()):
            if self._viable[pair]:
                found.setdefault(self._operations[pair], []).append(pair)
        return list(found.values())

    def pairs_of(self, place: int) -> Ints:
        """The pairs of a capability, rising."""
        pairs, of = self._by_place
        own: Ints = pairs[of.offsets[place] : of.offsets[place + 1]]
        return own

    @cached_property
    def _by_place(self) -> tuple[Ints, Runs]:
        counts = np.bincount(self.places, minlength=len(self.record.capabilities))
        return np.argsort(self.places, kind="stable"), Runs(ends(counts))

    @cached_property
    def place_of(self) -> list[int]:
        """Of each pair, the capability's."""
        places: list[int] = self.places.tolist()
        return places

    @cached_property
    def _operations(self) -> list[int]:
        operations: list[int] = self.operations.tolist()
        return operations

    @cached_property
    def _viable(self) -> list[bool]:
        viable: list[bool] = self.viable.tolist()
        return viable

    def days_of(self, place: int) -> float:
        """Of a capability; infinitely many where nobody knows."""
        fact = self.record.capabilities[place].lead_time_days
        return math.inf if fact is None or fact.value is None else fact.value

    def _of_the_firm(self) -> Iterator[Change]:
        """Standards and languages that are asked and not there, and proof of what is."""
        standards = {standard for wanting in self.standards_wanting.values() for standard in wanting}
        yield from (Change(STANDARD, None, standard) for standard in sorted(standards))
        languages = {language for wanting in self.languages_wanting.values() for language in wanting}
        yield from (Change(LANGUAGE, None, language) for language in sorted(languages))
        if self.unproved_languages or self.unproved_exports:
            yield Change(EVIDENCE)

    @cached_property
    def standards_wanting(self) -> dict[int, list[str]]:
        """By requirement the standards asked, by gates, that are not held, or not proved well enough."""
        names, wanting = self.demand.codes.standards.names, dict[int, list[str]]()
        for key in ("certifications", "certifications_preferred"):
            asking = np.flatnonzero(self.within_reach & self.is_gate(key))
            if len(asking):
                owner, standard, parts = self.matching.standards_on(key, asking)
                for at in np.flatnonzero(parts.gate != PASSED).tolist():
                    wanting.setdefault(int(asking[owner[at]]), []).append(names[standard[at]])
        return wanting

    @cached_property
    def languages_wanting(self) -> dict[int, list[str]]:
        """By requirement the languages asked, by gates, that are not spoken; none where they are only not proved."""
        return {
            requirement: [each for each in self._languages(requirement) if each not in self._spoken]
            for requirement in self._in_doubt("languages")
        }

    @cached_property
    def unproved_languages(self) -> frozenset[int]:
        """Requirements for which all languages asked are spoken, but not proved well enough."""
        return frozenset(each for each, missing in self.languages_wanting.items() if not missing)

    @cached_property
    def unproved_exports(self) -> frozenset[int]:
        return frozenset(self._in_doubt("export_experience"))

    @property
    def _spoken(self) -> tuple[str, ...]:
        return (self.record.languages and self.record.languages.value) or ()

    def _languages(self, requirement: int) -> list[str]:
        numbers = self.demand.lists["languages"].gather(np.array([requirement]))[1]
        return [self.demand.codes.languages.names[number] for number in numbers.tolist()]

    def _in_doubt(self, key: str) -> list[int]:
        at = self.found.requirements[self.found.gates[key] != PASSED]
        doubtful: list[int] = at[self.within_reach[at]].tolist()
        return doubtful


def _named(record: SupplierRecord, name: str) -> SupplierRecord:
    return replace(record, id=name)


Sides = tuple[float, float, float]


def _envelopes(stated: Fact[Sides] | None, parts: Floats) -> list[Sides]:
    """What is stated, enlarged for each part; the smallest room first."""
    sides = np.sort(np.array((stated and stated.value) or (0.0, 0.0, 0.0)))[::-1]
    enlarged = np.maximum(sides, np.sort(parts, axis=1)[:, ::-1])
    found: list[Sides] = [(length, width, height) for length, width, height in enlarged.tolist()]
    return sorted(found, key=lambda each: (sum(map(math.log, each)), each))
