"""The other direction: how one supplier does for each of many requirements.

The numbers are those that `rank` gives for each pair, to the bit: criteria, gates and means are the same code, fed with
pairs of an operation and one of the supplier's rows instead of one operation and many suppliers' rows.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np

from matchmaking.engine.columns import NEVER, Bools, Columns, Floats, Ints
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer
from matchmaking.engine.demand import Demand
from matchmaking.engine.gates import FAILED, PASSED, UNCONFIRMED, AnyAnswer, Assessment, gate_states_at
from matchmaking.engine.lists import Ragged
from matchmaking.engine.model import CRITERIA, PER_OPERATION, PER_SUPPLIER, Taxonomy
from matchmaking.engine.rank import best_of_each
from matchmaking.engine.ranking import ELIGIBILITIES
from matchmaking.engine.score import SCORE_DECIMALS, decimal_units, weighted
from matchmaking.engine.targets import Picked, Places, Quantities

FIELDS: Final = {
    "tolerance": "tolerance_mm",
    "roughness": "roughness_um",
    "part_size": "part_size_mm",
    "part_mass": "part_mass_kg",
    "moq": "moq",
    "lead_time": "lead_time_days",
    "export_experience": "export_share_pct",
    "track_record": "track_record_share",
}
"""Where targets stand that are figures."""
ON_CHOSEN_ROWS: Final = ("lead_time", "distance", "corridor")
"""Criteria per supplier that look at the rows chosen."""


@dataclass(frozen=True)
class Opportunities:
    """The requirements of which a supplier has a row for at least one operation, and how it does for each.

    Arrays have one entry for each such requirement, in the order of the demand.

    Attributes:
        requirements: positions in the demand, rising.
        eligibility: indexes into `ELIGIBILITIES`.
        score, potential: not rounded.
        gates: by key of the criterion, PASSED where it does not count.
    """

    demand: Demand
    requirements: Ints
    eligibility: Ints
    score: Floats
    potential: Floats
    gates: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(self.requirements)

    def id_of(self, entry: int) -> str:
        return self.demand.ids[int(self.requirements[entry])]

    @cached_property
    def order(self) -> Ints:
        """Entries by eligibility, then score and potential falling, both as they are shown, then id."""
        ids = np.array([self.demand.ids[position] for position in self.requirements.tolist()], dtype=np.str_)
        potential, score = (-decimal_units(each, SCORE_DECIMALS) for each in (self.potential, self.score))
        return np.lexsort((ids, potential, score, self.eligibility))

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements by eligibility."""
        return dict(zip(ELIGIBILITIES, np.bincount(self.eligibility, minlength=3).tolist(), strict=True))

    def first(self, top: int | None, eligibility: Collection[str] = ELIGIBILITIES) -> list[int]:
        """The first entries in order, at most `top`, of those with some eligibility."""
        chosen = np.isin(self.eligibility, [ELIGIBILITIES.index(name) for name in eligibility])
        entries: list[int] = self.order[chosen[self.order]][:top].tolist()
        return entries

    def failed(self, entry: int) -> list[str]:
        """Gates failed, in order of name."""
        return self._with_gate(FAILED, entry)

    def unconfirmed(self, entry: int) -> list[str]:
        """Gates neither passed nor failed, in order of name."""
        return self._with_gate(UNCONFIRMED, entry)

    def _with_gate(self, state: int, entry: int) -> list[str]:
        return sorted(key for key, gate in self.gates.items() if gate[entry] == state)


def opportunities(
    demand: Demand, supplier: int, columns: Columns, taxonomy: Taxonomy, as_of: date, *, among: Bools | None = None
) -> Opportunities:
    """How a supplier does for each requirement for which it has a candidate row.

    Args:
        supplier: its index in the columns.
        among: shape (requirements,): which of them to look at; all unless given.

    Raises:
        KeyError: a material that a requirement asks for is not in the taxonomy.
    """
    question = Questions(columns, taxonomy, as_of.toordinal())
    with np.errstate(over="ignore"):  # as in `rank.ranked`
        matching = Matching(demand, np.full(len(demand), supplier), question)
        return matching.found(*candidates_of(demand, supplier, question, among))


def candidates_of(demand: Demand, supplier: int, question: "Questions", among: Bools | None) -> tuple[Ints, Ints]:
    """Pairs of an operation and a candidate row of the supplier: by operation, then by the order of the rows."""
    columns = question.columns
    rows = columns.rows_of_supplier.gather(np.array([supplier]))[1]
    codes, names = columns.row_process_code[rows].tolist(), columns.processes.names
    asking = {number: _operations_for(demand, question, names[number]) for number in set(codes)}
    found = [asking[number] for number in codes]
    operation = np.concatenate([np.arange(0), *found])
    row = np.repeat(rows, [len(each) for each in found])
    if among is not None:
        wanted = among[demand.requirement_of[operation]]
        operation, row = operation[wanted], row[wanted]
    order = np.argsort(operation, kind="stable")
    return operation[order], row[order]


