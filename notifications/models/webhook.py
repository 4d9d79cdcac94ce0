"""Where an organisation's software is told of events, and how each telling went."""

from datetime import datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from config.changes import ChangesKept
from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal


def manages_webhooks(principal: "Principal") -> bool:
    """Owners, and keys made for it."""
    return principal.is_owner or (principal.api_key is not None and ApiKey.Scope.WEBHOOKS in principal.scopes)


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Those of the caller's organisation, to whoever manages them. Staff see only the agency's own."""
        if not manages_webhooks(principal) or principal.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=principal.organisation_id)


class WebhookEndpoint(Resource):
    """An address at which an organisation's software is told of events (Standard Webhooks)."""

    PREFIX = "whk"

    class DisabledReason(models.TextChoices):
        BY_HAND = "by_hand", _("Switched off")
        GONE = "gone", _("It answered 410 Gone")
        FAILING = "failing", _("Everything failed for days")

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="webhook_endpoints"
    )
    url = models.CharField(_("address"), max_length=500)
    topics = ArrayField(models.CharField(max_length=60), help_text=_("What it is told of."))
    description = models.CharField(_("description"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    disabled_reason = models.CharField(max_length=8, choices=DisabledReason.choices, blank=True)
    secret = models.TextField(editable=False, help_text=_("Encrypted."))
    former_secret = models.TextField(editable=False, blank=True, help_text=_("Encrypted; signs too for a while."))
    former_secret_until = models.DateTimeField(null=True, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False, help_text=_("Not tried before, after a failure."))
    succeeded_at = models.DateTimeField(null=True, editable=False, help_text=_("When it last took something."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_reason="") | (Q(is_active=False) & ~Q(disabled_reason="")),
                name="webhook_endpoint_disabled_for_a_reason",
            ),
            ChangesKept(
                name="webhook_endpoint_changes_kept",
                columns=["topics", "description", "is_active", "disabled_reason"],
                withheld=["url", "secret"],
            ),
        ]

    def __str__(self) -> str:
        """Whom it tells, without the path and the query, in which receivers keep secrets."""
        address = urlsplit(self.url)
        return f"{address.scheme}://{address.hostname}"

    def secrets_at(self, moment: datetime | None = None) -> list[str]:
        """The secrets, encrypted, that sign at this moment: the newest first."""
        until = self.former_secret_until
        is_former_good = until is not None and until > (moment or timezone.now())
        return [self.secret, self.former_secret] if is_former_good else [self.secret]


class Attempt(models.Model):
    """One try at telling an endpoint of an event, and what came back."""

    delivery = models.ForeignKey("notifications.Delivery", on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True, help_text=_("Blank where nothing came back."))
    reply = models.TextField(blank=True, help_text=_("The beginning of what came back."))
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_numbered_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"
