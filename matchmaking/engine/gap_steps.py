"""To which figures a supplier could improve: few for each capability and criterion, among those that are asked."""

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Final, TypeVar

T = TypeVar("T")

MOST_STEPS: Final = 4
TWO_FIGURES: Final = 1
"""How far below the first digit the last one stands."""


def steps(asked: Sequence[T]) -> list[T]:
    """At most four of what is asked, each once: that with which a quarter of the askers are served, a half, three
    quarters, and all.

    Args:
        asked: by each asker, the easiest first.
    """
    ends = (math.ceil(len(asked) * (number + 1) / MOST_STEPS) - 1 for number in range(MOST_STEPS))
    return list(dict.fromkeys(asked[end] for end in ends)) if asked else []


def free_capacity(quantity: float) -> float:
    """The least free capacity that serves a quantity, as it is known to rankings: to two significant figures."""
    exact = Decimal(quantity)
    last_digit = Decimal((0, (1,), exact.adjusted() - TWO_FIGURES))
    rounded = float((exact / last_digit).to_integral_value(ROUND_CEILING) * last_digit)
    return rounded if math.isfinite(rounded) else quantity
