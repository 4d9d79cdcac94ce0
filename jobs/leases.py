"""Keeping what a worker has claimed for as long as it lives, so that leases are short and the dead soon replaced."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import structlog
from django.db import DatabaseError, connections

from jobs.models import DueRow, DueRowQuerySet

RENEWALS_IN_A_LEASE = 3
"""So that one that fails, or comes late, loses nothing."""

log = structlog.get_logger(__name__)


@contextmanager
def kept(rows: DueRowQuerySet[Any], row: DueRow, *, lease: timedelta) -> Iterator[None]:
    """Renew the lease of a claimed row until the block ends, or this process does.

    A thread of its own does so, on a connection of its own, which it opens only where the block takes long. It stops
    where another worker has taken the row over.
    """
    is_over = Event()
    keeper = Thread(target=_keep, args=(rows, row, lease, is_over), name=f"keeps {row}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join()


def _keep(rows: DueRowQuerySet[Any], row: DueRow, lease: timedelta, is_over: Event) -> None:
    try:
        while not is_over.wait(lease.total_seconds() / RENEWALS_IN_A_LEASE):
            try:
                if not rows.renew(row, lease=lease):
                    return
            except DatabaseError as failure:
                log.warning("lease_not_renewed", row=str(row), error=str(failure))
                connections.close_all()
    finally:
        connections.close_all()
