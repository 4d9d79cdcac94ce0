"""What methods compare, and what they make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaking.decisions.errors import FiguresError

Floats = NDArray[np.float64]

DIGITS: Final = 9
"""Scores that are equal so far are a tie."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """How one method orders the rows of a matrix.

    Attributes:
        method: `topsis`, `vikor` or `promethee_ii`.
        normalisation: how the columns were brought on one scale; `none` where the method compares differences.
        scores: shape (rows,): closeness (TOPSIS), Q (VIKOR) or net flow (PROMETHEE II).
        ranks: from 1; who have the same score share a rank, and the next is left out.
        parameters: what else the method was told.
        parts: what the scores are made of, each of shape (rows,): distances `to_best` and `to_worst` (TOPSIS), regrets
            `S` and `R` (VIKOR), flows `positive` and `negative` (PROMETHEE II).
        compromise: of VIKOR, the rows that it proposes together, best first; else empty.
        conditions: of VIKOR, whether the best has an `acceptable_advantage` and `acceptable_stability`; else empty.
    """

    method: str
    normalisation: str
    scores: Floats
    ranks: list[int]
    parameters: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Floats] = field(default_factory=dict)
    compromise: list[int] = field(default_factory=list)
    conditions: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Figures to compare.

    Attributes:
        figures: shape (rows, columns), all finite.
        shares: shape (columns,), of the columns in the whole: they sum to 1, or are all 0.
        signs: shape (columns,): 1 where more is better, -1 where less is.
    """

    figures: Floats
    shares: Floats
    signs: NDArray[np.int64]

    @classmethod
    def of(cls, matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int]) -> "Table":
        """
        Raises:
            FiguresError: a figure or weight is not finite, a weight is negative, a direction is neither 1 nor -1, or
                there are not as many of each as columns.
        """
        shares, signs = _shares(weights), np.asarray(directions, dtype=np.int64)
        figures = np.asarray(matrix, dtype=np.float64)
        if not figures.size and figures.ndim < 2:
            figures = figures.reshape(0, shares.size)
        if figures.ndim != 2 or signs.shape != shares.shape or figures.shape[1] != shares.size:
            raise FiguresError("each column needs a weight and a direction")
        if not (np.isfinite(figures).all() and np.isin(signs, (1, -1)).all()):
            raise FiguresError("figures are finite, and directions 1 or -1")
        return cls(figures, shares, signs)

    def telling(self) -> "Table":
        """Only the columns that tell rows apart: the others change no distance, and would be divided by nothing."""
        if not len(self.figures):
            return Table(self.figures[:, :0], self.shares[:0], self.signs[:0])
        kept = (self.figures.min(axis=0) < self.figures.max(axis=0)) & (self.shares > 0)
        return Table(self.figures[:, kept], self.shares[kept], self.signs[kept])

    def scaled(self) -> "Table":
        """With each column divided by its largest figure, for methods that do not mind units: squares and differences
        then neither overflow nor vanish."""
        largest = np.abs(self.figures).max(axis=0, initial=0)
        return Table(self.figures / np.where(largest, largest, 1), self.shares, self.signs)


def ranked(scores: Floats) -> list[int]:
    """Ranks from 1, the lowest score first; ties share theirs, and the next are left out."""
    told = np.round(scores, DIGITS)
    return [int(np.sum(told < score)) + 1 for score in told]


def _shares(weights: ArrayLike) -> Floats:
    figures = np.asarray(weights, dtype=np.float64)
    if figures.ndim != 1 or not (np.isfinite(figures).all() and (figures >= 0).all()):
        raise FiguresError("weights are finite and at least 0")
    largest = figures.max(initial=0)
    if not largest:
        return figures
    relative = figures / largest  # their sum could overflow
    return np.asarray(relative / relative.sum())
