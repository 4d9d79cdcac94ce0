"""Choices of yes or no under linear conditions, at the least cost: whole-number programmes, solved by HiGHS."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solved:
    """What was found.

    Attributes:
        values: shape (variables,), whether each is chosen; None where no choice was found.
        cost: of that choice.
        bound: no choice costs less.
        is_proved: whether none is better, or there is none at all.
    """

    values: NDArray[np.bool_] | None
    cost: float
    bound: float
    is_proved: bool


class Watch:
    """So many seconds for several searches together."""

    def __init__(self, seconds: float) -> None:
        import scipy.optimize  # noqa: F401  # slow to import, for those who ask: that is no time to search

        self._last_moment = monotonic() + seconds

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._last_moment - monotonic())


class Programme:
    """Variables that are 0 or 1, and conditions on them."""

    def __init__(self, variables: int, watch: Watch) -> None:
        self._variables, self._watch = variables, watch
        self._rows: list[int] = []
        self._places: list[int] = []
        self._factors: list[float] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def require(
        self,
        places: Sequence[int],
        *,
        factors: Sequence[float] | None = None,
        at_least: float = -np.inf,
        at_most: float = np.inf,
    ) -> None:
        """Bound the sum of some variables, each times its factor (1 unless given)."""
        self._rows += [len(self._least)] * len(places)
        self._places += places
        self._factors += [1.0] * len(places) if factors is None else factors
        self._least.append(at_least)
        self._most.append(at_most)

    def minimised(self, costs: Floats) -> Solved:
        """The cheapest choice, or the cheapest found while time is left.

        Args:
            costs: shape (variables,).
        """
        if not (seconds := self._watch.seconds_left):
            return Solved(None, np.inf, -np.inf, is_proved=False)
        from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, for those who ask
        from scipy.sparse import coo_array  # see above

        shape = len(self._least), self._variables
        matrix = coo_array((self._factors, (self._rows, self._places)), shape=shape)
        found = milp(
            costs,
            constraints=LinearConstraint(matrix.tocsr(), np.array(self._least), np.array(self._most)),
            integrality=np.ones(self._variables),
            bounds=Bounds(0, 1),
            options={"time_limit": seconds, "mip_rel_gap": 0},
        )
        infeasible = 2
        if found.x is None:
            bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
            return Solved(None, np.inf, bound, found.status == infeasible)
        return Solved(found.x > 0.5, float(found.fun), float(found.mip_dual_bound), found.status == 0)
