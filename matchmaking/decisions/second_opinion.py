"""What TOPSIS and VIKOR make of the same figures. The methods are pymcdm's."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from matchmaking.decisions.errors import FiguresError
from matchmaking.decisions.library import pymcdm
from matchmaking.decisions.opinion import DIGITS, Floats, Opinion, Table, ranked

NORMALISATIONS: Final = ("vector", "minmax", "max")
"""Ways to bring the columns of TOPSIS on one scale. They can give different orders, so each answer names its own."""
OF_POSITIVE_FIGURES: Final = ("sum", "linear")
"""Further ways, which divide by each figure."""
V: Final = 0.5
"""How much of VIKOR's Q is the regret over all columns, the rest being that in the worst of them."""


def topsis(
    matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int], *, normalisation: str = "vector"
) -> Opinion:
    """Closeness to the best of all columns together, from 0 to 1, higher is better.

    Args:
        matrix: shape (rows, columns).
        weights: shape (columns,), at least 0; only ratios matter.
        directions: per column 1 where more is better, -1 where less is.
        normalisation: one of `NORMALISATIONS` or `OF_POSITIVE_FIGURES`.

    Where no column tells rows apart, all are tied at 0.5.

    Raises:
        FiguresError: as `Table.of`; or the normalisation is unknown, or cannot be had of these figures: `max` of
            negative ones, `sum` and `linear` of any that is not above 0.
    """
    table = Table.of(matrix, weights, directions)
    _check_normalisation(normalisation, table.figures)
    table = table.scaled().telling()
    if not table.figures.shape[1]:
        return Opinion("topsis", normalisation, np.full(len(table.figures), 0.5), [1] * len(table.figures))
    largest = table.shares.max()  # squares of small shares would vanish
    method = pymcdm("methods").TOPSIS(getattr(pymcdm("normalizations"), f"{normalisation}_normalization"))
    found = _tables_of(method(table.figures, table.shares / largest, table.signs, validation=False, verbose=True))
    parts = {"to_best": found["dpis"] * largest, "to_worst": found["dnis"] * largest}
    return Opinion("topsis", normalisation, found["pref"], ranked(-found["pref"]), parts=parts)


def vikor(matrix: ArrayLike, weights: ArrayLike, directions: Sequence[int], *, v: float = V) -> Opinion:
    """Q: the regret over all columns (weight `v`) and in the worst of them, from 0 to 1, lower is better.

    Arguments as `topsis`. A column that does not tell rows apart gives no regret; where none does, all are tied at 0.
    `compromise` holds the best alone if it has a clear lead (1/(rows - 1)) and is the best in either regret as well.

    Raises:
        FiguresError: as `Table.of`, or `v` is not between 0 and 1.
    """
    if not 0 <= v <= 1:
        raise FiguresError("v lies between 0 and 1")
    total, largest = _regrets(Table.of(matrix, weights, directions).scaled().telling())
    scores = v * _spread(total) + (1 - v) * _spread(largest)
    compromise, conditions = _proposed(scores, total, largest)
    return Opinion(
        "vikor",
        "linear",
        scores,
        ranked(scores),
        parameters={"v": v},
        parts={"S": total, "R": largest},
        compromise=compromise,
        conditions=conditions,
    )


def _check_normalisation(normalisation: str, figures: Floats) -> None:
    if normalisation not in (*NORMALISATIONS, *OF_POSITIVE_FIGURES):
        raise FiguresError(f"no normalisation: {normalisation}")
    if normalisation == "max" and (figures < 0).any():
        raise FiguresError("max needs figures of at least 0")
    if normalisation in OF_POSITIVE_FIGURES and (figures <= 0).any():
        raise FiguresError(f"{normalisation} needs figures above 0")


def _regrets(table: Table) -> tuple[Floats, Floats]:
    """S and R of VIKOR, as the library works them out."""
    if not table.figures.shape[1]:
        return np.zeros(len(table.figures)), np.zeros(len(table.figures))
    method = pymcdm("methods").VIKOR()
    with np.errstate(invalid="ignore"):  # its Q, which is not used, divides by nothing where all regrets are equal
        found = _tables_of(method(table.figures, table.shares, table.signs, validation=False, verbose=True))
    return found["s"], found["r"]


def _tables_of(results: Any) -> dict[str, Floats]:
    """What the library tells of its steps, by its labels."""
    return {each.desc.label: np.asarray(each.data, dtype=np.float64) for each in results.results}


def _spread(figures: Floats) -> Floats:
    """From 0 for the lowest to 1 for the highest; 0 where all are equal."""
    if not len(figures):
        return figures
    width = np.ptp(figures)
    return np.asarray((figures - figures.min()) / width if np.round(width, DIGITS) else np.zeros(len(figures)))


def _proposed(scores: Floats, total: Floats, largest: Floats) -> tuple[list[int], dict[str, bool]]:
    """The set that Opricovic and Tzeng (2004) propose: who is best, and who is not clearly behind; and why."""
    order: list[int] = np.argsort(np.round(scores, DIGITS), kind="stable").tolist()
    if len(order) < 2:
        return order, {}
    first, second = order[:2]
    behind = np.round(scores - scores[first], DIGITS)
    needed = round(1 / (len(order) - 1), DIGITS)
    leads = bool(behind[second] >= needed)
    is_stable = ranked(total)[first] == 1 or ranked(largest)[first] == 1
    conditions = {"acceptable_advantage": leads, "acceptable_stability": is_stable}
    if not leads:
        return [row for row in order if behind[row] < needed], conditions
    return [first] if is_stable else [first, second], conditions
