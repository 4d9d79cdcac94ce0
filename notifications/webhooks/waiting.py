"""How long a delivery waits between its attempts."""

import random
from datetime import timedelta

WEBHOOK_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the n-th failure; ten attempts in about three days. The schedule of the Standard Webhooks specification."""
TRIES = len(WEBHOOK_WAITS) + 1
JITTER = 0.1
"""Each wait is longer by up to this share, so that what failed together does not come back together."""


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures."""
    wait = WEBHOOK_WAITS[min(attempts, len(WEBHOOK_WAITS)) - 1]
    return wait * (1 + JITTER * random.random())  # noqa: S311  # guards nothing
