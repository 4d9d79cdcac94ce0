"""Weights from comparisons of two criteria at a time: the analytic hierarchy process (T. L. Saaty, 1980)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaking.decisions.errors import JudgementError

RANDOM_INDEX: Final = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""The mean consistency index of random judgements on 1, 2, … 15 criteria (Saaty, 1980)."""
MOST_CRITERIA: Final = len(RANDOM_INDEX)
LARGEST: Final = 9.0
"""The end of Saaty's scale: nine times as important."""
MOST_INCONSISTENT: Final = 0.10
"""The consistency ratio up to which judgements are taken as they are."""


@dataclass(frozen=True, slots=True)
class Triple:
    """Three criteria whose comparisons agree least.

    Attributes:
        criteria: the keys a, b, c.
        judged: how many times a was said to matter as much as b, b as c, and a as c.
        implied: what a against c would be by the first two.
    """

    criteria: tuple[str, str, str]
    judged: tuple[float, float, float]
    implied: float


@dataclass(frozen=True, slots=True)
class Pairwise:
    """What comparisons come to.

    Attributes:
        weights: by key, summing to 1.
        largest_eigenvalue: of the matrix of judgements; the number of criteria where they agree fully.
        consistency_index: how far that is above the number of criteria, by criteria but one.
        consistency_ratio: the index by that of random judgements: 0 where they agree fully, 1 for chance.
        worst: None where fewer than three criteria are compared, or all agree.
    """

    weights: dict[str, float]
    largest_eigenvalue: float
    consistency_ratio: float
    worst: Triple | None

    @property
    def consistency_index(self) -> float:
        return consistency_index(self.largest_eigenvalue, len(self.weights))

    @property
    def is_consistent(self) -> bool:
        return self.consistency_ratio <= MOST_INCONSISTENT


def pairwise_weights(criteria: Sequence[str], judgements: Mapping[tuple[str, str], float]) -> Pairwise:
    """Weights of criteria of which every two were compared.

    Args:
        criteria: their keys, at most 15.
        judgements: for every pair, in either order, how many times the first matters as much as the second: 1/9 to 9.

    Raises:
        JudgementError: `missing`: no criterion, or a pair without a judgement; `repeated`: a criterion, or a pair both
            ways round; `unknown`: a judgement of something else, or of one with itself; `out_of_scale`; `too_many`.
    """
    _check_criteria(criteria)
    matrix = _matrix(criteria, judgements)
    weights, eigenvalue = principal(matrix)
    return Pairwise(
        weights=dict(zip(criteria, weights.tolist(), strict=True)),
        largest_eigenvalue=eigenvalue,
        consistency_ratio=consistency_ratio(eigenvalue, len(criteria)),
        worst=_worst(criteria, matrix),
    )


def principal(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The eigenvector of the largest eigenvalue of a positive matrix, summing to 1, and that eigenvalue."""
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return vector / vector.sum(), float(values[largest].real)


def consistency_ratio(eigenvalue: float, n: int) -> float:
    """How far judgements on n criteria contradict each other, as a share of what chance would do."""
    return consistency_index(eigenvalue, n) / RANDOM_INDEX[n - 1] if n > 2 else 0.0


def consistency_index(eigenvalue: float, n: int) -> float:
    return max(0.0, (eigenvalue - n) / (n - 1)) if n > 2 else 0.0


def _check_criteria(criteria: Sequence[str]) -> None:
    if not criteria:
        raise JudgementError("missing")
    if repeated := sorted({key for key in criteria if list(criteria).count(key) > 1}):
        raise JudgementError("repeated", *repeated)
    if len(criteria) > MOST_CRITERIA:
        raise JudgementError("too_many", *criteria)


def _matrix(criteria: Sequence[str], judgements: Mapping[tuple[str, str], float]) -> NDArray[np.float64]:
    places = {key: place for place, key in enumerate(criteria)}
    for (one, other), times in judgements.items():
        if one not in places or other not in places or one == other:
            raise JudgementError("unknown", one, other)
        if (other, one) in judgements:
            raise JudgementError("repeated", one, other)
        if not 1 / LARGEST - 1e-9 <= times <= LARGEST:  # NaN is refused too
            raise JudgementError("out_of_scale", one, other)
    matrix = np.eye(len(criteria))
    for one, other in combinations(criteria, 2):
        times = judgements.get((one, other)) or 1 / judgements.get((other, one), np.inf)
        if not times:
            raise JudgementError("missing", one, other)
        matrix[places[one], places[other]] = times
        matrix[places[other], places[one]] = 1 / times
    return matrix


def _worst(criteria: Sequence[str], matrix: NDArray[np.float64]) -> Triple | None:
    """The three for which a against c differs most, as a factor, from what a against b and b against c imply."""

    def logs(a: int, b: int, c: int) -> tuple[float, float]:
        return log(matrix[a, b]) + log(matrix[b, c]), log(matrix[a, c])

    def gap(triple: tuple[int, int, int]) -> float:
        implied, judged = logs(*triple)
        return round(abs(implied - judged), 9)

    worst = max(combinations(range(len(criteria)), 3), key=gap, default=None)
    if worst is None or not gap(worst):
        return None
    a, b, c = worst
    return Triple(
        criteria=(criteria[a], criteria[b], criteria[c]),
        judged=(float(matrix[a, b]), float(matrix[b, c]), float(matrix[a, c])),
        implied=exp(logs(a, b, c)[0]),
    )
