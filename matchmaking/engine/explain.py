"""Why a supplier stands where it does: every criterion with figures, evidence and a sentence in two languages."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from matchmaking.engine import findings
from matchmaking.engine.confidence import STALE_BELOW
from matchmaking.engine.criteria import Offer, distance_km
from matchmaking.engine.findings import Case, Finding
from matchmaking.engine.model import (
    PER_OPERATION,
    ActiveCriterion,
    CapabilityRecord,
    Requirement,
    SupplierRecord,
    Taxonomy,
)
from matchmaking.engine.ranking import Ranking
from matchmaking.engine.sentences import Language, Words

_GATES_FROM_WORST = ("failed", "unconfirmed", "passed")


def explain(
    ranking: Ranking,
    positions: Sequence[int],
    records: Sequence[SupplierRecord],
    taxonomy: Taxonomy,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    words: Words | None = None,
    lines: Sequence[Mapping[str, Any]] | None = None,
) -> list[list[dict[str, Any]]]:
    """Explain the suppliers at some positions of a ranking.

    Args:
        records: of these suppliers, the same as the ranking's columns were built from; of capabilities those that
            operations take are enough.
        language: of the sentences.
        labels: names of codes in that language; a code without one stands for itself.
        words: both, where more is said than this.
        lines: of these positions, where they are at hand.

    Returns:
        For each position one dictionary per criterion that counts, in the order of the contract: `key`, `mode`,
        `weight`, `value`, `confidence`, `low`, `high`, `verdict`, `contribution`, `gate` (passed, unconfirmed, failed;
        None where it is no gate), `required`, `actual`, `unit`, `gap`, `evidence`, `sentence`, and `parts` with the
        same for each operation or standard. Where there are several parts, the criterion's own figures are those of
        the weakest.
    """
    cases = _cases(ranking, positions, records, taxonomy, words or Words(language, labels))
    shown = [line["criteria"] for line in (ranking.lines(positions) if lines is None else lines)]
    contributions, parts = ranking.contributions(positions), ranking.part_lines(positions)
    asked = {key: _asked(ranking.requirement, key) for key in ranking.criteria}
    return [
        [
            {
                **_criterion(case, criterion, asked[key], parts[key][number]),
                "key": key,
                "contribution": contributions[key][number],
                **shown[number][key],
            }
            for key, criterion in ranking.criteria.items()
        ]
        for number, case in enumerate(cases)
    ]


class _Part(NamedTuple):
    """What one part of a criterion asks of any supplier.

    Attributes:
        subject: which operation, or which standard, it speaks of.
        finding: by a case and whether it meets what is asked.
    """

    subject: Mapping[str, str]
    finding: Callable[[Case, bool], Finding]


def _asked(requirement: Requirement, key: str) -> Sequence[_Part]:
    """By index: operations, or standards by name."""
    if key in PER_OPERATION:
        return [_of_operation(requirement, key, index) for index in range(len(requirement.operations))]
    find, target = findings.OF_SUPPLIER[key], requirement.supplier_target(key)
    if key in ("certifications", "certifications_preferred"):
        return [_of_supplier(find, standard, {"standard": standard}) for standard in sorted(set(target))]
    return [_of_supplier(find, target, {})]


def _of_supplier(find: Callable[[Case, Any, bool], Finding], target: Any, subject: Mapping[str, str]) -> _Part:
    return _Part(subject, lambda case, meets: find(case, target, meets))


def _of_operation(requirement: Requirement, key: str, index: int) -> _Part:
    operation = requirement.operations[index]
    find, target = findings.OF_OPERATION[key], requirement.operation_target(operation, key)

    def finding(case: Case, meets: bool) -> Finding:
        row = case.rows[index]
        if row is None:
            return findings.without_capability(case, key, operation)
        return find(case, target, row, meets)

    return _Part({"operation": operation.id}, finding)


def _cases(
    ranking: Ranking,
    positions: Sequence[int],
    records: Sequence[SupplierRecord],
    taxonomy: Taxonomy,
    words: Words,
) -> list[Case]:
    return [
        Case(
            requirement=ranking.requirement,
            record=record,
            rows=_rows(record, taken),
            distance_km=None if math.isnan(km) else km,
            needed_on=ranking.requirement.needed_on or ranking.as_of,
            taxonomy=taxonomy,
            words=words,
        )
        for taken, record, km in zip(
            ranking.capability_ids_at(positions), records, _distances_km(ranking, positions), strict=True
        )
    ]


def _rows(record: SupplierRecord, chosen: Sequence[str | None]) -> list[CapabilityRecord | None]:
    rows = {row.id: row for row in record.capabilities}
    return [None if row is None else rows[row] for row in chosen]


def _distances_km(ranking: Ranking, positions: Sequence[int]) -> list[float]:
    suppliers = ranking.suppliers[np.asarray(positions, dtype=np.int64)]
    km: list[float] = distance_km(
        ranking.columns, ranking.requirement.plant, Offer(suppliers, ranking.chosen_at(positions))
    ).tolist()
    return km


def _criterion(
    case: Case, criterion: ActiveCriterion, asked: Sequence[_Part], lines: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    parts = [_part(case, criterion, asked[line["index"]], line) for line in lines]
    weakest = parts[0] if len(parts) == 1 else min(parts, key=_how_weak)
    return {
        "required": weakest["required"],
        "actual": weakest["actual"],
        "unit": weakest["unit"],
        "gap": weakest["gap"],
        "evidence": weakest["evidence"],
        "gate": weakest["gate"],
        "sentence": parts[0]["sentence"]
        if len(case.rows) == len(parts) == 1
        else _joined(case, criterion.key, lines, parts),
        "parts": parts,
    }


def _how_weak(part: Mapping[str, Any]) -> tuple[int, float]:
    return _GATES_FROM_WORST.index(part["gate"] or "passed"), part["low"]


def _part(case: Case, criterion: ActiveCriterion, asked: _Part, line: Mapping[str, Any]) -> dict[str, Any]:
    finding = asked.finding(case, line["verdict"] == "meets")
    evidence, is_open = finding.evidence, criterion.is_gate and line["gate"] == "unconfirmed"
    sentence = _sentence(case.words, finding)
    doubts = _doubts(case.words, criterion, finding, line) if is_open else ()
    return {
        **_subject(case, asked, line["index"]),
        "required": finding.required,
        "actual": finding.actual,
        "unit": finding.unit,
        "gap": finding.gap,
        "evidence": None if evidence is None else {"level": evidence[0], "observed": evidence[1].isoformat()},
        "value": line["value"],
        "confidence": line["confidence"],
        "low": line["low"],
        "high": line["high"],
        "verdict": line["verdict"],
        "gate": line["gate"] if criterion.is_gate else None,
        "sentence": " ".join([sentence, *doubts]) if doubts else sentence,
    }


def _subject(case: Case, asked: _Part, index: int) -> dict[str, Any]:
    """Which operation and capability, or which standard, a part speaks of."""
    if "operation" not in asked.subject:
        return {**asked.subject}
    row = case.rows[index]
    return {**asked.subject, "capability": None if row is None else row.id}


def _sentence(words: Words, finding: Finding) -> str:
    evidence = "" if finding.evidence is None else words.evidence(*finding.evidence)
    return words.told(finding.situation, {**finding.fields, "evidence": evidence})


def _doubts(words: Words, criterion: ActiveCriterion, finding: Finding, line: Mapping[str, Any]) -> list[str]:
    """Why an unconfirmed gate is so although nothing is missing."""
    if finding.evidence is None:
        return []
    doubts = []
    if finding.evidence[0] < criterion.min_level:
        doubts.append(words.say("below_level", level=criterion.min_level))
    if line["confidence"] < STALE_BELOW:
        doubts.append(words.say("stale"))
    return doubts


def _joined(case: Case, key: str, lines: Sequence[Mapping[str, Any]], parts: Sequence[Mapping[str, Any]]) -> str:
    """One text: the parts' sentences, those of several operations each under its number and process."""
    sentences = [part["sentence"] for part in parts]
    operations = case.requirement.operations
    if key in PER_OPERATION and len(operations) > 1:
        indexes = [line["index"] for line in lines]
        sentences = [
            case.words.say(
                "step", number=index + 1, process=case.words.label(operations[index].process), sentence=sentence
            )
            for index, sentence in zip(indexes, sentences, strict=True)
        ]
    return " ".join(sentences)
