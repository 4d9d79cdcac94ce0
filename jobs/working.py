"""Working off due rows, one at a time, whatever becomes of the worker."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import TypeVar

import structlog

from jobs.errors import OutOfReachError, PermanentFailureError
from jobs.leases import kept
from jobs.models import DueRow, DueRowQuerySet

FIRST_RETRY = timedelta(seconds=20)
"""Soon, for most of what fails is over by then, such as a mail server that is being restarted."""
SECOND_RETRY = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)

Row = TypeVar("Row", bound=DueRow)

log = structlog.get_logger(__name__)


def work_off(
    rows: DueRowQuerySet[Row], act: Callable[[Row], None], *, lease: timedelta, within: timedelta = timedelta(minutes=1)
) -> int:
    """Claim due rows one by one and do `act` to each, until none is due or the time is up.

    A row is claimed only when its turn has come, and its lease is renewed while its act goes on. What an act raises
    returns the row to wait for its next attempt; the last attempt, or a PermanentFailureError, gives it up.

    Args:
        act: does the work and finishes the row (`rows.finish`) as close to the effect as it can.
        lease: how long after this process has died the row goes to another worker.

    Returns:
        How many rows were tried.
    """
    started, tried = monotonic(), 0
    while monotonic() - started < within.total_seconds() and (claimed := rows.claim(lease=lease, limit=1)):
        tried += 1
        with kept(rows, claimed[0], lease=lease):
            is_worth_going_on = _try(rows, claimed[0], act)
        if not is_worth_going_on:
            break
    return tried


def wait_after(attempts: int) -> timedelta:
    """How long a row rests after its n-th failure: 20 seconds, then 2 minutes and twice as long each time, at most six
    hours."""
    return FIRST_RETRY if attempts < 2 else min(SECOND_RETRY * float(2 ** min(attempts - 2, 20)), LONGEST_WAIT)


def _try(rows: DueRowQuerySet[Row], row: Row, act: Callable[[Row], None]) -> bool:
    """Do the act. False where the rows after this one cannot fare better."""
    try:
        if row.attempts > row.give_up_after:
            raise PermanentFailureError(row.last_error or "Each worker that tried ended before it had finished.")
        act(row)
    except PermanentFailureError as failure:
        log.warning("given_up", row=str(row), error=str(failure))
        rows.put_back(row, error=str(failure), retry_in=None)
    except OutOfReachError as failure:
        log.warning("out_of_reach", error=str(failure))
        _put_back(rows, row, failure)
        return False
    except Exception as failure:  # whatever one row's fault is, it must not keep the others waiting
        log.exception("attempt_failed", row=str(row), attempt=row.attempts)
        _put_back(rows, row, failure)
    return True


def _put_back(rows: DueRowQuerySet[Row], row: DueRow, failure: Exception) -> None:
    retry_in = None if row.attempts >= row.give_up_after else wait_after(row.attempts)
    rows.put_back(row, error=f"{type(failure).__name__}: {failure}", retry_in=retry_in)
