"""How much rows are preferred to each other by PROMETHEE II (J. P. Brans, P. Vincke, 1985). The method is pymcdm's."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from matchmaking.decisions.errors import FiguresError
from matchmaking.decisions.library import pymcdm
from matchmaking.decisions.opinion import Floats, Opinion, Table, ranked

IN_LIBRARY: Final = {"usual": "usual", "u_shape": "ushape", "v_shape": "vshape", "level": "level", "linear": "vshape_2"}
FUNCTIONS: Final = (*IN_LIBRARY, "gaussian")
"""From which differences on one row is preferred, and how much; see `promethee`."""

PerColumn = float | Sequence[float]


def promethee(
    matrix: ArrayLike,
    weights: ArrayLike,
    directions: Sequence[int],
    *,
    indifference: PerColumn = 0.0,
    preference: PerColumn = 0.0,
    function: str | Sequence[str] = "linear",
) -> Opinion:
    """Net flow: how much a row is preferred to the others less how much they are to it, from -1 to 1.

    Arguments as `topsis`. The others are for all columns or one for each, thresholds in the column's own unit:

    - `usual`: any difference is full preference;
    - `u_shape`: from above `indifference` on it is full;
    - `v_shape`: it grows in a straight line, and is full from `preference` on;
    - `level`: half from above `indifference`, full from above `preference`;
    - `linear`: none up to `indifference`, full from `preference` on, and in a straight line between;
    - `gaussian`: 1 - exp(-d² ÷ 2s²), where `preference` is s, at which it grows fastest.

    One row alone has 0.

    Raises:
        FiguresError: as `Table.of`; or a function is unknown, or a threshold negative, not finite, or an indifference
            above its preference.
    """
    table = Table.of(matrix, weights, directions)
    rows, columns = table.figures.shape
    functions = [function] * columns if isinstance(function, str) else list(function)
    lowest, highest = _thresholds(indifference, columns), _thresholds(preference, columns)
    _check(functions, lowest, highest)
    positive, negative = np.zeros(rows), np.zeros(rows)
    if rows > 1:
        for place, name in enumerate(functions):
            column = table.figures[:, place] * table.signs[place]
            plus, minus = _flows(column, name, float(lowest[place]), float(highest[place]))
            positive += table.shares[place] * plus
            negative += table.shares[place] * minus
    scores = positive - negative
    return Opinion(
        "promethee_ii",
        "none",
        scores,
        ranked(-scores),
        parameters={"function": function, "indifference": indifference, "preference": preference},
        parts={"positive": positive, "negative": negative},
    )


def _thresholds(given: PerColumn, columns: int) -> Floats:
    figures = np.asarray(given, dtype=np.float64)
    return np.full(columns, figures) if figures.ndim == 0 else figures


def _check(functions: list[str], lowest: Floats, highest: Floats) -> None:
    if not len(functions) == len(lowest) == len(highest):
        raise FiguresError("each column needs a function and thresholds, or all the same")
    for name, low, high in zip(functions, lowest, highest, strict=True):
        if name not in FUNCTIONS:
            raise FiguresError(f"no preference function: {name}")
        if not (0 <= low < np.inf and 0 <= high < np.inf) or (name in ("level", "linear") and low > high):
            raise FiguresError("thresholds are finite, at least 0, and the indifference is not above the preference")


def _flows(column: Floats, name: str, low: float, high: float) -> tuple[Floats, Floats]:
    """Positive and negative flows, each of shape (rows,), of one column in which more is better. They add up over
    columns, which is how each can have a function of its own."""
    unit = max(1.0, float(np.abs(column).max()))  # differences of the largest figures would overflow
    column, low, high = column / unit, low / unit, high / unit
    name = _that_can_be_drawn(name, low, high)
    if name == "gaussian":
        return _gaussian_flows(column, high)
    method = pymcdm("methods.partial").PROMETHEE_I(IN_LIBRARY[name], q=[low], p=[high])
    with np.errstate(over="ignore"):  # it draws the line also where preference is full
        plus, minus = method(column[:, np.newaxis], [1.0], [1], validation=False)
    return plus, minus


def _that_can_be_drawn(name: str, low: float, high: float) -> str:
    """Lines and bells without any width are steps."""
    if name == "linear" and low == high:
        return "u_shape"
    return "usual" if name in ("v_shape", "gaussian") and not high else name


def _gaussian_flows(column: Floats, inflection: float) -> tuple[Floats, Floats]:
    """As the library's, which has no such function."""
    leads = np.maximum(np.subtract.outer(column, column), 0)
    with np.errstate(over="ignore"):  # so far apart that it is full
        degrees = -np.expm1(-((leads / inflection) ** 2) / 2)
    others = len(column) - 1
    return degrees.sum(axis=1) / others, degrees.sum(axis=0) / others
