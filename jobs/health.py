"""How far behind the workers are: the age of the oldest row that should have been worked on by now.

A worker that runs and fetches nothing any more looks alive to everything but this.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Coalesce, Greatest, Now
from prometheus_client.core import GaugeMetricFamily, Metric

from config.readiness import NotReadyError
from jobs.models import DueRow, DueRowQuerySet


def check_due_rows() -> dict[str, Any]:
    """None waits for longer than `settings.LATEST_DUE_ROW`.

    Raises:
        NotReadyError: one does.
    """
    oldest = max(ages_seconds().values())
    if oldest > settings.LATEST_DUE_ROW.total_seconds():
        raise NotReadyError(f"the oldest row has been due for {oldest:.0f} seconds: look at the workers")
    return {"oldest_seconds": round(oldest, 1)}


def ages_seconds() -> dict[str, float]:
    """For how long the oldest row of each kind has been due; 0 where none is."""
    return {name: age for name, (age, _count) in _standing().items()}


def queue_metrics() -> Iterator[Metric]:
    """Ages and lengths of the queues."""
    age = GaugeMetricFamily("queue_oldest_seconds", "For how long the oldest row has been due.", labels=["queue"])
    length = GaugeMetricFamily("queue_due_rows", "How many rows should have been worked on by now.", labels=["queue"])
    dead = GaugeMetricFamily("queue_dead_rows", "How many rows were given up and wait for staff.", labels=["queue"])
    for name, (oldest, count) in _standing().items():
        age.add_metric([name], oldest)
        length.add_metric([name], count)
    for name, rows in queues().items():
        dead.add_metric([name], rows.filter(state=DueRow.State.DEAD).count())
    yield from (age, length, dead)


def queues() -> dict[str, DueRowQuerySet[Any]]:
    """All kinds of rows that workers work off, by name."""
    kinds: list[Any] = DueRow.__subclasses__()
    return {kind.__name__.lower(): kind.objects.all() for kind in kinds}


def _standing() -> dict[str, tuple[float, int]]:
    standing = {}
    for name, rows in queues().items():
        # Who took a row and died has let it wait since the lease ran out.
        since = Coalesce(Greatest("due_at", "lease_until"), "due_at")
        found = rows.overdue().annotate(since=since).aggregate(count=Count("pk"), waits=Now() - Min("since"))
        age = max(found["waits"].total_seconds(), 0.0) if found["count"] else 0.0
        standing[name] = (age, found["count"])
    return standing
