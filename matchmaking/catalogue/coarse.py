"""How busy a firm is, as far as a ranking may know it.

A buyer who may ask as often as it likes works out any figure that a ranking rests on. So the exact one does not get in.
"""

from typing import Final

import numpy as np

from matchmaking.engine.columns import Floats

FEW: Final = 64
"""So many are formatted one by one, which is what rounding means here."""


def coarse_utilisation(used_pct: Floats, capacity: Floats) -> Floats:
    """The utilisation that leaves the free capacity to two significant figures.

    Args:
        used_pct: shape (n,), in [0, 100].
        capacity: shape (n,), not negative.

    Returns:
        Shape (n,), in [0, 100].
    """
    with np.errstate(all="ignore"):  # nothing of nothing is free, and some capacities are beyond every float
        free = two_figures(capacity * (1.0 - used_pct / 100.0))
        coarse_pct = np.select([free <= 0.0, free >= capacity], [100.0, 0.0], 100.0 * (1.0 - free / capacity))
        low = np.flatnonzero((coarse_pct > 0.0) & (capacity * (1.0 - coarse_pct / 100.0) < free))
        while len(low):  # by a rounding: whoever asks for just that much is served
            coarse_pct[low] = np.nextafter(coarse_pct[low], 0.0)
            low = low[(coarse_pct[low] > 0.0) & (capacity[low] * (1.0 - coarse_pct[low] / 100.0) < free[low])]
    return coarse_pct


def two_figures(values: Floats) -> Floats:
    """Values from 0 on, rounded to two significant decimal figures as Python's formatting rounds them."""
    if len(values) <= FEW:
        return np.array([float(f"{value:.1e}") for value in values.tolist()])
    rounded = np.array(values)
    is_usual = (values > 1e-290) & (values < 1e290)
    usual = np.flatnonzero(is_usual)
    exponent = np.floor(np.log10(values[usual])).astype(np.int64)
    scaled = values[usual] / 10.0 ** (exponent - 1).astype(np.float64)
    digits = np.rint(scaled).astype(np.int64)
    lowest = int(exponent.min(initial=0))
    keys = (exponent - lowest) * 1000 + digits
    exact = np.zeros(int(keys.max(initial=-1)) + 1)
    for key in np.flatnonzero(np.bincount(keys)).tolist():
        exact[key] = float(f"{key % 1000}e{key // 1000 + lowest - 1}")
    rounded[usual] = exact[keys]
    unsure = np.concatenate([usual[np.abs(scaled - digits) > 0.4999], np.flatnonzero((values != 0.0) & ~is_usual)])
    rounded[unsure] = [float(f"{value:.1e}") for value in values[unsure].tolist()]
    return rounded
