"""From a requirement and columns to a ranking: choose rows, judge every criterion, score, order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from matchmaking.engine.columns import Columns, Floats, Ints
from matchmaking.engine.criteria import OF_OPERATION, OF_SUPPLIER, Offer, Question
from matchmaking.engine.gates import FAILED, PASSED, Assessment
from matchmaking.engine.lists import firsts
from matchmaking.engine.model import PER_OPERATION, ActiveCriterion, Operation, Requirement, Taxonomy
from matchmaking.engine.ranking import ELIGIBILITIES, Part, Ranking
from matchmaking.engine.score import CHOICE_DECIMALS, SCORE_DECIMALS, decimal_units, weighted_mean

__all__ = ["ELIGIBILITIES", "Ranking", "rank"]

LARGE: Final = 4_096
"""From so many rows on, slices stay apart."""
SCORE_BITS: Final = 30
"""A score of 1 has fewer, in units of `CHOICE_DECIMALS`."""
ROW_BITS: Final = 28
"""More rows than these can number are nobody's: then gates in doubt, score and row would not fit in 64 bits."""


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


def rank(
    requirement: Requirement, columns: Columns, taxonomy: Taxonomy, as_of: date, *, among: Ints | None = None
) -> Ranking:
    """Rank all suppliers that have a candidate row for at least one operation.

    Args:
        among: indexes of suppliers, rising: rank only these.

    Raises:
        FactsError: the weights of the criteria asked sum to 0.
        KeyError: a process or material of the requirement is not in the taxonomy.
    """
    criteria = requirement.active_criteria()
    return ranked(Question(requirement, columns, taxonomy, as_of.toordinal()), criteria, among=among)


def ranked(question: Question, criteria: Mapping[str, ActiveCriterion], *, among: Ints | None = None) -> Ranking:
    """The same for a question that has been looked at already."""
    requirement, columns = question.requirement, question.columns
    with np.errstate(over="ignore"):  # a figure far above its target is infinitely many times it, and clipped
        choices = [choose_rows(question, operation, criteria, among=among) for operation in requirement.operations]
        listed = _together([choice.suppliers for choice in choices])
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
        as_of=date.fromordinal(question.today),
        criteria=criteria,
        suppliers=listed[order],
        eligibility=eligibility[order],
        score=score[order],
        potential=potential[order],
        _order=order,
        _chosen=chosen,
        _assessments=assessments,
        _parts=parts,
    )


def choose_rows(
    question: Question,
    operation: Operation,
    criteria: Mapping[str, ActiveCriterion],
    *,
    among: Ints | None = None,
) -> Choice:
    """For each supplier the row with the fewest gates in doubt, then the best score, then the lowest id."""
    rows = all_candidates(question, operation) if among is None else candidates_among(question, operation, among)[1]
    assessments = {
        key: Assessment.of(OF_OPERATION[key](question, target, rows), criteria[key])
        for key, target in targets_of(question, operation, criteria).items()
    }
    score = weighted_mean({key: assessment.low for key, assessment in assessments.items()}, criteria, len(rows))
    owner = question.columns.row_supplier[rows]
    best = best_of_each(owner, [assessment.gate for assessment in assessments.values()], score)
    return Choice(owner[best], rows[best], {key: assessment.take(best) for key, assessment in assessments.items()})


def best_of_each(owner: Ints, gates: Iterable[Ints], score: Floats) -> Ints:
    """Which candidate row each owner takes, in the order of owners; of rows that are alike the first.

    Args:
        owner: of each row, rising.
        gates: the states of each gate.
    """
    claim = np.zeros(len(owner), dtype=np.int64)
    for states in gates:
        claim += states != PASSED
    claim = (claim << SCORE_BITS) - decimal_units(score, CHOICE_DECIMALS)
    claim = (claim << ROW_BITS) + np.arange(len(owner))
    best: Ints = np.minimum.reduceat(claim, firsts(owner)) & ((1 << ROW_BITS) - 1)
    return best


def targets_of(question: Question, operation: Operation, criteria: Mapping[str, ActiveCriterion]) -> dict[str, object]:
    """What the operation asks of the criteria that count, by key."""
    targets = {key: question.requirement.operation_target(operation, key) for key in PER_OPERATION if key in criteria}
    return {key: target for key, target in targets.items() if target is not None}


def candidate_slices(question: Question, operation: Operation) -> list[slice]:
    """Rows of the process, of those below it and of those above it: few slices, since these stand together.

    A large process keeps its own, in which the order of suppliers is not broken.
    """
    related = question.taxonomy.process_tree.relations(operation.process)
    slices: list[slice] = []
    for number in sorted(question.columns.processes.find(related)):
        start, stop = question.columns.process_ends[number : number + 2].tolist()
        if slices and slices[-1].stop == start and stop - slices[-1].start <= LARGE:
            slices[-1] = slice(slices[-1].start, stop)
        elif stop > start:
            slices.append(slice(start, stop))
    return slices


def has_candidates(requirement: Requirement, columns: Columns, taxonomy: Taxonomy) -> bool:
    """Whether anybody has a row that answers an operation."""
    question = Question(requirement, columns, taxonomy, today=0)
    return any(candidate_slices(question, operation) for operation in requirement.operations)


def all_candidates(question: Question, operation: Operation) -> Ints:
    """The candidate rows in the order of supplier and id: so that the lower id stands first."""
    slices = candidate_slices(question, operation)
    rows = np.concatenate([np.arange(0), *(np.arange(each.start, each.stop) for each in slices)])
    return rows[np.argsort(question.columns.row_rank[rows], kind="stable")]  # quick for few runs that rise


def candidates_among(question: Question, operation: Operation, suppliers: Ints) -> tuple[Ints, Ints]:
    """The candidate rows of some suppliers, in the same order: (position within `suppliers`, row)."""
    columns = question.columns
    related = question.taxonomy.process_tree.relations(operation.process)
    position, rows = columns.rows_of_supplier.gather(suppliers)
    is_candidate = columns.processes.mask(related).take(columns.row_process_code.take(rows), mode="wrap")
    return position.compress(is_candidate), rows.compress(is_candidate)


def _together(suppliers: Sequence[Ints]) -> Ints:
    """Who is in one of some rising lists, rising."""
    return suppliers[0] if len(suppliers) == 1 else np.unique(np.concatenate(suppliers))


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
