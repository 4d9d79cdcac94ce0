"""How long a delivery waits between its attempts."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

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

BUSY = frozenset({429, 503})
"""Statuses whose Retry-After is heeded."""
LONGEST_ASKED_WAIT = timedelta(hours=24)


def asked_wait(status_code: int, retry_after: str, *, at: datetime) -> timedelta:
    """How long a busy receiver wants to be left alone (RFC 9110, 10.2.3: seconds, or a moment); a day at most.

    Nothing where it did not say, or said what cannot be read.
    """
    if status_code not in BUSY:
        return timedelta()
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_ASKED_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return timedelta()
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(), min(moment - at, LONGEST_ASKED_WAIT))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures."""
    wait = WEBHOOK_WAITS[min(attempts, len(WEBHOOK_WAITS)) - 1]
    return wait * (1 + JITTER * random.random())  # noqa: S311  # guards nothing
