"""The lines of a ranking with reasons: figures, evidence, and a sentence for every criterion."""

from collections.abc import Sequence
from typing import Any

from matchmaking.engine.ask import SUBJECT, ask_next
from matchmaking.engine.explain import explain
from matchmaking.engine.sentences import Language, Words
from matchmaking.services.matches import Match

Line = dict[str, Any]

QUESTIONS = 3
LINE_FIELDS = ("supplier", "rank", "eligibility", "score", "potential", "failed", "unconfirmed")
CRITERION_FIELDS = ("mode", "weight", "value", "confidence", "low", "high", "verdict")


def explained(
    match: Match, positions: Sequence[int], language: Language, *, lines: Sequence[Line] | None = None
) -> list[Line]:
    """The engine's lines, with criteria explained and the capability that each operation takes.

    Args:
        lines: the engine's, where they are at hand.
    """
    ranking, taxonomy = match.ranking, match.snapshot.taxonomy
    words = Words(language, match.snapshot.labels[language])
    lines = ranking.lines(positions) if lines is None else lines
    reasons = explain(ranking, positions, taxonomy, words=words, lines=lines)
    taken = ranking.capability_ids_at(positions)
    return [
        {**line, **_reasons(match, explanations, words), "operations": _operations(match, capabilities)}
        for capabilities, line, explanations in zip(taken, lines, reasons, strict=True)
    ]


def bare(line: Line) -> Line:
    """What of an explained line comes from the engine's ranking: the part that is sealed."""
    criteria = {key: {name: shown[name] for name in CRITERION_FIELDS} for key, shown in line["criteria"].items()}
    return {**{name: line[name] for name in LINE_FIELDS}, "criteria": criteria}


def _reasons(match: Match, explanations: Sequence[Line], words: Words) -> Line:
    """Every criterion explained, and what to ask first."""
    questions = ask_next(match.ranking, explanations, match.snapshot.taxonomy, words=words, most=QUESTIONS)
    for explanation in explanations:
        for name in SUBJECT:  # of a criterion that has no parts: the operation's own line names it
            explanation.pop(name, None)
    return {"criteria": {explanation.pop("key"): explanation for explanation in explanations}, "ask_next": questions}


def _operations(match: Match, capabilities: Sequence[str | None]) -> list[dict[str, Any]]:
    """Which capability each operation takes."""
    asked = match.ranking.requirement.operations
    return [
        {"operation": operation.id, "process": operation.process, "capability": capability}
        for operation, capability in zip(asked, capabilities, strict=True)
    ]
