"""How far two orders agree (M. G. Kendall, Biometrika 33, 1945)."""

from collections.abc import Sequence
from math import sqrt

import numpy as np


def kendall_tau(ranks: Sequence[float], others: Sequence[float]) -> float | None:
    """Kendall's τ-b of two orders of the same rows, in which ties count: 1 the same, -1 reversed.

    Pairs in the same order less pairs in reversed order, divided by √(pairs that the one does not tie × pairs that the
    other does not). None where one of them ties all, or has fewer than two rows.
    """
    one, other = (np.sign(np.subtract.outer(each, each)) for each in (np.asarray(ranks), np.asarray(others)))
    told = sqrt(int(np.count_nonzero(one)) * int(np.count_nonzero(other)))
    return float((one * other).sum() / told) if told else None
