"""Weights from the best and the worst criterion: the best–worst method, linear (J. Rezaei, Omega 64, 2016) or as first
published (Omega 53, 2015)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaking.decisions.best_worst_ratios import consistency_index, ratios
from matchmaking.decisions.errors import JudgementError

LARGEST: Final = 9.0
MODELS: Final = ("linear", "nonlinear")


@dataclass(frozen=True, slots=True)
class BestWorst:
    """What the comparisons come to.

    Attributes:
        weights: by key, summing to 1.
        deviation: ξ, the largest that had to be left of |w_best - a·w| or |w - a·w_worst| (linear), or of
            |w_best/w - a| or |w/w_worst - a| (nonlinear); 0 where all agree.
        consistency_ratio: 0 where all agree. Linear: how far the answers themselves disagree, to 1 (F. Liang and
            others, Omega 96, 2020); nonlinear: ξ ÷ the consistency index (Rezaei, 2015).
        worst: the criterion whose two answers agree least; None where all agree.
        ranges: of the nonlinear model, the least and the largest weight of each that leave no more than ξ.
    """

    weights: dict[str, float]
    deviation: float
    consistency_ratio: float
    worst: str | None
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)


def best_worst_weights(
    best: str,
    worst: str,
    best_to_others: Mapping[str, float],
    others_to_worst: Mapping[str, float],
    *,
    model: str = "linear",
) -> BestWorst:
    """Weights of criteria that were compared with the best and the worst of them.

    Args:
        best_to_others: for every criterion how many times the best matters as much, 1 to 9; for the best itself 1.
        others_to_worst: for every criterion how many times it matters as much as the worst; for the worst itself 1.
        model: of `MODELS`. Of several weightings that the nonlinear one finds equally good, the middle is taken.

    Raises:
        JudgementError: `missing`: a criterion stands in one of them only, or best or worst in neither; `out_of_scale`;
            `contradictory`: best and worst are compared twice and differently, or are one of several; or one is further
            from the best than the worst is, or further from the worst than the best is.
    """
    best_to_others, others_to_worst = {best: 1.0, **best_to_others}, {worst: 1.0, **others_to_worst}
    keys = list(best_to_others)
    _check(best, worst, best_to_others, others_to_worst)
    if len(keys) == 1:
        return BestWorst({best: 1.0}, 0.0, 0.0, None)
    gaps = _gaps(keys, best_to_others, others_to_worst, times=best_to_others[worst])
    largest = max(gaps, key=lambda key: gaps[key])
    doubtful = largest if gaps[largest] else None
    if model == "nonlinear":
        found = ratios(best, worst, best_to_others, others_to_worst)
        index = consistency_index(best_to_others[worst])
        ratio = found.deviation / index if index else 0.0
        return BestWorst(found.weights, found.deviation, ratio, doubtful, found.ranges)
    weights, deviation = _solved(keys, best, worst, best_to_others, others_to_worst)
    return BestWorst(dict(zip(keys, weights.tolist(), strict=True)), deviation, gaps[largest], doubtful)


def _check(best: str, worst: str, best_to_others: Mapping[str, float], others_to_worst: Mapping[str, float]) -> None:
    if lonely := sorted(best_to_others.keys() ^ others_to_worst.keys()):
        raise JudgementError("missing", *lonely)
    for key in best_to_others:
        if not (1 <= best_to_others[key] <= LARGEST and 1 <= others_to_worst[key] <= LARGEST):
            raise JudgementError("out_of_scale", key)
    is_one_of_several = best == worst and len(best_to_others) > 1
    if is_one_of_several or best_to_others[best] != 1 or others_to_worst[worst] != 1:
        raise JudgementError("contradictory", best, worst)
    times = best_to_others[worst]
    if times != others_to_worst[best]:
        raise JudgementError("contradictory", best, worst)
    if further := [key for key in best_to_others if max(best_to_others[key], others_to_worst[key]) > times]:
        raise JudgementError("contradictory", *further)


def _solved(
    keys: list[str],
    best: str,
    worst: str,
    best_to_others: Mapping[str, float],
    others_to_worst: Mapping[str, float],
) -> tuple[NDArray[np.float64], float]:
    """The linear programme: the least ξ with |w_best - a·w| ≤ ξ and |w - a·w_worst| ≤ ξ for all, Σw = 1, w ≥ 0."""
    from scipy.optimize import linprog  # half a second to import, for those who ask

    size, first, last = len(keys), keys.index(best), keys.index(worst)
    differences = np.zeros((2 * size, size))
    for place, key in enumerate(keys):
        differences[place, first] += 1
        differences[place, place] -= best_to_others[key]
        differences[size + place, place] += 1
        differences[size + place, last] -= others_to_worst[key]
    both_ways = np.vstack([differences, -differences])
    found = linprog(
        c=[0.0] * size + [1.0],
        A_ub=np.hstack([both_ways, -np.ones((4 * size, 1))]),
        b_ub=np.zeros(4 * size),
        A_eq=[[1.0] * size + [0.0]],
        b_eq=[1.0],
    )
    return np.asarray(found.x[:-1]), float(found.x[-1])


def _gaps(
    keys: list[str], best_to_others: Mapping[str, float], others_to_worst: Mapping[str, float], *, times: float
) -> dict[str, float]:
    """By criterion, how far best → it → worst is from best → worst, as a share of the most that it could be."""
    span = times * times - times
    return {key: abs(best_to_others[key] * others_to_worst[key] - times) / span if span else 0.0 for key in keys}
