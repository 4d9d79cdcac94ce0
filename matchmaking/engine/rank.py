"""From a requirement and columns to a ranking: choose rows, judge every criterion, score, order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np

from matchmaking.engine.columns import Columns, Floats, Ints
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question
from matchmaking.engine.gates import FAILED, FULL, HALF, PASSED, UNCONFIRMED, Assessment
from matchmaking.engine.model import PER_OPERATION, ActiveCriterion, Operation, Requirement, Taxonomy
from matchmaking.engine.score import (
    CHOICE_DECIMALS,
    SCORE_DECIMALS,
    decimal_units,
    rounded,
    weighted_mean,
)

ELIGIBILITIES: Final = ("eligible", "unconfirmed", "near_miss")


@dataclass(frozen=True, slots=True)
class Choice:
    """The row that each supplier with a candidate takes for one operation, and how that row does.

    Attributes:
        suppliers: shape (n,), rising.
        rows: shape (n,).
        assessments: by criterion, for those that the operation asks.
    """

    suppliers: Ints
    rows: Ints
    assessments: Mapping[str, Assessment]


@dataclass(frozen=True, slots=True)
class Part:
    """One operation's or one standard's share of a criterion. `index` counts operations, or standards by name."""

    index: int
    assessment: Assessment


@dataclass(frozen=True)
class Ranking:
    """Suppliers in rank order, with all that the order rests on.

    Arrays named here have one entry per listed supplier, best first; `order` leads from rank to the unsorted arrays.
    """

    requirement: Requirement
    columns: Columns
    as_of: date
    criteria: Mapping[str, ActiveCriterion]
    order: Ints
    suppliers: Ints
    eligibility: Ints
    score: Floats
    potential: Floats
    _chosen: Ints
    _assessments: Mapping[str, Assessment]
    _parts: Mapping[str, Sequence[Part]]

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def supplier_ids(self) -> tuple[str, ...]:
        return tuple(self.columns.supplier_ids[supplier] for supplier in self.suppliers.tolist())

    @cached_property
    def chosen_rows(self) -> Ints:
        """Shape (operations, suppliers): the row that each operation takes, -1 for none."""
        return self._chosen[:, self.order]

    @property
    def counts(self) -> dict[str, int]:
        """How many suppliers by eligibility."""
        counts = np.bincount(self.eligibility, minlength=len(ELIGIBILITIES)).tolist()
        return dict(zip(ELIGIBILITIES, counts, strict=True))

    def position_of(self, supplier_id: str) -> int | None:
        """Where a supplier stands, counted from 0; None if it is not listed."""
        return self._positions.get(supplier_id)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {supplier_id: position for position, supplier_id in enumerate(self.supplier_ids)}

    def assessment(self, key: str) -> Assessment:
        """A criterion's values, intervals and gates, best supplier first."""
        return self._assessments[key].take(self.order)

    def chosen_capability_ids(self, position: int) -> tuple[str | None, ...]:
        """The capability that each operation takes from the supplier at a position."""
        rows = self._chosen[:, self.order[position]].tolist()
        return tuple(None if row < 0 else self.columns.capability_ids[row] for row in rows)

    def failed(self, position: int) -> list[str]:
        """Gates failed, in order of name."""
        return self._with_gate(FAILED, position)

    def unconfirmed(self, position: int) -> list[str]:
        """Gates neither passed nor failed, in order of name."""
        return self._with_gate(UNCONFIRMED, position)

    def _with_gate(self, state: int, position: int) -> list[str]:
        place = self.order[position]
        return sorted(key for key, assessment in self._assessments.items() if assessment.gate[place] == state)

    def results(self, limit: int | None = None, offset: int = 0) -> list[dict[str, Any]]:
        """The result lines of the facts file's output, from `offset` on, at most `limit`."""
        end = len(self) if limit is None else min(len(self), offset + limit)
        return [self.result(position) for position in range(offset, end)]

    def result(self, position: int) -> dict[str, Any]:
        """The line of the supplier at a position."""
        return {
            "supplier": self.columns.supplier_ids[self.suppliers[position]],
            "rank": position + 1,
            "eligibility": ELIGIBILITIES[self.eligibility[position]],
            "score": rounded(self.score[position]),
            "potential": rounded(self.potential[position]),
            "failed": self.failed(position),
            "unconfirmed": self.unconfirmed(position),
            "criteria": {key: self._criterion_line(key, position) for key in self.criteria},
        }

    def _criterion_line(self, key: str, position: int) -> dict[str, Any]:
        criterion = self.criteria[key]
        setting = {"mode": criterion.mode, "weight": rounded(criterion.weight)}
        return setting | assessment_line(self._assessments[key], self.order[position])

    def part_lines(self, key: str, position: int) -> list[tuple[int, dict[str, Any]]]:
        """A criterion's parts for the supplier at a position: index of the operation or standard, its line and gate."""
        place = self.order[position]
        return [
            (part.index, assessment_line(part.assessment, place) | {"gate": int(part.assessment.gate[place])})
            for part in self._parts[key]
        ]


