"""Why a supplier stands where it does: every criterion with figures, evidence and a sentence in two languages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from matchmaking.engine import findings_of_rows, findings_of_suppliers
from matchmaking.engine.cases import Cases, Finding
from matchmaking.engine.confidence import STALE_BELOW
from matchmaking.engine.criteria import OF_STANDARDS
from matchmaking.engine.model import PER_OPERATION, ActiveCriterion, Taxonomy
from matchmaking.engine.ranking import Line, Ranking, ShownPart
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
        same for each operation or standard where there are several: the criterion's own figures are those of the
        weakest then. Else it names the `operation` and `capability`, or the `standard`, itself.
    """
    cases = _cases(ranking, positions, taxonomy, words or Words(language, labels))
    shown = ranking.lines(positions) if lines is None else lines
    taken, contributions = ranking.capability_ids_at(positions), ranking.contributions(positions)
    explained: list[list[dict[str, Any]]] = [[] for _ in positions]
    for key, parts in ranking.parts_at(positions).items():
        criterion, own = ranking.criteria[key], [line["criteria"][key] for line in shown]
        told = [_told(cases, criterion, part, part.lines or own, taken) for part in parts]
        indexes = [part.place for part in parts]
        added = contributions[key]
        for number, found in enumerate(zip(*told, strict=True)):
            explained[number].append(_criterion(cases, key, indexes, found, added[number], own[number]))
    return explained


class _Told(NamedTuple):
    """What is told of one supplier and one part of a criterion.

    Attributes:
        subject: which operation and capability, or which standard.
        gate: None where the criterion is none.
    """

    subject: Mapping[str, str | None]
    finding: Finding
    line: Line
    gate: str | None
    sentence: str

    @property
    def evidence(self) -> dict[str, Any] | None:
        if self.finding.evidence is None:
            return None
        level, day = self.finding.evidence
        return {"level": level, "observed": day.isoformat()}

    @property
    def weakness(self) -> tuple[int, float]:
        return _FROM_WORST[self.gate], self.line["low"]


def _criterion(
    cases: Cases, key: str, indexes: Sequence[int], parts: Sequence[_Told], contribution: float, line: Line
) -> dict[str, Any]:
    is_alone = len(parts) == 1
    weakest = parts[0] if is_alone else min(parts, key=lambda part: part.weakness)
    finding = weakest.finding
    return {
        "required": finding.required,
        "actual": finding.actual,
        "unit": finding.unit,
        "gap": finding.gap,
        "evidence": weakest.evidence,
        "gate": weakest.gate,
        "sentence": _joined(cases, key, indexes, parts),
        "parts": [] if is_alone else [_part(part) for part in parts],
        "key": key,
        "contribution": contribution,
        **line,
        **(weakest.subject if is_alone else {}),
    }


def _part(part: _Told) -> dict[str, Any]:
    finding, line = part.finding, part.line
    return {
        **part.subject,
        "required": finding.required,
        "actual": finding.actual,
        "unit": finding.unit,
        "gap": finding.gap,
        "evidence": part.evidence,
        **line,
        "gate": part.gate,
        "sentence": part.sentence,
    }


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


def _told(
    cases: Cases,
    criterion: ActiveCriterion,
    part: ShownPart,
    lines: Sequence[Line],
    taken: Sequence[Sequence[str | None]],
) -> list[_Told]:
    """What one operation or standard asks, and what it found, of each supplier.

    Args:
        taken: by supplier, the ids of the capabilities that operations take.
    """
    key, meets = criterion.key, [line["verdict"] == "meets" for line in lines]
    subjects: Sequence[Mapping[str, str | None]]
    if key in PER_OPERATION:
        operation = cases.requirement.operations[part.place].id
        found = _of_operation(cases, key, part.place, meets)
        subjects = [{"operation": operation, "capability": rows[part.place]} for rows in taken]
    else:
        target, subject = cases.requirement.supplier_target(key), {}
        if key in OF_STANDARDS:
            target = sorted(set(target))[part.place]
            subject = {"standard": target}
        found, subjects = findings_of_suppliers.OF_SUPPLIER[key](cases, target, meets), [subject] * len(lines)
    if not criterion.is_gate:
        return [
            _Told(subject, finding, line, None, finding.sentence)
            for subject, finding, line in zip(subjects, found, lines, strict=True)
        ]
    return [
        _Told(subject, finding, line, gate, _with_doubts(cases.words, criterion, finding, line, gate))
        for subject, finding, line, gate in zip(subjects, found, lines, part.gates, strict=True)
    ]


def _of_operation(cases: Cases, key: str, index: int, meets: Sequence[bool]) -> list[Finding]:
    operation, rows = cases.requirement.operations[index], cases.rows[index]
    target, has_row = cases.requirement.operation_target(operation, key), rows >= 0
    if has_row.all():
        return findings_of_rows.OF_OPERATION[key](cases, target, rows, meets)
    of_rows = [each for each, row in zip(meets, rows.tolist(), strict=True) if row >= 0]
    found = iter(findings_of_rows.OF_OPERATION[key](cases, target, rows[has_row], of_rows))
    nothing = findings_of_rows.without_capability(cases, key, operation)
    return [next(found) if has else nothing for has in has_row.tolist()]


def _with_doubts(words: Words, criterion: ActiveCriterion, finding: Finding, line: Line, gate: str) -> str:
    """The sentence of a gate, and why it is unconfirmed although nothing is missing."""
    if finding.evidence is None or gate != "unconfirmed":
        return finding.sentence
    said = [finding.sentence]
    if finding.evidence[0] < criterion.min_level:
        said.append(words.say("below_level", level=criterion.min_level))
    if line["confidence"] < STALE_BELOW:
        said.append(words.say("stale"))
    return " ".join(said)


def _joined(cases: Cases, key: str, indexes: Sequence[int], parts: Sequence[_Told]) -> str:
    """One text: the parts' sentences, those of several operations each under its number and process."""
    operations, words = cases.requirement.operations, cases.words
    if len(operations) == 1 or key not in PER_OPERATION:
        return parts[0].sentence if len(parts) == 1 else " ".join([part.sentence for part in parts])
    return " ".join(
        words.say("step", number=index + 1, process=words.label(operations[index].process), sentence=part.sentence)
        for index, part in zip(indexes, parts, strict=True)
    )
