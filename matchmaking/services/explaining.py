"""The lines of a ranking with reasons: figures, evidence, and a sentence for every criterion."""

from collections.abc import Sequence
from typing import Any

from matchmaking.engine.ask import ask_next
from matchmaking.engine.explain import explain
from matchmaking.engine.sentences import Language
from matchmaking.services.matches import Match

Line = dict[str, Any]

QUESTIONS = 3
LINE_FIELDS = ("supplier", "rank", "eligibility", "score", "potential", "failed", "unconfirmed")
CRITERION_FIELDS = ("mode", "weight", "value", "confidence", "low", "high", "verdict")


def explained(match: Match, positions: Sequence[int], language: Language) -> list[Line]:
    """The engine's lines, with criteria explained and the capability that each operation takes."""
    ranking, taxonomy, labels = match.ranking, match.snapshot.taxonomy, match.snapshot.labels[language]
    records = ranking.records_at(positions)
    reasons = explain(ranking, positions, records, taxonomy, language=language, labels=labels)
    return [
        {**line, **_reasons(match, explanations, language), "operations": _operations(match, position)}
        for position, line, explanations in zip(positions, ranking.lines(positions), reasons, strict=True)
    ]


def bare(line: Line) -> Line:
    """What of an explained line comes from the engine's ranking: the part that is sealed."""
    criteria = {key: {name: shown[name] for name in CRITERION_FIELDS} for key, shown in line["criteria"].items()}
    return {**{name: line[name] for name in LINE_FIELDS}, "criteria": criteria}


def _reasons(match: Match, explanations: Sequence[Line], language: Language) -> Line:
    """Every criterion explained, and what to ask first."""
    taxonomy, labels = match.snapshot.taxonomy, match.snapshot.labels[language]
    questions = ask_next(match.ranking, explanations, taxonomy, language=language, labels=labels)
    return {
        "criteria": {explanation.pop("key"): _without_a_lone_part(explanation) for explanation in explanations},
        "ask_next": questions[:QUESTIONS],
    }


def _without_a_lone_part(explanation: Line) -> Line:
    """A single part says only once more what the criterion says."""
    return {**explanation, "parts": []} if len(explanation["parts"]) == 1 else explanation


def _operations(match: Match, position: int) -> list[dict[str, Any]]:
    """Which capability each operation takes."""
    chosen = match.ranking.chosen_capability_ids(position)
    asked = match.ranking.requirement.operations
    return [
        {"operation": operation.id, "process": operation.process, "capability": capability}
        for operation, capability in zip(asked, chosen, strict=True)
    ]
