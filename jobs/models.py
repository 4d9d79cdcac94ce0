"""Rows that wait to be worked on, claimed by one worker at a time, and requests that were carried out once."""

import hashlib
from datetime import timedelta
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
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

    def finish(self, row: "DueRow", **fields: Any) -> bool:
        """Mark a claimed row done. False where another worker has taken it over since."""
        done = self.held(row).update(state=DueRow.State.DONE, lease_until=None, last_error="", **fields)
        return done == 1

    def put_back(self, row: "DueRow", *, error: str, retry_in: timedelta | None) -> bool:
        """Return a claimed row to wait for its next attempt, or give it up where `retry_in` is None."""
        state = DueRow.State.DEAD if retry_in is None else DueRow.State.DUE
        due_at = Now() + (retry_in or timedelta())
        last_error = error.replace("\x00", "")[:500]
        back = self.held(row).update(state=state, due_at=due_at, lease_until=None, last_error=last_error)
        return back == 1

    def revive(self) -> int:
        """Let those that were given up be tried again, as often as new ones. Attempts count on, as the fence must."""
        dead = self.filter(state=DueRow.State.DEAD)
        return dead.update(state=DueRow.State.DUE, due_at=Now(), give_up_after=F("attempts") + ATTEMPTS)


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


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def lock(self, *, owner: str, key: str) -> bool:
        """Hold the key until the transaction ends. False, at once, where another transaction holds it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [self.lock_number(owner=owner, key=key)])
            row = cursor.fetchone()
        return bool(row and row[0])

    def lock_number(self, *, owner: str, key: str) -> int:
        """Of the advisory lock: PostgreSQL knows such locks by 64 bits, here those of a digest."""
        digest = hashlib.sha256(f"idempotency {owner} {key}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)

    def unexpired(self) -> Self:
        return self.filter(created_at__gt=Now() - settings.IDEMPOTENCY_KEYS_KEPT)

    def remember(self, **fields: Any) -> None:
        """Store an answer, in place of one with the same key that has expired."""
        changed = ["fingerprint", "status", "body", "headers", "created_at"]
        self.bulk_create(
            [self.model(**fields)], update_conflicts=True, unique_fields=["owner", "key"], update_fields=changed
        )

    def forget_expired(self) -> int:
        """Delete what is older than `settings.IDEMPOTENCY_KEYS_KEPT`."""
        deleted, _by_model = self.filter(created_at__lte=Now() - settings.IDEMPOTENCY_KEYS_KEPT).delete()
        return deleted


class IdempotencyKey(models.Model):
    """A request that was carried out under a key of the caller's choice, and how it was answered."""

    owner = models.CharField(max_length=80, help_text=_("Whose key it is: person or API key, and organisation."))
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the address and the body, hex."))
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True, help_text=_("As it was sent, without its secrets."))
    headers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_used_once_by_its_owner")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
