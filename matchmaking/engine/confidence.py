"""From evidence to confidence, and the interval of a share."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from matchmaking.engine.columns import Floats, Grades, Ints

LEVEL_WEIGHTS: Final = np.array([0.60, 0.75, 0.90, 0.97, 1.00])
HALF_LIFE_DAYS: Final[Mapping[str, int]] = {
    "process": 730,
    "material": 730,
    "tolerance": 730,
    "roughness": 730,
    "part_size": 730,
    "part_mass": 730,
    "capacity": 90,
    "moq": 180,
    "lead_time": 180,
    "languages": 365,
    "export_experience": 365,
}
STALE_BELOW: Final = 0.25
OLDEST_DAYS: Final = 65_535
"""Beyond this age (180 years) trust is below 10^-27: no decimal that is told or compared tells it from less."""
Z_95: Final = 1.959963984540054


def trust(grades: Grades, *, criterion: str, today: int) -> Floats:
    """Trust in facts by their grade: the level's weight, halved with every half-life of age.

    Args:
        criterion: whose half-life counts.
        today: the day of the ranking, as an ordinal.

    Returns:
        One entry for each grade, in [0, 1]; 0 for what is unknown.
    """
    age = np.clip(today - grades.observed, 0, OLDEST_DAYS)
    decay = _decay(HALF_LIFE_DAYS[criterion], 1 << int(age.max(initial=0)).bit_length())
    return np.where(grades.level < 0, 0.0, level_weight(grades.level) * decay[age])


def level_weight(level: Ints) -> Floats:
    """Trust in evidence that does not age."""
    weights: Floats = LEVEL_WEIGHTS[level]
    return weights


@lru_cache(maxsize=64)
def _decay(half_life_days: int, days: int) -> Floats:
    """2^(-age / half-life) by age. Python's power, not numpy's: the same bits on every machine and at every length."""
    return np.array([2.0 ** (-age / half_life_days) for age in range(days)])


def wilson_interval(good: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Ends of the 95 % interval of a share (E. B. Wilson, 1927), NaN where `total` is NaN.

    Args:
        good: shape (n,), between 0 and `total`.
        total: shape (n,), above 0.
    """
    weight = total + Z_95 * Z_95
    centre = (good + Z_95 * Z_95 / 2) / weight
    half_width = Z_95 / weight * np.sqrt(good * ((total - good) / total) + Z_95 * Z_95 / 4)
    return np.maximum(centre - half_width, 0.0), np.minimum(centre + half_width, 1.0)
