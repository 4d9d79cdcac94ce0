"""The gap path as the supplier reads it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Requirement
from matchmaking.engine.explain_gaps import explain_gaps
from matchmaking.engine.gaps import Path
from matchmaking.engine.ranking import ELIGIBILITIES
from matchmaking.engine.sentences import Language
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.services import GapPath
from matchmaking.services.gap_support import Help, Support
from suppliers.support.eligibility import qualifies


def present_gaps(path: GapPath, support: Support, *, language: Language) -> dict[str, Any]:
    """What the supplier could change, with reasons; of requirements what each of their readers sees."""
    found, labels = path.gaps, path.snapshot.labels[language]
    told = explain_gaps(found, path.paths, language=language, labels=labels) if found else []
    return {
        "as_of": path.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "counts": found.found.counts if found else dict.fromkeys(ELIGIBILITIES, 0),
        "changes_considered": len(found.offered) if found else 0,
        "requirements_left_out": found.left_out if found else 0,
        "note": " ".join(_notes(path)),
        "results": [
            {**line, "changes": _supported(line["changes"], each, support, language), "opens": _opened(requirements)}
            for line, each, requirements in zip(told, path.paths, path.opened, strict=True)
        ],
    }


def _supported(
    told: Sequence[dict[str, Any]], path: Path, support: Support, language: Language
) -> list[dict[str, Any]]:
    """The changes, each with the programmes that help."""
    return [
        {**line, "support": [_help(each, language) for each in support.for_change(change)]}
        for line, change in zip(told, path.changes, strict=True)
    ]


def _help(found: Help, language: Language) -> dict[str, Any]:
    programme = found.programme
    return {
        "programme": programme.public_id,
        "name": programme.name_in(language),
        "kind": programme.kind,
        "closes_on": programme.closes_on,
        "qualifies": qualifies(found.conditions),
        "conditions": [
            {"code": each.code, "verdict": each.verdict, "sentence": each.sentence} for each in found.conditions
        ],
    }


def _opened(requirements: Sequence[Requirement]) -> list[dict[str, Any]]:
    return [{"requirement": row.public_id, "title": row.title, "answer_by": row.answer_by} for row in requirements]


def _notes(path: GapPath) -> Iterator[str]:
    if not path.paths:
        yield _why_there_is_none(path)
    if path.gaps and path.gaps.left_out:
        left_out = _("Requirements that were not looked at, since there are too many capabilities or ways: %(count)s.")
        yield left_out % {"count": path.gaps.left_out}


def _why_there_is_none(path: GapPath) -> str:
    if path.gaps is None:
        return _("Only a published firm has a gap path: the facts of others do not count yet.")
    counts = path.gaps.found.counts
    if not any(counts.values()):
        return _("None of your published capabilities answers a process of an open requirement that you see.")
    if counts["eligible"] == sum(counts.values()):
        return _("The firm is eligible for all open requirements that it sees and has a capability for.")
    if path.gaps.left_out:
        return _("No single change and no pair makes the firm eligible for more of what was looked at.")
    return _("No single change and no pair of changes makes the firm eligible for more of the open requirements.")
