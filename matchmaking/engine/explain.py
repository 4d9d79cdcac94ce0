"""Why a supplier stands where it does: every criterion with figures, evidence and a sentence in two languages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matchmaking.engine import findings_of_rows, findings_of_suppliers
from matchmaking.engine.cases import Cases, Finding
from matchmaking.engine.confidence import STALE_BELOW
from matchmaking.engine.model import PER_OPERATION, ActiveCriterion, Taxonomy
from matchmaking.engine.ranking import Line, Ranking
from matchmaking.engine.sentences import Language, Words
from matchmaking.engine.values import Values

_FROM_WORST: Final = {"failed": 0, "unconfirmed": 1, "passed": 2, None: 2}


def explain(
    ranking: Ranking,
    positions: Sequence[int],
    taxonomy: Taxonomy,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    words: Words | None = None,
    lines: Sequence[Mapping[str, Any]] | None = None,
) -> list[list[dict[str, Any]]]:
    """Explain the suppliers at some positions of a ranking.

    Args:
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
    cases = _cases(ranking, positions, taxonomy, words or Words(language, labels))
    shown = [line["criteria"] for line in (ranking.lines(positions) if lines is None else lines)]
    taken, contributions = ranking.capability_ids_at(positions), ranking.contributions(positions)
    every = ranking.part_lines(positions)
    explained: list[list[dict[str, Any]]] = [[] for _ in positions]
    for key, criterion in ranking.criteria.items():
        parts = [_parts(cases, criterion, index, lines, taken) for index, lines in every[key]]
        indexes = [index for index, _ in every[key]]
        for number, of_supplier in enumerate(zip(*parts, strict=True)):
            weakest = of_supplier[0] if len(of_supplier) == 1 else min(of_supplier, key=_how_weak)
            explained[number].append(
                {
                    "required": weakest["required"],
                    "actual": weakest["actual"],
                    "unit": weakest["unit"],
                    "gap": weakest["gap"],
                    "evidence": weakest["evidence"],
                    "gate": weakest["gate"],
                    "sentence": _joined(cases, key, indexes, of_supplier),
                    "parts": list(of_supplier),
                    "key": key,
                    "contribution": contributions[key][number],
                    **shown[number][key],
                }
            )
    return explained


def _cases(ranking: Ranking, positions: Sequence[int], taxonomy: Taxonomy, words: Words) -> Cases:
    return Cases(
        requirement=ranking.requirement,
        suppliers=ranking.suppliers_at(positions),
        rows=ranking.chosen_at(positions),
        needed_on=ranking.requirement.needed_on or ranking.as_of,
        taxonomy=taxonomy,
        words=words,
        values=Values(ranking.columns),
    )


def _parts(
    cases: Cases,
    criterion: ActiveCriterion,
    index: int,
    lines: Sequence[Line],
    taken: Sequence[Sequence[str | None]],
) -> list[dict[str, Any]]:
    """What one operation or standard asks, and what it found, of each supplier.

    Args:
        taken: by supplier, the ids of the capabilities that operations take.
    """
    key, meets = criterion.key, [line["verdict"] == "meets" for line in lines]
    if key in PER_OPERATION:
        operation = cases.requirement.operations[index].id
        found = _of_operation(cases, key, index, meets)
        subjects: Sequence[dict[str, Any]] = [{"operation": operation, "capability": rows[index]} for rows in taken]
    else:
        target, subject = cases.requirement.supplier_target(key), {}
        if key in ("certifications", "certifications_preferred"):
            target = sorted(set(target))[index]
            subject = {"standard": target}
        found, subjects = findings_of_suppliers.OF_SUPPLIER[key](cases, target, meets), [subject] * len(lines)
    return [
        _part(cases.words, criterion, subject, finding, line)
        for subject, finding, line in zip(subjects, found, lines, strict=True)
    ]


def _of_operation(cases: Cases, key: str, index: int, meets: Sequence[bool]) -> list[Finding]:
    operation, rows = cases.requirement.operations[index], cases.rows[index]
    target, has_row = cases.requirement.operation_target(operation, key), rows >= 0
    of_rows = [each for each, row in zip(meets, rows.tolist(), strict=True) if row >= 0]
    found = iter(findings_of_rows.OF_OPERATION[key](cases, target, rows[has_row], of_rows))
    nothing = findings_of_rows.without_capability(cases, key, operation)
    return [next(found) if has else nothing for has in has_row.tolist()]


def _how_weak(part: Mapping[str, Any]) -> tuple[int, float]:
    return _FROM_WORST[part["gate"]], part["low"]


def _part(
    words: Words, criterion: ActiveCriterion, subject: Mapping[str, Any], finding: Finding, line: Line
) -> dict[str, Any]:
    evidence, sentence = finding.evidence, finding.sentence
    if evidence is not None and criterion.is_gate and line["gate"] == "unconfirmed":
        sentence = " ".join([sentence, *_doubts(words, criterion, evidence[0], line)])
    return {
        **subject,
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
        "sentence": sentence,
    }


def _doubts(words: Words, criterion: ActiveCriterion, level: int, line: Line) -> list[str]:
    """Why an unconfirmed gate is so although nothing is missing."""
    doubts = []
    if level < criterion.min_level:
        doubts.append(words.say("below_level", level=criterion.min_level))
    if line["confidence"] < STALE_BELOW:
        doubts.append(words.say("stale"))
    return doubts


def _joined(cases: Cases, key: str, indexes: Sequence[int], parts: Sequence[Mapping[str, Any]]) -> str:
    """One text: the parts' sentences, those of several operations each under its number and process."""
    operations, words = cases.requirement.operations, cases.words
    sentences = [part["sentence"] for part in parts]
    if key in PER_OPERATION and len(operations) > 1:
        sentences = [
            words.say("step", number=index + 1, process=words.label(operations[index].process), sentence=sentence)
            for index, sentence in zip(indexes, sentences, strict=True)
        ]
    return " ".join(sentences)
