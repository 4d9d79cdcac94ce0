"""Choices of yes or no: the cheapest, and what no choice can be cheaper than."""

import numpy as np
import pytest

from matchmaking.decisions.integer_programme import Programme, Watch


def test_a_bound_that_is_half_of_the_truth_is_raised_until_it_proves_it() -> None:
    """Points of a star of five, each line through two of them."""
    programme = Programme(5, Watch(60))
    for place in range(5):
        programme.require([place, (place + 1) % 5], at_least=1)

    solved = programme.minimised(np.ones(5))

    assert (solved.cost, solved.is_proved) == (3.0, True)
    assert solved.bound == pytest.approx(3)
    programme.require(range(5), at_most=2)
    assert programme.minimised(np.ones(5)).values is None
