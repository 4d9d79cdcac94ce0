"""Rows that wait to be worked on, claimed by one worker at a time."""

from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound="DueRow", covariant=True)


class DueRowQuerySet(models.QuerySet[Row]):
    """Claiming with a lease (who died is replaced) and a fence (who was replaced cannot finish)."""

    def due(self, *, at: datetime | None = None) -> Self:
        """Waiting and due, or claimed by a worker whose lease ran out."""
        now = at or timezone.now()
        waiting = Q(state=DueRow.State.DUE, due_at__lte=now)
        abandoned = Q(state=DueRow.State.RUNNING, lease_until__lt=now)
        return self.filter(waiting | abandoned)

    def claim(self, *, lease: timedelta, limit: int) -> list[Row]:
        """Take up to `limit` due rows, oldest first, for the length of `lease`. Rows that others hold are passed over."""
        now = timezone.now()
        with transaction.atomic():
            locked = self.due(at=now).order_by("due_at", "pk").select_for_update(skip_locked=True)
            ids = list(locked.values_list("pk", flat=True)[:limit])
            taken = self.model._default_manager.filter(pk__in=ids)
            taken.update(state=DueRow.State.RUNNING, attempts=F("attempts") + 1, lease_until=now + lease)
            return list(taken.order_by("due_at", "pk"))

    def held(self, row: "DueRow") -> Self:
        """The row, locked, if the worker that claimed `row` still holds it."""
        return self.select_for_update().filter(pk=row.pk, state=DueRow.State.RUNNING, attempts=row.attempts)

    def finish(self, row: "DueRow", **fields: Any) -> bool:
        """Mark a claimed row done. False where another worker has taken it over since."""
        done = self.held(row).update(state=DueRow.State.DONE, lease_until=None, last_error="", **fields)
        return done == 1

    def put_back(self, row: "DueRow", *, error: str, retry_in: timedelta | None) -> bool:
        """Return a claimed row to wait for its next attempt, or give it up where `retry_in` is None."""
        state = DueRow.State.DEAD if retry_in is None else DueRow.State.DUE
        due_at = timezone.now() + (retry_in or timedelta())
        back = self.held(row).update(state=state, due_at=due_at, lease_until=None, last_error=error[:500])
        return back == 1


class DueRow(models.Model):
    """Work to be done once. The row is the truth; a task is only a wake-up."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
