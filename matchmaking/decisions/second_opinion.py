"""What other methods make of the same figures, and how far they agree with an order. The methods are pymcdm's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

NORMALISATIONS: Final = ("vector", "minmax", "max")
"""Ways to bring the columns of TOPSIS on one scale. They can give different orders, so each answer names its own."""
DIGITS: Final = 9
"""Scores that are equal so far are a tie."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """How one method orders the rows of a matrix.

    Attributes:
        method: `topsis`, `vikor` or `promethee_ii`.
        normalisation: how the columns were brought on one scale; `none` where the method compares differences.
        parameters: what else the method was told.
        scores: shape (rows,): closeness (TOPSIS), Q (VIKOR) or net flow (PROMETHEE II).
        ranks: from 1; who have the same score share a rank, and the next is left out.
        compromise: of VIKOR, the rows that it proposes together, best first; else empty.
    """

    method: str
    normalisation: str
    scores: Floats
    ranks: list[int]
    parameters: dict[str, Any] = field(default_factory=dict)
    compromise: list[int] = field(default_factory=list)


def topsis(
    matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int], *, normalisation: str = "vector"
) -> Opinion:
    """Closeness to the best of all columns together, from 0 to 1, higher is better.

    Args:
        matrix: shape (rows, columns).
        weights: shape (columns,), at least 0.
        directions: per column 1 where more is better, -1 where less is.
        normalisation: one of `NORMALISATIONS`.

    Where no column tells rows apart, all are tied at 0.5.
    """
    from pymcdm import methods, normalizations  # a second to import, for those who ask

    figures, shares, signs = _telling(matrix, weights, directions)
    if figures.shape[1]:
        method = methods.TOPSIS(getattr(normalizations, f"{normalisation}_normalization"))
        scores = np.asarray(method(figures, shares, signs, validation=False))
    else:
        scores = np.full(len(figures), 0.5)
    return Opinion("topsis", normalisation, scores, ranked(-scores))


def vikor(matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int], *, v: float = 0.5) -> Opinion:
    """Q: the regret over all columns (weight `v`) and in the worst of them, from 0 to 1, lower is better.

    Arguments as `topsis`. A column that does not tell rows apart gives no regret; where none does, all are tied at 0.
    `compromise` holds the best alone if it has a clear lead (1/(rows - 1)) and is the best in either regret as well.
    """
    total, largest = _regrets(matrix, weights, directions)
    scores = v * _spread(total) + (1 - v) * _spread(largest)
    return Opinion("vikor", "linear", scores, ranked(scores), {"v": v}, compromise=_compromise(scores, total, largest))


def promethee(
    matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int], *, indifference: float, preference: float
) -> Opinion:
    """Net flow: how much a row is preferred to the others less how much they are to it, from -1 to 1.

    Arguments as `topsis`, and for all columns, in their own unit: differences up to `indifference` are none, from
    `preference` on they are full, and grow in a straight line between. One row alone has 0.
    """
    from pymcdm import methods  # a second to import, for those who ask

    figures, shares = _figures(matrix, weights), _shares(weights)
    scores = np.zeros(len(figures))
    if len(figures) > 1 and len(shares):
        per_column = np.ones(len(shares))
        method = methods.PROMETHEE_II("vshape_2", q=indifference * per_column, p=preference * per_column)
        scores = np.asarray(method(figures, shares, np.asarray(directions), validation=False))
    parameters = {"function": "linear", "indifference": indifference, "preference": preference}
    return Opinion("promethee_ii", "none", scores, ranked(-scores), parameters)


def kendall_tau(ranks: Sequence[int], others: Sequence[int]) -> float | None:
    """Kendall's τ-b of two orders of the same rows: 1 the same, -1 reversed; None where one of them ties all."""
    from scipy.stats import kendalltau  # half a second to import, for those who ask

    if len(set(ranks)) < 2 or len(set(others)) < 2:
        return None
    return float(kendalltau(ranks, others).statistic)


def ranked(scores: Floats) -> list[int]:
    """Ranks from 1, the lowest score first; ties share theirs, and the next are left out."""
    told = np.round(scores, DIGITS)
    return [int(np.sum(told < score)) + 1 for score in told]


def _figures(matrix: ArrayLike, weights: ArrayLike) -> Floats:
    """Shape (rows, columns), also where one of these is 0."""
    figures = np.asarray(matrix, dtype=np.float64)
    return figures if figures.ndim == 2 else figures.reshape(0, np.size(weights))


def _shares(weights: ArrayLike) -> Floats:
    figures = np.asarray(weights, dtype=np.float64)
    total = figures.sum()
    return figures / total if total else figures


def _telling(matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int]) -> tuple[Floats, Floats, NDArray[Any]]:
    """Only the columns that tell rows apart: the others change no distance, and would be divided by nothing."""
    figures, shares = _figures(matrix, weights), _shares(weights)
    telling = (np.ptp(figures, axis=0) > 0) & (shares > 0) if len(figures) else np.zeros(len(shares), dtype=bool)
    return figures[:, telling], shares[telling], np.asarray(directions)[telling]


def _regrets(matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int]) -> tuple[Floats, Floats]:
    """S and R of VIKOR, as the library works them out."""
    from pymcdm import methods  # a second to import, for those who ask

    figures, shares, signs = _telling(matrix, weights, directions)
    if not figures.shape[1]:
        return np.zeros(len(figures)), np.zeros(len(figures))
    with np.errstate(invalid="ignore"):  # its Q, which is not used, divides by nothing where all regrets are equal
        tables = methods.VIKOR()(figures, shares, signs, validation=False, verbose=True).results
    found = {table.desc.label: np.asarray(table.data) for table in tables}
    return found["s"], found["r"]


def _spread(figures: Floats) -> Floats:
    """From 0 for the lowest to 1 for the highest; 0 where all are equal."""
    if not len(figures):
        return figures
    lowest, width = figures.min(), np.round(np.ptp(figures), DIGITS)
    return np.asarray((figures - lowest) / width if width else np.zeros(len(figures)))


def _compromise(scores: Floats, total: Floats, largest: Floats) -> list[int]:
    """The set that Opricovic and Tzeng (2004) propose: who is best, and who is not clearly behind."""
    order: list[int] = np.argsort(np.round(scores, DIGITS), kind="stable").tolist()
    if len(order) < 2:
        return order
    first, second = order[:2]
    behind = np.round(scores - scores[first], DIGITS)
    needed = round(1 / (len(order) - 1), DIGITS)
    if behind[second] < needed:
        return [row for row in order if behind[row] < needed]
    is_stable = ranked(total)[first] == 1 or ranked(largest)[first] == 1
    return [first] if is_stable else [first, second]
