"""Requests that were carried out once, and how they were answered."""

import hashlib
import json
from typing import Any, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


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

    def telling_of(self, *texts: str) -> Self:
        """Those whose stored answer holds one of the texts, such as somebody's name."""
        found = Q(pk__in=[])
        for text in filter(None, texts):
            found |= Q(body__icontains=json.dumps(text, ensure_ascii=False)[1:-1])
        return self.filter(found)

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