def _operations_for(demand: Demand, question: "Questions", process: str) -> Ints:
    """The operations for which a row of a process is a candidate. Who is related to whom goes both ways."""
    related = question.taxonomy.process_tree.relations(process)
    numbers = demand.codes.processes.find(related)
    return demand.operations_with.gather(np.array(numbers, dtype=np.int64))[1]


@dataclass(frozen=True, slots=True)
class Questions:
    """What some requirements ask beside their targets, as `criteria` want to know it: one for each."""

    columns: Columns
    taxonomy: Taxonomy
    today: int
    near_km: Floats = field(default_factory=lambda: np.zeros(0))
    far_km: Floats = field(default_factory=lambda: np.zeros(0))
    needed_on: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


class Matching:
    """One supplier before many requirements, or for each of them another one. Assessments have one entry for each of
    what they are of.

    Args:
        suppliers: shape (requirements,), indexes in the columns.
    """

    def __init__(self, demand: Demand, suppliers: Ints, question: Questions) -> None:
        self.demand, self.suppliers, self.question = demand, suppliers, question

    def found(self, operations: Ints, rows: Ints) -> Opportunities:
        """How the suppliers do.

        Args:
            operations, rows: shape (pairs,), the candidates: by operation, then in the order of the rows' ids.
        """
        self._choose(operations, rows)
        return self._judged_whole()

    def _judged_whole(self) -> Opportunities:
        size, asked = len(self.listed), self.demand.requirements[self.listed]
        judged = {key: self._operations_on(key) for key in PER_OPERATION} | {
            key: self._supplier_on(key) for key in PER_SUPPLIER
        }
        weights = dict(zip(CRITERIA, asked["weight"].T.copy(), strict=True))
        score, potential = (
            weighted(ends, weights, asked["weights"], size)
            for ends in ({key: one.low for key, one in judged.items()}, {key: one.high for key, one in judged.items()})
        )
        gates = {key: one.gate for key, one in judged.items()}
        eligibility = np.maximum.reduce(list(gates.values()))
        return Opportunities(self.demand, self.listed, eligibility, score, potential, gates)

    # Which row each operation takes.

    def _choose(self, operations: Ints, rows: Ints) -> None:
        asked = self.demand.operations[operations]
        assessments = {key: self.pairs_on(key, operations, rows) for key in PER_OPERATION}
        weights = dict(zip(PER_OPERATION, asked["weight"].T.copy(), strict=True))
        lows = {key: assessment.low for key, assessment in assessments.items()}
        score = weighted(lows, weights, asked["weights"], len(operations))
        gates = [assessment.gate for assessment in assessments.values()]
        best = best_of_each(operations, gates, score)
        chosen, self.assessments = operations[best], {key: each.take(best) for key, each in assessments.items()}
        self.listed = np.unique(self.demand.requirement_of[chosen])
        self.owner, self.operations = self.demand.operations_of.gather(self.listed)
        self.places = np.searchsorted(self.operations, chosen)
        self.rows = np.full(len(self.operations), -1, dtype=np.int64)
        self.rows[self.places] = rows[best]

    def pairs_on(self, key: str, operations: Ints, rows: Ints) -> Assessment:
        """A criterion of operations, judged for pairs; nothing where an operation does not ask it."""
        at = np.flatnonzero(self.demand.operations["asks"][operations, PER_OPERATION.index(key)])
        judge = self._on_materials if key == "material" else self._on_targets
        part = judge(key, operations[at], rows[at]) if len(at) else NOTHING
        return part.spread(at, len(operations), otherwise=PASSED)

    def _on_targets(self, key: str, operations: Ints, rows: Ints) -> Assessment:
        requirements = self.demand.requirement_of[operations]
        answer = OF_OPERATION[key](self.question, self.target_of(key, operations, requirements), rows)
        return self._judged(key, answer, requirements)

    def _on_materials(self, key: str, operations: Ints, rows: Ints) -> Assessment:
        names, parts = self.demand.codes.materials.names, []
        for at, entries in _of_one_length(self.demand.materials, operations):
            required = [Picked(names, entry) for entry in entries]
            answer = OF_OPERATION[key](self.question, required, rows[at])
            parts.append((at, self._judged(key, answer, self.demand.requirement_of[operations[at]])))
        return Assessment.placed(parts, len(operations))

    def target_of(self, key: str, operations: Ints, requirements: Ints) -> Any:
        demand = self.demand
        if key == "process":
            return Picked(demand.codes.processes.names, demand.operations["process"][operations])
        if key == "capacity":
            unit = Picked([*demand.codes.units.names, None], demand.requirements["unit"][requirements])
            return Quantities(demand.requirements["quantity"][requirements], unit)
        if key == "moq":
            return demand.requirements["moq"][requirements]
        return demand.operations[FIELDS[key]][operations]

    def _judged(self, key: str, answer: AnyAnswer, requirements: Ints) -> Assessment:
        asked, number = self.demand.requirements, CRITERIA.index(key)
        gate = np.zeros(len(requirements), dtype=np.int8)
        is_gate = asked["gate"][requirements, number]
        if is_gate.any():
            states = gate_states_at(answer, asked["min_level"][requirements, number])
            gate = np.where(is_gate, states, np.int8(PASSED))
        return Assessment(answer.value, *answer.bounds, gate)

    # What that means for requirements.

    def _operations_on(self, key: str) -> Assessment:
        """A criterion of operations, judged for requirements."""
        at = np.flatnonzero(self.demand.operations["asks"][self.operations, PER_OPERATION.index(key)])
        if not len(at):
            return NOTHING.spread(at, len(self.listed), otherwise=PASSED)
        without_row = FAILED if key == "process" else PASSED
        parts = self.assessments[key].spread(self.places, len(self.operations), otherwise=without_row).take(at)
        asking, owner = np.unique(self.owner[at], return_inverse=True)
        return parts.by_owner(owner, len(asking)).spread(asking, len(self.listed), otherwise=PASSED)

    def _supplier_on(self, key: str) -> Assessment:
        """A criterion of suppliers, judged for requirements."""
        at = np.flatnonzero(self.demand.requirements["counts"][self.listed, CRITERIA.index(key)])
        part = NOTHING
        if len(at):
            on_rows = key in ON_CHOSEN_ROWS
            part = self._on_chosen_rows(key, at) if on_rows else self.firm_on(key, self.listed[at])
        return part.spread(at, len(self.listed), otherwise=PASSED)

    def firm_on(self, key: str, requirements: Ints) -> Assessment:
        """A criterion that looks at no rows, judged for requirements that ask it."""
        if key == "languages":
            return self._on_languages(key, requirements)
        if key in self.demand.lists:
            return self._on_standards(key, requirements)
        return self._on_offer(key, self.demand.requirements[FIELDS[key]][requirements], requirements)

    def _on_chosen_rows(self, key: str, entries: Ints) -> Assessment:
        operations, parts = Ragged(np.searchsorted(self.owner, np.arange(len(self.listed) + 1)), self.rows), []
        for at, rows in _of_one_length(operations, entries):
            requirements = self.listed[entries[at]]
            parts.append((at, self.rows_on(key, requirements, np.array(rows))))
        return Assessment.placed(parts, len(entries))

    def rows_on(self, key: str, requirements: Ints, rows: Ints, target: Any = None) -> Assessment:
        """A criterion that looks at the rows chosen, judged for requirements that ask it.

        Args:
            rows: shape (operations, requirements).
            target: in place of what they ask.
        """
        target = self._place_or_days(key, requirements) if target is None else target
        return self._on_offer(key, target, requirements, rows)

    def _place_or_days(self, key: str, requirements: Ints) -> Any:
        asked = self.demand.requirements
        if key == "lead_time":
            return asked[FIELDS[key]][requirements]
        province = Picked([*self.demand.codes.provinces.names, None], asked["province"][requirements])
        return Places(asked["direction"][requirements], province)

    def _on_languages(self, key: str, requirements: Ints) -> Assessment:
        names, parts = self.demand.codes.languages.names, []
        for at, entries in _of_one_length(self.demand.lists[key], requirements):
            asked = [Picked(names, entry) for entry in entries]
            parts.append((at, self._on_offer(key, asked, requirements[at])))
        return Assessment.placed(parts, len(requirements))

    def _on_standards(self, key: str, requirements: Ints) -> Assessment:
        owner, _standard, parts = self.standards_on(key, requirements)
        return parts.by_owner(owner, len(requirements))

    def standards_on(self, key: str, requirements: Ints) -> tuple[Ints, Ints, Assessment]:
        """Every standard apart: whose it is, as a place among the requirements, its code, and how it is judged."""
        owner, standard = self.demand.lists[key].gather(requirements)
        asked = Picked(self.demand.codes.standards.names, standard)
        return owner, standard, self._on_offer(key, asked, requirements[owner])

    def _on_offer(self, key: str, target: Any, requirements: Ints, rows: Ints | None = None) -> Assessment:
        size = len(requirements)
        rows = np.zeros((0, size), dtype=np.int64) if rows is None else rows
        offer = Offer(self.suppliers[requirements], rows)
        (answer,) = OF_SUPPLIER[key](self._asking(requirements), target, offer)
        return self._judged(key, answer, requirements)

    def _asking(self, requirements: Ints) -> Questions:
        asked = self.demand.requirements
        needed_on = asked["needed_on"][requirements]
        return replace(
            self.question,
            near_km=asked["near_km"][requirements],
            far_km=asked["far_km"][requirements],
            needed_on=np.where(needed_on == NEVER, self.question.today, needed_on),
        )


NOTHING: Final = Assessment.placed([], 0)


def _of_one_length(lists: Ragged, owners: Ints) -> Iterator[tuple[Ints, list[Ints]]]:
    """Owners whose lists are equally long, as places among `owners`, with all first entries, all second ones …"""
    lengths = lists.lengths(owners)
    for length in np.unique(lengths).tolist():
        at = np.flatnonzero(lengths == length)
        first = lists.offsets[owners[at]]
        yield at, [lists.entry[first + number] for number in range(length)]
