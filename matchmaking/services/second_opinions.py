"""What other methods make of the suppliers of a ranking, and where and why they would order them otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from buyers.models import Criterion
from matchmaking.decisions.kendall import kendall_tau
from matchmaking.decisions.opinion import Opinion
from matchmaking.decisions.promethee import promethee
from matchmaking.decisions.second_opinion import V, topsis, vikor

MOST_DISAGREEMENTS: Final = 5
MOST_REASONS: Final = 3

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the methods are told. Values are shares from 0 to 1, and so are the thresholds of PROMETHEE."""

    normalisation: str = "vector"
    v: float = V
    preference_function: str = "linear"
    indifference: float = 0.05
    preference: float = 0.3


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two suppliers, as places among the lines: ours comes first by our order, theirs by the other method's.

    Attributes:
        for_ours, for_theirs: keys of the criteria that speak for each, what weighs most first.
        by_eligibility: whether it is their gates that part them: our order asks that first, the methods not at all.
    """

    ours: int
    theirs: int
    for_ours: tuple[str, ...]
    for_theirs: tuple[str, ...]
    by_eligibility: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One method's order beside ours: Kendall's τ-b (None where one of them ties all), and what they disagree on."""

    opinion: Opinion
    tau: float | None
    disagreements: list[Disagreement]


def second_opinion(lines: Sequence[Line], weights: Mapping[str, float], asked: Asked) -> list[Compared]:
    """TOPSIS, VIKOR and PROMETHEE II on what the lines are known to meet: the lower ends of their criteria.

    Args:
        lines: of the engine, in our order; each has `criteria` with `low` by key, `eligibility`, `score`, `potential`.
        weights: by key, of the criteria that count.
    """
    keys = list(weights)
    matrix = [[line["criteria"][key]["low"] for key in keys] for line in lines]
    shares, directions = [weights[key] for key in keys], [1] * len(keys)
    opinions = (
        topsis(matrix, shares, directions, normalisation=asked.normalisation),
        vikor(matrix, shares, directions, v=asked.v),
        promethee(
            matrix,
            shares,
            directions,
            indifference=asked.indifference,
            preference=asked.preference,
            function=asked.preference_function,
        ),
    )
    ours = our_ranks(lines)
    return [
        Compared(opinion, kendall_tau(ours, opinion.ranks), _disagreements(lines, weights, opinion, ours))
        for opinion in opinions
    ]


def our_ranks(lines: Sequence[Line]) -> list[int]:
    """From 1. Who differ by their ids alone, which say nothing, share a rank, as ties do in the other orders."""
    told = [(line["eligibility"], line["score"], line["potential"]) for line in lines]
    return [told.index(each) + 1 for each in told]


def _disagreements(
    lines: Sequence[Line], weights: Mapping[str, float], opinion: Opinion, ours: Sequence[int]
) -> list[Disagreement]:
    """Pairs that stand the other way round there, those that are furthest apart first."""
    ranks = opinion.ranks
    reversed_pairs = [
        (first, second)
        for first in range(len(lines))
        for second in range(first + 1, len(lines))
        if ranks[second] < ranks[first] and ours[first] < ours[second]
    ]
    reversed_pairs.sort(key=lambda pair: (ranks[pair[1]] - ranks[pair[0]], pair))
    return [_disagreement(lines, weights, *pair) for pair in reversed_pairs[:MOST_DISAGREEMENTS]]


def _disagreement(lines: Sequence[Line], weights: Mapping[str, float], ours: int, theirs: int) -> Disagreement:
    one, other = lines[ours], lines[theirs]
    leads = {
        key: weight * (one["criteria"][key]["low"] - other["criteria"][key]["low"]) for key, weight in weights.items()
    }
    ahead = sorted((key for key in leads if leads[key] > 0), key=lambda key: -leads[key])
    behind = sorted((key for key in leads if leads[key] < 0), key=lambda key: leads[key])
    return Disagreement(
        ours,
        theirs,
        tuple(ahead[:MOST_REASONS]),
        tuple(behind[:MOST_REASONS]),
        by_eligibility=one["eligibility"] != other["eligibility"],
    )


def sentence_of(disagreement: Disagreement, method: str, names: Sequence[str]) -> str:
    """Why the two come the other way round there, for a reader. `names` are those of the lines."""
    texts = {
        "topsis": _(
            "TOPSIS puts {theirs} before {ours}: distances count squared, so one large lead outweighs small ones."
        ),
        "vikor": _("VIKOR puts {theirs} before {ours}: the largest single shortfall counts as much as the whole sum."),
        "promethee_ii": _(
            "PROMETHEE II puts {theirs} before {ours}: small differences do not count, and large ones all alike."
        ),
    }
    names_in_text = {"ours": names[disagreement.ours], "theirs": names[disagreement.theirs]}
    sentences = [texts[method].format(**names_in_text)]
    if disagreement.by_eligibility:
        sentences.append(_("Our order asks first who passes the gates; this method does not know them."))
    for keys, name in (
        (disagreement.for_theirs, names_in_text["theirs"]),
        (disagreement.for_ours, names_in_text["ours"]),
    ):
        if keys:
            about = ", ".join(str(Criterion.Key(key).label) for key in keys)
            sentences.append(_("For {name} speaks: {about}.").format(name=name, about=about))
    return " ".join(sentences)


def proposal_of(conditions: Mapping[str, bool], names: Sequence[str]) -> str:
    """What VIKOR proposes and why, for a reader; empty where there is nothing to choose."""
    if not conditions or not names:
        return ""
    proposed = ", ".join(names)
    if not conditions["acceptable_advantage"]:
        return _("VIKOR proposes together: {names}. The first has no clear lead.").format(names=proposed)
    if not conditions["acceptable_stability"]:
        text = _("VIKOR proposes together: {names}. The first has a clear lead, but no least regret, in all or in one.")
        return text.format(names=proposed)
    return _("VIKOR proposes {names} alone: it has a clear lead.").format(names=proposed)
