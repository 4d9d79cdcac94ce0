"""What was delivered under a contract, and what came of the contract."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from config.states import Stateful
from matchmaking.models.connection import Connection, PartOfConnectionQuerySet

MOST_DELIVERIES = 100_000
COUNTED_OF_A_BUYER = 250
"""How many deliveries to one buyer count at most for a track record, a year of working days: what lies beyond counts in
proportion, so that no buyer outweighs the others by its number alone."""


class DeliveryReport(Stateful, Resource):
    """How many deliveries of one month there were, and how many were on time and accepted.

    Only what the buyer confirms counts for the supplier's track record.
    """

    PREFIX = "drp"

    class State(models.TextChoices):
        REPORTED = "reported", _("Reported by the supplier")
        CONFIRMED = "confirmed", _("Confirmed by the buyer")
        DISPUTED = "disputed", _("Disputed by the buyer")

    TRANSITIONS: ClassVar = {
        State.REPORTED: frozenset({State.CONFIRMED, State.DISPUTED}),
        State.CONFIRMED: frozenset({State.DISPUTED}),
    }

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="delivery_reports")
    month = models.DateField(_("month"), help_text=_("Its first day."))
    deliveries = models.PositiveIntegerField(_("deliveries"))
    good = models.PositiveIntegerField(_("on time and accepted"))
    note = models.CharField(_("note"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PartOfConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery report")
        verbose_name_plural = _("delivery reports")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "month"],
                condition=Q(state__in=("reported", "confirmed")),
                name="delivery_report_once_per_month",
            ),
            models.CheckConstraint(
                condition=Q(deliveries__gte=1, deliveries__lte=MOST_DELIVERIES, good__lte=F("deliveries")),
                name="delivery_report_good_ones_are_among_all",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="delivery_report_month_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(state="reported") | Q(decided_at__isnull=False), name="delivery_report_decided_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.good}/{self.deliveries}"


class Outcome(Resource):
    """What one side says has become of a contract, each year anew."""

    PREFIX = "out"

    class Status(models.TextChoices):
        ONGOING = "ongoing", _("Deliveries go on")
        ENDED = "ended", _("It has ended")
        NEVER_STARTED = "never_started", _("It never started")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="outcomes")
    side = models.CharField(_("from"), max_length=8, choices=Connection.Side.choices)
    status = models.CharField(_("outcome"), max_length=15, choices=Status.choices)
    value_band = models.CharField(
        _("value of the contract a year"), max_length=12, choices=Connection.ValueBand.choices, blank=True
    )
    note = models.CharField(_("note"), max_length=1000, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PartOfConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        return f"{self.public_id} ({self.status})"
