"""Requests of people about their personal data, and the last message to those who were erased."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.models import Resource
from config.states import Stateful, states_before
from jobs.models import DueRow, DueRowQuerySet

if TYPE_CHECKING:
    from accounts.principals import Principal

ACKNOWLEDGE_WITHIN_WORKING_DAYS = 2
DONE_WITHIN = timedelta(days=10)
EXTENDED_TO = timedelta(days=20)
"""From the day of the request, and extended once: the shortest times that Decree 356/2025 gives for any kind."""


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, principal: "Principal") -> Self:
        """A person's own. Staff work on them in the admin."""
        return self.filter(person=principal.user) if principal.user else self.none()

    def open(self) -> Self:
        return self.filter(state__in=DataRequest.OPEN)


class DataRequest(Stateful, Resource):
    """What somebody asks about their personal data, and until when it must be answered.

    Staff note requests of people without an account, such as an organisation's contact person.
    """

    PREFIX = "drq"

    class Kind(models.TextChoices):
        EXPORT = "export", _("Copy of the data")
        ACCESS = "access", _("Information")
        RECTIFICATION = "rectification", _("Correction")
        RESTRICTION = "restriction", _("Restriction")
        WITHDRAWAL = "withdrawal", _("Withdrawal of consent")
        ERASURE = "erasure", _("Erasure")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        EXTENDED = "extended", _("Extended")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TRANSITIONS: ClassVar = {
        State.RECEIVED: {State.ACKNOWLEDGED, State.EXTENDED, State.DONE, State.REFUSED, State.WITHDRAWN},
        State.ACKNOWLEDGED: {State.EXTENDED, State.DONE, State.REFUSED, State.WITHDRAWN},
        State.EXTENDED: {State.DONE, State.REFUSED, State.WITHDRAWN},
    }
    OPEN = states_before(State.DONE, TRANSITIONS)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="data_requests"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
        help_text=_("Whose contact person asks, without an account."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.RECEIVED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    details = models.TextField(_("details"), max_length=4000, blank=True)
    acknowledge_by = models.DateField(_("acknowledge by"))
    due_on = models.DateField(_("due on"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=None) | ~Q(organisation=None), name="data_request_is_of_somebody"
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state__in=("received", "acknowledged", "extended"), person__isnull=False),
                name="data_request_open_once_per_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("refused", "extended")) | ~Q(state_reason=""),
                name="data_request_refused_or_extended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("done", "refused")) | Q(decided_at__isnull=False),
                name="data_request_decided_has_a_time",
            ),
            ChangesKept(
                name="data_request_changes_kept",
                columns=["state", "state_reason", "due_on", "acknowledged_at", "decided_at", "decided_by"],
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=("received", "acknowledged", "extended")),
                name="data_request_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"

    @property
    def is_overdue(self) -> bool:
        """Not acknowledged, or not done, in time."""
        today = timezone.localdate()
        unread = self.state == self.State.RECEIVED and self.acknowledge_by < today
        return unread or (self.state in self.OPEN and self.due_on < today)


def working_days_after(day: date, count: int) -> date:
    """So many days from Monday to Friday later. Public holidays count as working days, so it is never too late."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


class Farewell(DueRow):
    """The last message to an erased person. It holds the address until it is sent, and is deleted then."""

    email = models.EmailField()
    language = models.CharField(max_length=2)

    objects: ClassVar[DueRowQuerySet["Farewell"]] = DueRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("last message")
        verbose_name_plural = _("last messages")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=("due", "running")), name="farewell_due"),
        ]

    def __str__(self) -> str:
        return f"farewell {self.pk}"
