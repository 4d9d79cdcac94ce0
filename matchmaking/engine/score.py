"""Weighted means of what is known and of what is possible, and rounding that agrees with Python's."""

import math
from collections.abc import Mapping

import numpy as np

from matchmaking.engine.columns import Floats, Ints
from matchmaking.engine.model import ActiveCriterion

SCORE_DECIMALS = 6
CHOICE_DECIMALS = 9


def weighted_mean(ends: Mapping[str, Floats], criteria: Mapping[str, ActiveCriterion], size: int) -> Floats:
    """Σ w·end ÷ Σ w over the criteria in `ends`, each of shape (size,); 0 where the weights sum to 0."""
    weights = scaled({key: criteria[key].weight for key in ends})
    total = sum(weights.values())
    return weighted(ends, weights, total, size)


def weighted(
    ends: Mapping[str, Floats], weights: Mapping[str, float | Floats], total: float | Floats, size: int
) -> Floats:
    """The same with weights that are scaled, and their sum: one for all, or one for each."""
    mean = np.zeros(size)
    for key, end in ends.items():
        mean += weights[key] * end
    return mean / np.where(total > 0.0, total, 1.0)


def weight_shares(weights: Mapping[str, float]) -> dict[str, float]:
    """w ÷ Σw, where Σw is above 0."""
    small = scaled(weights)
    total = sum(small.values())
    return {key: weight / total for key, weight in small.items()}


def scaled(weights: Mapping[str, float]) -> dict[str, float]:
    """Divided by a power of two near the largest: ratios stay the same to the bit, and no sum can overflow."""
    exponent = math.frexp(max(weights.values()))[1]
    return {key: math.ldexp(weight, -exponent) for key, weight in weights.items()}


def decimal_units(values: Floats, decimals: int) -> Ints:
    """Values in [0, 1] rounded to a number of decimals and counted in units of the last one, as `round()` rounds them.

    Scaling a binary fraction can push it over a half, so the few values near one are left to Python.
    """
    scaled = values * 10.0**decimals
    units = np.rint(scaled)
    near_half = np.abs(scaled - units) > 0.4999
    if near_half.any():
        distinct, inverse = np.unique(values[near_half], return_inverse=True)
        exact = np.array([round(round(value, decimals) * 10**decimals) for value in distinct.tolist()])
        units[near_half] = exact[inverse]
    return units.astype(np.int64)


def rounded(value: float) -> float:
    """For output: six decimals, and no minus before zero."""
    return round(float(value), SCORE_DECIMALS) + 0.0


def rounded_all(values: Floats) -> Floats:
    """The same, to the bit, of many values in [0, 1]: a whole number of millionths has one nearest float."""
    return decimal_units(values, SCORE_DECIMALS) / 10.0**SCORE_DECIMALS