def assessment_line(assessment: Assessment, place: int) -> dict[str, Any]:
    """One entry of an assessment, rounded for output."""
    value, low, high = (float(array[place]) for array in (assessment.value, assessment.low, assessment.high))
    return {
        "value": None if np.isnan(value) else rounded(value),
        "confidence": rounded(1.0 - (high - low)),
        "low": rounded(low),
        "high": rounded(high),
        "verdict": verdict(value),
    }


def verdict(value: float) -> str:
    """A value in one word; NaN is unknown."""
    if np.isnan(value):
        return "unknown"
    return "meets" if value >= FULL else "near" if value >= HALF else "below"


def rank(requirement: Requirement, columns: Columns, taxonomy: Taxonomy, as_of: date) -> Ranking:
    """Rank all suppliers that have a candidate row for at least one operation.

    Raises:
        FactsError: the weights of the criteria asked sum to 0.
        KeyError: a process or material of the requirement is not in the taxonomy.
    """
    criteria = requirement.active_criteria()
    question = Question(requirement, columns, taxonomy, as_of.toordinal())
    with np.errstate(over="ignore"):  # a figure far above its target is infinitely many times it, and clipped
        choices = [choose_rows(question, operation, criteria) for operation in requirement.operations]
        listed = np.unique(np.concatenate([choice.suppliers for choice in choices]))
        chosen = _chosen_rows(choices, listed)
        parts = _parts(question, criteria, choices, Offer(listed, chosen))
    assessments = {key: Assessment.combine([part.assessment for part in parts[key]]) for key in criteria}
    size = len(listed)
    score = weighted_mean({key: assessment.low for key, assessment in assessments.items()}, criteria, size)
    potential = weighted_mean({key: assessment.high for key, assessment in assessments.items()}, criteria, size)
    eligibility = np.maximum.reduce([assessment.gate for assessment in assessments.values()])
    order = np.lexsort((-decimal_units(potential, SCORE_DECIMALS), -decimal_units(score, SCORE_DECIMALS), eligibility))
    return Ranking(
        requirement=requirement,
        columns=columns,
        as_of=as_of,
        criteria=criteria,
        order=order,
        suppliers=listed[order],
        eligibility=eligibility[order],
        score=score[order],
        potential=potential[order],
        _chosen=chosen,
        _assessments=assessments,
        _parts=parts,
    )


def choose_rows(question: Question, operation: Operation, criteria: Mapping[str, ActiveCriterion]) -> Choice:
    """For each supplier the row with the fewest gates in doubt, then the best score, then the lowest id."""
    rows = _candidates(question, operation)
    targets = {key: question.requirement.operation_target(operation, key) for key in PER_OPERATION if key in criteria}
    assessments = {
        key: Assessment.of(OF_OPERATION[key](question, target, rows), criteria[key])
        for key, target in targets.items()
        if target is not None
    }
    in_doubt = sum((assessment.gate != PASSED).astype(np.int8) for assessment in assessments.values())
    score = weighted_mean({key: assessment.low for key, assessment in assessments.items()}, criteria, len(rows))
    owner = question.columns.row_supplier[rows]
    order = np.lexsort((-decimal_units(score, CHOICE_DECIMALS), in_doubt, owner))
    first = np.flatnonzero(np.diff(owner[order], prepend=-1))
    best = order[first]
    return Choice(owner[best], rows[best], {key: assessment.take(best) for key, assessment in assessments.items()})


def _candidates(question: Question, operation: Operation) -> Ints:
    """Rows of the process, of those below it and of those above it, rising: so that the lower id stands first."""
    related = question.taxonomy.process_tree.relations(operation.process)
    codes = np.array(question.columns.processes.find(related), dtype=np.int64)
    return np.sort(question.columns.rows_by_process.gather(codes)[1])


def _chosen_rows(choices: Sequence[Choice], listed: Ints) -> Ints:
    chosen = np.full((len(choices), len(listed)), -1, dtype=np.int64)
    for rows, choice in zip(chosen, choices, strict=True):
        rows[np.searchsorted(listed, choice.suppliers)] = choice.rows
    return chosen


def _parts(
    question: Question,
    criteria: Mapping[str, ActiveCriterion],
    choices: Sequence[Choice],
    offer: Offer,
) -> dict[str, list[Part]]:
    """Every criterion's parts for every listed supplier."""
    positions = [np.searchsorted(offer.suppliers, choice.suppliers) for choice in choices]
    parts: dict[str, list[Part]] = {}
    for key, criterion in criteria.items():
        if key in OF_SUPPLIER:
            answers = OF_SUPPLIER[key](question, question.requirement.supplier_target(key), offer)
            parts[key] = [Part(index, Assessment.of(answer, criterion)) for index, answer in enumerate(answers)]
            continue
        without_row = FAILED if key == "process" else PASSED
        parts[key] = [
            Part(index, choice.assessments[key].spread(position, offer.size, otherwise=without_row))
            for index, (choice, position) in enumerate(zip(choices, positions, strict=True))
            if key in choice.assessments
        ]
    return parts
