"""Gates tell by one figure, to the last bit, whom a figure's value tells to fail."""

import math
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchmaking.engine.criteria import OF_OPERATION, OfFigure, clipped
from matchmaking.engine.gates import FULL

JUDGES = [judge for judge in OF_OPERATION.values() if isinstance(judge, OfFigure)]


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.key)
@given(st.floats(min_value=5e-324, allow_infinity=False, allow_nan=False))
@example(5e-324)
@example(sys.float_info.max)
@example(1.7976931330646228e308)
@example(0.05)
def test_the_next_figure_after_the_last_in_full_is_worth_less(judge: OfFigure, target: float) -> None:
    last = judge.last_in_full(target)
    beyond = math.nextafter(last, math.inf if judge.nothing_at > 1 else 0.0)

    with np.errstate(over="ignore"):
        values = clipped(judge.worth(np.array([target, last, beyond]), target))

    assert values[0] >= FULL
    assert values[1] >= FULL > values[2]
