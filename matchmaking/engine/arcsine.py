"""The arc sine from additions, products, quotients and roots only, which every processor computes to the same bit.

numpy's own takes other instructions on other processors, and the hash of a ranking would depend on the machine.
Source of the rational approximation and its coefficients: FreeBSD's msun, e_asin.c (Sun Microsystems, 1993).
"""

from typing import Final

import numpy as np

from matchmaking.engine.columns import Floats

_NUMERATOR: Final = (
    1.66666666666666657415e-01,
    -3.25565818622400915405e-01,
    2.01212532134862925881e-01,
    -4.00555345006794114027e-02,
    7.91534994289814532176e-04,
    3.47933107596021167570e-05,
)
_DENOMINATOR: Final = (
    1.0,
    -2.40339491173441421878e00,
    2.02094576023350569471e00,
    -6.88283971605453293030e-01,
    7.70381505559019352791e-02,
)


def arcsin(sine: Floats) -> Floats:
    """The angle in radians whose sine is given, to within 4 units in the last place.

    Args:
        sine: shape (n,), in [0, 1]; NaN stays NaN.

    Returns:
        Shape (n,), in [0, π/2].
    """
    half = np.sqrt((1.0 - sine) * 0.5)
    small = sine < 0.5
    argument = np.where(small, sine, half)
    square = argument * argument
    angle = argument + argument * (square * _polynomial(_NUMERATOR, square) / _polynomial(_DENOMINATOR, square))
    return np.where(small, angle, np.pi / 2 - 2.0 * angle)


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    value = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        value = value * x + coefficient
    return value
