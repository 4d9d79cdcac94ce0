"""Rows that wait to be worked on, claimed by one worker at a time."""

from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ATTEMPTS = 12
"""How often a row is tried. With the waits in between, an outage of most of a day is survived."""

Row = TypeVar("Row", bound="DueRow", covariant=True)


class DueRowQuerySet(models.QuerySet[Row]):
    """Claiming with a lease (who died is replaced) and a fence (who was replaced cannot finish).

    Every comparison of times is the database's, so that workers need not agree about the clock.
    """

    def due(self) -> Self:
        """Waiting and due, or claimed by a worker whose lease ran out."""
        waiting = Q(state=DueRow.State.DUE, due_at__lte=Now())
        abandoned = Q(state=DueRow.State.RUNNING, lease_until__lt=Now())
        return self.filter(waiting | abandoned)

    def unfinished(self) -> Self:
        """Waiting, due or not, or worked on."""
        return self.filter(state__in=(DueRow.State.DUE, DueRow.State.RUNNING))

    def overdue(self) -> Self:
        """Those that a worker should have taken by now, as far as it depends on workers alone."""
        return self.due()

    def claim(self, *, lease: timedelta, limit: int) -> list[Row]:
        """Take up to `limit` due rows, oldest first, for the length of `lease`. Rows held by others are passed over."""
        with transaction.atomic():
            locked = self.due().order_by("due_at", "pk").select_for_update(skip_locked=True, of=("self",))
            ids = list(locked.values_list("pk", flat=True)[:limit])
            if not ids:
                return []
            taken = self.filter(pk__in=ids)
            taken.update(state=DueRow.State.RUNNING, attempts=F("attempts") + 1, lease_until=Now() + lease)
            return list(taken.order_by("due_at", "pk"))

    def held(self, row: "DueRow") -> Self:
        """The row, if the worker that claimed `row` still holds it: the attempt's number is the fence."""
        return self.filter(pk=row.pk, state=DueRow.State.RUNNING, attempts=row.attempts)

    def renew(self, row: "DueRow", *, lease: timedelta) -> bool:
        """Hold a claimed row for the length of `lease` from now on. False where another worker has taken it over."""
        whatever = type(self)(self.model)  # a row that this queryset would no longer choose is held all the same
        return whatever.held(row).update(lease_until=Now() + lease) == 1

    def finish(self, row: "DueRow", **fields: Any) -> bool:
        """Mark a claimed row done. False where another worker has taken it over since."""
        done = self.held(row).update(state=DueRow.State.DONE, lease_until=None, last_error="", **fields)
        return done == 1

    def put_back(self, row: "DueRow", *, error: str, retry_in: timedelta | None, **fields: Any) -> bool:
        """Return a claimed row to wait for its next attempt, or give it up where `retry_in` is None."""
        state = DueRow.State.DEAD if retry_in is None else DueRow.State.DUE
        due_at = Now() + (retry_in or timedelta())
        last_error = error.replace("\x00", "")[:500]
        back = {"state": state, "due_at": due_at, "lease_until": None, "last_error": last_error}
        return self.held(row).update(**back, **fields) == 1

    tries: Any = ATTEMPTS
    """How often a row is tried: a number, or an expression."""

    def revive(self) -> int:
        """Let those that were given up be tried again."""
        return self.filter(state=DueRow.State.DEAD).try_anew()

    def try_anew(self) -> int:
        """Let them be done once more, as often tried as new ones. Attempts count on, as the fence must."""
        return self.update(state=DueRow.State.DUE, due_at=Now(), give_up_after=F("attempts") + self.tries)


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
    give_up_after = models.PositiveIntegerField(default=ATTEMPTS, help_text=_("Number of attempts."))
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
