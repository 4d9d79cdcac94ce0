"""What is said of a ranking as a whole, to those who see all of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking.engine.explain_relaxations import explain_relaxations
from matchmaking.engine.relax import Relaxations
from matchmaking.engine.score import rounded
from matchmaking.engine.sentences import Language
from matchmaking.engine.stability import stability
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.models import MatchResult, MatchRun, Shortlist
from matchmaking.presentation import Viewer, names_of, note_on, present_frozen
from matchmaking.services import Match, Relaxed, match_of_firms
from matchmaking.services.explaining import Line
from matchmaking.services.second_opinions import Asked, Compared, second_opinion, sentence_of


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


def present_opinions(
    lines: Sequence[Line], weights: Mapping[str, float], names: Sequence[Mapping[str, Any]], asked: Asked
) -> dict[str, Any]:
    """What other methods make of the lines, which are in our order. `names` are those of their suppliers."""
    compared = second_opinion(lines, weights, asked)
    suppliers = [line["supplier"] for line in lines]
    called = [
        name["trade_name"] or name["legal_name"] or line["supplier"] for name, line in zip(names, lines, strict=True)
    ]
    return {
        "weights": dict(weights),
        "opinions": [_opinion(each, suppliers, called) for each in compared],
        "results": [
            {
                **{name: line[name] for name in ("supplier", "eligibility", "score")},
                **{name: names[index][name] for name in ("legal_name", "trade_name")},
                "place": index + 1,
                "values": {key: line["criteria"][key]["low"] for key in weights},
                "ranks": {each.opinion.method: each.opinion.ranks[index] for each in compared},
                "scores": {each.opinion.method: rounded(each.opinion.scores[index]) for each in compared},
                "parts": {
                    each.opinion.method: {name: rounded(part[index]) for name, part in each.opinion.parts.items()}
                    for each in compared
                },
            }
            for index, line in enumerate(lines)
        ],
    }


def opinions_on_shortlist(shortlist: Shortlist, requirement: Requirement, asked: Asked) -> dict[str, Any]:
    """What other methods make of those on a list, before the requirement that the list is for."""
    firms = shortlist.entries.values_list("supplier__public_id", flat=True)
    found = match_of_firms(requirement, list(firms), with_place=True)
    lines = found.ranking.lines(found.positions)
    names = names_of([line["supplier"] for line in lines])
    weights = {key: criterion.weight for key, criterion in found.ranking.criteria.items()}
    return {
        "requirement": requirement.public_id,
        "requirement_version": requirement.content_version,
        "as_of": found.snapshot.as_of,
        "engine_version": ENGINE_VERSION,
        **present_opinions(lines, weights, [names[line["supplier"]] for line in lines], asked),
    }


def opinions_on_run(run: MatchRun, asked: Asked, *, top: int, reader: Principal, language: Language) -> dict[str, Any]:
    """What other methods make of the first lines of a frozen ranking, as they were frozen."""
    rows = MatchResult.objects.filter(run=run).order_by("rank")[:top]
    lines = present_frozen(list(rows), viewer=Viewer.BUYER, reader=reader, language=language)
    weights = {key: setting["weight"] for key, setting in run.criteria.items()}
    return {
        "requirement": run.requirement.public_id,
        "requirement_version": run.requirement_version,
        "as_of": run.as_of,
        "engine_version": run.engine_version,
        **present_opinions(lines, weights, lines, asked),
    }


def _opinion(compared: Compared, suppliers: Sequence[str], called: Sequence[str]) -> dict[str, Any]:
    opinion = compared.opinion
    return {
        **{name: getattr(opinion, name) for name in ("method", "normalisation", "parameters", "conditions")},
        "kendall_tau": None if compared.tau is None else rounded(compared.tau),
        "compromise": [suppliers[index] for index in opinion.compromise],
        "disagreements": [
            {
                **{name: getattr(each, name) for name in ("for_ours", "for_theirs", "by_eligibility")},
                "ours": suppliers[each.ours],
                "theirs": suppliers[each.theirs],
                "sentence": sentence_of(each, opinion.method, called),
            }
            for each in compared.disagreements
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
