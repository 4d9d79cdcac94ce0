"""Connections between a buyer's requirement and a supplier."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from buyers.models import Requirement
from config.changes import ChangesKept
from config.models import Resource
from config.states import Stateful
from suppliers.models import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal

UNANSWERED_FOR = timedelta(days=7)
UNMOVED_FOR = timedelta(days=30)
"""How long nothing happens until a connection counts as stalled."""
CHANGES_GATHERED_FOR = timedelta(minutes=5)
"""How long what a buyer changes of its requirement is gathered until suppliers that talk about it are told, once."""
OUTCOME_REMINDED_AFTER = timedelta(days=14)
"""How long after it was due both sides are asked for the second time what came of a contract."""


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

    def waiting(self) -> Self:
        """Those that wait for an answer, in time or not."""
        return self.filter(state__in=Connection.WAITING)

    def awaiting(self, side: str) -> Self:
        """Those that the side, buyer or supplier, can still answer."""
        silent = self.waiting().filter(**{"expires_at__gt": timezone.now(), f"{side}_agreed_at": None})
        return silent.exclude(initiator=side)

    def lapsed(self, at: datetime | None = None) -> Self:
        """Those that were not answered in time, whether or not the schedule has noticed yet."""
        return self.waiting().filter(expires_at__lte=at or timezone.now())

    def unreminded(self, day: int, at: datetime | None = None) -> Self:
        """Those that have waited so many of their days, can still be answered, and were not reminded of that day."""
        now = at or timezone.now()
        left = Connection.ANSWER_WITHIN - timedelta(days=day)
        return self.waiting().filter(expires_at__gt=now, expires_at__lte=now + left, reminded_on_day__lt=day)

    def unaware(self) -> Self:
        """Those whose supplier is to be told by now that the requirement has changed."""
        return self.filter(requirement_changed_at__lte=timezone.now() - CHANGES_GATHERED_FOR)

    def late(self) -> Self:
        """Those whose day of the last reminder has come, and that can still be answered."""
        last = Connection.ANSWER_WITHIN - timedelta(days=Connection.REMINDER_DAYS[-1])
        now = timezone.now()
        return self.waiting().filter(expires_at__gt=now, expires_at__lte=now + last)

    def groundless(self) -> Self:
        """Unanswered ones whose requirement has ended or whose supplier is no longer published."""
        has_ground = Q(requirement__state=Requirement.State.OPEN, supplier__state=Supplier.State.PUBLISHED)
        return self.waiting().filter(~has_ground)

    def outcome_due(self, today: date) -> Self:
        """Contracts of which both sides are to be asked what came of it: when a year is over, and once more some time
        later, where neither has said so until then."""
        due = self.filter(state=Connection.State.CONTRACT, outcome_due_on__lte=today)
        unasked = Q(outcome_asked_on=None) | Q(outcome_asked_on__lt=F("outcome_due_on"))
        late, reminded_from = today - OUTCOME_REMINDED_AFTER, F("outcome_due_on") + OUTCOME_REMINDED_AFTER
        return due.filter(unasked | Q(outcome_due_on__lte=late, outcome_asked_on__lt=reminded_from))

    def stalled(self, at: datetime | None = None) -> Self:
        """Those that staff may help along: not answered for a week, or accepted and not moved on for a month."""
        now = at or timezone.now()
        unanswered = Q(state__in=Connection.WAITING, state_since__lte=now - UNANSWERED_FOR, expires_at__gt=now)
        return self.filter(unanswered | Q(state__in=Connection.UNDER_WAY, state_since__lte=now - UNMOVED_FOR))

    def standing_at(self, *states: str, at: datetime | None = None) -> Self:
        """Those whose `standing` is one of the states."""
        lapsed = Q(state__in=Connection.WAITING, expires_at__lte=at or timezone.now())
        found = Q(state__in=states) & ~lapsed
        return self.filter(found | lapsed if Connection.State.EXPIRED in states else found)


class PartOfConnectionQuerySet(models.QuerySet[Any]):
    """Rows that belong to a connection."""

    def visible_to(self, principal: "Principal") -> Self:
        """Those of connections that the caller sees."""
        return self.filter(connection__in=Connection.objects.visible_to(principal).values("pk"))


class Connection(Stateful, Resource):
    """A buyer and a supplier who talk about one requirement, from the first word to what came of it.

    Either side asks the other, or the agency proposes it to both. It is accepted once both sides have agreed.
    """

    PREFIX = "con"

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed by the agency")
        REQUESTED = "requested", _("Requested by the buyer")
        OFFERED = "offered", _("Offered by the supplier")
        ACCEPTED = "accepted", _("Accepted")
        VISIT = "visit", _("Visit")
        SAMPLE = "sample", _("Sample")
        TRIAL = "trial", _("Trial order")
        CONTRACT = "contract", _("Contract")
        LOST = "lost", _("Lost")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    class Side(models.TextChoices):
        """Who speaks."""

        BUYER = "buyer", _("Buyer")
        SUPPLIER = "supplier", _("Supplier")
        AGENCY = "agency", _("Agency")

    class DeclineReason(models.TextChoices):
        TOLERANCE = "tolerance", _("Tolerance")
        CAPACITY = "capacity", _("Capacity")
        PRICE = "price", _("Price")
        LEAD_TIME = "lead_time", _("Lead time")
        CERTIFICATE = "certificate", _("Certificate")
        LANGUAGE = "language", _("Language")
        NO_ANSWER = "no_answer", _("No answer")
        OTHER = "other", _("Other")

    class ValueBand(models.TextChoices):
        """What the contract is worth in a year, in thousands of US dollars."""

        UNDER_10 = "under_10", _("under 10,000 USD")
        FROM_10 = "10_to_50", _("10,000 to 50,000 USD")
        FROM_50 = "50_to_250", _("50,000 to 250,000 USD")
        FROM_250 = "250_to_1000", _("250,000 to 1,000,000 USD")
        OVER_1000 = "over_1000", _("over 1,000,000 USD")

    WAITING = (State.PROPOSED, State.REQUESTED, State.OFFERED)
    UNDER_WAY = (State.ACCEPTED, State.VISIT, State.SAMPLE, State.TRIAL)
    LIVE = (*WAITING, *UNDER_WAY)
    ENGAGED = (*UNDER_WAY, State.CONTRACT)
    """The two work together, or find out whether they will."""
    TALKING = (*WAITING, *ENGAGED)
    """Neither side has ended it."""
    OPENED = (*ENGAGED, State.LOST)
    """Both sides have agreed once: names and what is under an NDA are open."""

    _ANSWERS: ClassVar = frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.EXPIRED})
    TRANSITIONS: ClassVar = {
        State.PROPOSED: _ANSWERS,
        State.REQUESTED: _ANSWERS,
        State.OFFERED: _ANSWERS,
        State.ACCEPTED: frozenset({State.VISIT, State.SAMPLE, State.TRIAL, State.CONTRACT, State.LOST}),
        State.VISIT: frozenset({State.SAMPLE, State.TRIAL, State.CONTRACT, State.LOST}),
        State.SAMPLE: frozenset({State.TRIAL, State.CONTRACT, State.LOST}),
        State.TRIAL: frozenset({State.CONTRACT, State.LOST}),
    }
    ANSWER_WITHIN = timedelta(days=14)
    REMINDER_DAYS = (7, 12)
    """Days after which whoever has not answered is reminded."""

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.PROTECT, related_name="connections")
    supplier = models.ForeignKey("suppliers.Supplier", on_delete=models.PROTECT, related_name="connections")
    initiator = models.CharField(
        _("asked by"), max_length=8, choices=Side.choices, default=Side.BUYER, db_default="buyer"
    )
    buyer_agreed_at = models.DateTimeField(_("buyer agreed"), null=True, blank=True)
    supplier_agreed_at = models.DateTimeField(_("supplier agreed"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REQUESTED)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, db_default=Now())
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    message = models.TextField(_("message"), max_length=4000, blank=True)
    decline_reason = models.CharField(_("coded reason"), max_length=12, choices=DeclineReason.choices, blank=True)
    decline_note = models.CharField(_("reason in words"), max_length=1000, blank=True)
    loss_reason = models.CharField(
        _("coded reason of the loss"), max_length=12, choices=DeclineReason.choices, blank=True, db_default=""
    )
    loss_note = models.CharField(_("reason of the loss in words"), max_length=1000, blank=True, db_default="")
    value_band = models.CharField(
        _("value of the contract a year"), max_length=12, choices=ValueBand.choices, blank=True, db_default=""
    )
    contract_starts_on = models.DateField(_("start of the contract"), null=True, blank=True)
    outcome_due_on = models.DateField(
        _("outcome asked from"),
        null=True,
        blank=True,
        help_text=_("From then on both sides are asked what came of it."),
    )
    outcome_asked_on = models.DateField(_("outcome asked on"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), help_text=_("What is not answered by then has expired."))
    reminded_on_day = models.PositiveSmallIntegerField(
        _("reminded on day"), default=0, db_default=0, help_text=_("Of the last reminder; 0: none yet.")
    )

    requirement_changed_at = models.DateTimeField(
        _("requirement changed"), null=True, blank=True, help_text=_("Since then the supplier was not told of it.")
    )

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "supplier"],
                condition=Q(state__in=("proposed", "requested", "offered", "accepted", "visit", "sample", "trial")),
                name="connection_live_once_per_requirement_and_supplier",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("proposed", "requested", "offered"))
                | Q(state="proposed", initiator="agency")
                | Q(state="requested", initiator="buyer", supplier_agreed_at=None)
                | Q(state="offered", initiator="supplier", buyer_agreed_at=None),
                name="connection_waits_for_who_was_asked",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "visit", "sample", "trial", "contract", "lost"))
                | Q(initiator="buyer")
                | Q(buyer_agreed_at__isnull=False, supplier_agreed_at__isnull=False),
                name="connection_accepted_by_both_sides",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason=""), name="connection_declined_for_a_coded_reason"
            ),
            models.CheckConstraint(
                condition=~Q(decline_reason="other") | ~Q(decline_note=""), name="connection_other_reason_in_words"
            ),
            models.CheckConstraint(
                condition=Q(state="lost") & ~Q(loss_reason="") | ~Q(state="lost") & Q(loss_reason=""),
                name="connection_lost_for_a_coded_reason",
            ),
            models.CheckConstraint(
                condition=~Q(loss_reason="other") | ~Q(loss_note=""), name="connection_other_loss_in_words"
            ),
            models.CheckConstraint(
                condition=Q(state="contract", contract_starts_on__isnull=False) & ~Q(value_band="")
                | ~Q(state="contract") & Q(contract_starts_on=None, value_band=""),
                name="connection_contract_has_value_and_start",
            ),
            models.CheckConstraint(
                condition=Q(outcome_due_on=None) | Q(state="contract"), name="connection_outcome_is_of_a_contract"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "visit", "sample", "trial", "contract", "lost", "declined"))
                | Q(decided_at__isnull=False),
                name="connection_decided_has_a_time",
            ),
            ChangesKept(
                name="connection_changes_kept",
                columns=[
                    "buyer_agreed_at",
                    "supplier_agreed_at",
                    "state",
                    "state_reason",
                    "decline_reason",
                    "decline_note",
                    "loss_reason",
                    "loss_note",
                    "value_band",
                    "contract_starts_on",
                    "outcome_due_on",
                    "decided_by",
                    "expires_at",
                ],
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=("proposed", "requested", "offered")),
                name="connection_awaiting_answer",
            ),
            models.Index(
                fields=["requirement_changed_at"],
                condition=Q(requirement_changed_at__isnull=False),
                name="connection_supplier_unaware",
            ),
            models.Index(
                fields=["outcome_due_on"], condition=Q(outcome_due_on__isnull=False), name="connection_outcome_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} ↔ {self.supplier}"

    @property
    def is_opened(self) -> bool:
        """Whether both sides have agreed once, so that nothing is hidden from either any more."""
        return self.state in self.OPENED

    def hides_buyer_from(self, reader: "Principal") -> bool:
        """Whether the supplier knows whose requirement it is, and reads its files, only once both sides have agreed."""
        is_hidden = self.requirement.hides_buyer and not self.is_opened
        return is_hidden and self.side_of(reader.organisation_id) == self.Side.SUPPLIER

    def side_of(self, organisation_id: int | None) -> "Connection.Side | None":
        """What an organisation is to the connection; None of strangers, and of the agency."""
        if organisation_id is None:
            return None
        if organisation_id == self.requirement.buyer.organisation_id:
            return self.Side.BUYER
        return self.Side.SUPPLIER if organisation_id == self.supplier.organisation_id else None

    def organisation_of(self, side: str) -> int:
        """Id of the organisation that is that side."""
        is_buyer = side == self.Side.BUYER
        return self.requirement.buyer.organisation_id if is_buyer else self.supplier.organisation_id

    def awaited(self, at: datetime | None = None) -> "list[Connection.Side]":
        """The sides whose answer is awaited, as long as it would be in time."""
        if self.standing(at) not in self.WAITING:
            return []
        agreed = {self.Side.BUYER: self.buyer_agreed_at, self.Side.SUPPLIER: self.supplier_agreed_at}
        return [side for side, moment in agreed.items() if moment is None and side != self.initiator]

    def disclosed_to(self, reader: "Principal") -> Organisation | None:
        """The side whose contacts the reader may see as its counterpart; None before acceptance and for all others."""
        sides = (self.requirement.buyer.organisation, self.supplier.organisation)
        if not self.is_opened or reader.organisation not in sides:
            return None
        return sides[1] if reader.organisation == sides[0] else sides[0]

    def standing(self, at: datetime | None = None) -> "Connection.State":
        """The state as it is now: it has expired at its last moment, even before the schedule says so."""
        if self.state in self.WAITING and self.expires_at <= (at or timezone.now()):
            return self.State.EXPIRED
        return self.State(self.state)
