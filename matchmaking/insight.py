"""What is said of a ranking as a whole, to those who see all of it."""

from typing import Any

from django.utils.translation import gettext as _

from matchmaking.engine.explain_relaxations import explain_relaxations
from matchmaking.engine.relax import Relaxations
from matchmaking.engine.score import rounded
from matchmaking.engine.sentences import Language
from matchmaking.engine.stability import stability
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.presentation import Viewer, names_of, note_on
from matchmaking.services import Match, Relaxed


def present_relaxations(relaxed: Relaxed, *, language: Language) -> dict[str, Any]:
    """What a requirement could give up, with what a reader needs to understand it."""
    labels = relaxed.snapshot.labels[language]
    return {
        "as_of": relaxed.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "note": _note_on_relaxations(relaxed.found),
        **explain_relaxations(relaxed.found, relaxed.asked, language=language, labels=labels),
    }


def present_stability(match: Match, *, top: int) -> dict[str, Any]:
    """How firmly the places of a match's lines stand; told of the first `top`."""
    lines = match.ranking.lines(match.positions)
    found = stability(lines, {key: criterion.weight for key, criterion in match.ranking.criteria.items()})
    shown = lines[:top]
    names = names_of([line["supplier"] for line in shown])
    return {
        "as_of": match.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "counts": match.ranking.counts,
        "considered": len(lines),
        "samples": found.samples,
        "seed": found.seed,
        "note": note_on(match, match.positions, Viewer.STAFF),
        "results": [
            {
                **{name: line[name] for name in ("supplier", "rank", "eligibility", "score", "potential")},
                **names[line["supplier"]],
                "acceptability": [rounded(share) for share in found.acceptability[index].tolist()],
                "mean_rank": rounded(found.mean_rank[index]),
                "central_weights": found.central_weights[index],
            }
            for index, line in enumerate(shown)
        ],
    }


def _note_on_relaxations(found: Relaxations) -> str:
    """Why nothing is to be gained, where nothing is."""
    if found.dropped:
        return ""
    if not any(found.counts.values()):
        return _("No published supplier has a capability for any of the processes asked for.")
    missed = found.counts["near_miss"]
    if not missed:
        return _("No supplier fails a gate, so there is nothing to relax.")
    if missed == found.without_process:
        return _("Every near miss lacks one of the processes asked for, and no gate stands in for that.")
    return _("No near miss would join if up to three gates were dropped.")
