"""The best–worst method as it was first published (J. Rezaei, Omega 53, 2015): ratios of weights, not differences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf, sqrt
from typing import Final

HALVINGS: Final = 100
"""More than the digits of a number."""


@dataclass(frozen=True, slots=True)
class Ratios:
    """Weights by key, summing to 1; the deviation ξ; and by key the least and largest weight that leave no more."""

    weights: dict[str, float]
    deviation: float
    ranges: dict[str, tuple[float, float]]


def consistency_index(times: float) -> float:
    """The ξ of one criterion as far from the best and from the worst as these are from each other: 0 for once as much,
    4.47 for 8 times. Several criteria can contradict each other further."""
    return (1 + 2 * times - sqrt(1 + 8 * times)) / 2


def ratios(best: str, worst: str, best_to_others: Mapping[str, float], others_to_worst: Mapping[str, float]) -> Ratios:
    """The least ξ with |w_best/w - a| ≤ ξ and |w/w_worst - a| ≤ ξ for all; arguments as checked `best_worst_weights`.

    Weights are told apart by r = w_best/w_worst alone: for a given ξ each criterion leaves r an interval, which grows
    with ξ; the least ξ is that at which all of them meet. There r is one number, and each of the other weights lies
    within an interval of its own.
    """
    answers = {key: (best_to_others[key], others_to_worst[key]) for key in best_to_others if key not in (best, worst)}
    times = best_to_others[worst]
    low, deviation = 0.0, times
    for _halving in range(HALVINGS):
        middle = (low + deviation) / 2
        least, most = _ratio_left(times, answers, middle)
        low, deviation = (low, middle) if least <= most else (middle, deviation)
    ratio = sum(_ratio_left(times, answers, deviation)) / 2
    shares = {key: _share_left(*each, ratio, deviation) for key, each in answers.items()}
    shares |= {best: (ratio, ratio), worst: (1.0, 1.0)}
    ranges = {key: _range(key, shares) for key in best_to_others}
    middles = {key: (least + most) / 2 for key, (least, most) in ranges.items()}
    total = sum(middles.values())
    return Ratios({key: middle / total for key, middle in middles.items()}, deviation, ranges)


def _ratio_left(times: float, answers: Mapping[str, tuple[float, float]], deviation: float) -> tuple[float, float]:
    """Between which w_best/w_worst may lie."""

    def least() -> Iterator[float]:
        for to_best, to_worst in answers.values():
            yield max(to_best - deviation, 0) * max(to_worst - deviation, 0)

    most = ((to_best + deviation) * (to_worst + deviation) for to_best, to_worst in answers.values())
    return max([times - deviation, *least()]), min([times + deviation, *most])


def _share_left(to_best: float, to_worst: float, ratio: float, deviation: float) -> tuple[float, float]:
    """Between which w/w_worst may lie."""
    least = max(to_worst - deviation, ratio / (to_best + deviation))
    most = min(to_worst + deviation, ratio / (to_best - deviation) if to_best > deviation else inf)
    return least, max(least, most)


def _range(key: str, shares: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    """The least and the largest weight: with all the others as large, and as small, as they may be."""
    least, most = shares[key]
    others = [share for other, share in shares.items() if other != key]
    return least / (least + sum(each[1] for each in others)), most / (most + sum(each[0] for each in others))
