"""The arc sine that is the same on every machine."""

import math

import numpy as np
import pytest

from matchmaking.engine.arcsine import arcsin

BITS = [
    "0x1.9a49276037884p-4",
    "0x1.380159e14f6ffp-2",
    "0x1.0c152382d7364p-1",
    "0x1.8d00e692afd95p-1",
    "0x1.1ea93705fa172p+0",
]


@pytest.mark.parametrize("sine", [0.0, 1e-300, 1e-9, 0.25, math.nextafter(0.5, 0), 0.5, 0.75, 0.975, 1 - 2**-53, 1.0])
def test_it_agrees_with_the_library_to_four_units_in_the_last_place(sine: float) -> None:
    exact = math.asin(sine)

    assert abs(float(arcsin(np.array([sine]))[0]) - exact) <= 4 * math.ulp(exact)


def test_its_bits_are_known() -> None:
    angles = arcsin(np.array([0.1, 0.3, 0.5, 0.7, 0.9]))

    assert [angle.hex() for angle in angles.tolist()] == BITS


def test_what_is_unknown_stays_unknown() -> None:
    assert np.isnan(arcsin(np.array([np.nan])))[0]
