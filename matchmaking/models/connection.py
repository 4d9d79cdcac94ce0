"""Connections between a buyer's requirement and a supplier."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from buyers.models import Requirement
from config.models import Resource
from suppliers.models import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a buyer and a supplier those that they are a side of."""
        if principal.is_staff:
            return self
        organisation = principal.organisation_id
        if organisation is None:
            return self.none()
        return self.filter(
            Q(requirement__buyer__organisation_id=organisation) | Q(supplier__organisation_id=organisation)
        )

    def with_both_sides(self) -> Self:
        """Read together with the requirement, the supplier and the organisations behind them."""
        return self.select_related("requirement__buyer__organisation", "supplier__organisation")

    def live(self) -> Self:
        return self.filter(state__in=Connection.LIVE)

    def lapsed(self, at: datetime | None = None) -> Self:
        """Requests that nobody answered in time, whether or not the schedule has noticed yet."""
        return self.filter(state=Connection.State.REQUESTED, expires_at__lte=at or timezone.now())

    def groundless(self) -> Self:
        """Requests whose requirement has ended or whose supplier is no longer published."""
        has_ground = Q(requirement__state=Requirement.State.OPEN, supplier__state=Supplier.State.PUBLISHED)
        return self.filter(~has_ground, state=Connection.State.REQUESTED)

    def standing_at(self, state: str, at: datetime | None = None) -> Self:
        """Those whose `standing` is that state."""
        lapsed = Q(state=Connection.State.REQUESTED, expires_at__lte=at or timezone.now())
        if state == Connection.State.EXPIRED:
            return self.filter(Q(state=state) | lapsed)
        return self.filter(Q(state=state) & ~lapsed)


class Connection(Resource):
    """A buyer and a supplier who talk about one requirement, from the first request to what came of it."""

    PREFIX = "con"

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested by the buyer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    class DeclineReason(models.TextChoices):
        TOLERANCE = "tolerance", _("Tolerance")
        CAPACITY = "capacity", _("Capacity")
        PRICE = "price", _("Price")
        LEAD_TIME = "lead_time", _("Lead time")
        CERTIFICATE = "certificate", _("Certificate")
        LANGUAGE = "language", _("Language")
        NO_ANSWER = "no_answer", _("No answer")
        OTHER = "other", _("Other")

    LIVE = (State.REQUESTED, State.ACCEPTED)

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.PROTECT, related_name="connections")
    supplier = models.ForeignKey("suppliers.Supplier", on_delete=models.PROTECT, related_name="connections")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REQUESTED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    message = models.TextField(_("message"), max_length=4000, blank=True)
    decline_reason = models.CharField(_("coded reason"), max_length=12, choices=DeclineReason.choices, blank=True)
    decline_note = models.CharField(_("reason in words"), max_length=1000, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(help_text=_("A request not answered by then has expired."))

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "supplier"],
                condition=Q(state__in=("requested", "accepted")),
                name="connection_live_once_per_requirement_and_supplier",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason=""), name="connection_declined_for_a_coded_reason"
            ),
            models.CheckConstraint(
                condition=~Q(decline_reason="other") | ~Q(decline_note=""), name="connection_other_reason_in_words"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "declined")) | Q(decided_at__isnull=False),
                name="connection_decided_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="requested"), name="connection_awaiting_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} ↔ {self.supplier}"

    def disclosed_to(self, reader: "Principal") -> Organisation | None:
        """The side whose contacts the reader may see as its counterpart; None before acceptance and for all others."""
        sides = (self.requirement.buyer.organisation, self.supplier.organisation)
        if self.state != self.State.ACCEPTED or reader.organisation not in sides:
            return None
        return sides[1] if reader.organisation == sides[0] else sides[0]

    def standing(self, at: datetime | None = None) -> "Connection.State":
        """The state as it is now: a request has expired at its last moment, even before the schedule says so."""
        if self.state == self.State.REQUESTED and self.expires_at <= (at or timezone.now()):
            return self.State.EXPIRED
        return self.State(self.state)
