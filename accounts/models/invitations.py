"""Asking people to join an organisation."""

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Membership, Organisation
from accounts.models.people import EMAIL_MAX_LENGTH, User
from config.models import Resource
from config.states import Stateful

if TYPE_CHECKING:
    from accounts.principals import Principal

GOOD_FOR = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; owners those of their organisation; everyone those to an address that is theirs."""
        if principal.is_staff:
            return self
        own = Q(organisation_id=principal.organisation_id) if principal.is_owner else Q(pk=None)
        return self.filter(own | Q(pk__in=self.to(principal.user).values("pk")))

    def to(self, person: User | None) -> Self:
        """Those to an address that the person has confirmed."""
        confirmed = EmailAddress.objects.filter(user=person, verified=True)
        return self.filter(email__in=confirmed.values(address=Lower("email"))) if person else self.none()

    def live(self) -> Self:
        """Waiting for an answer, and not past their last moment."""
        return self.filter(state=Invitation.State.PENDING, expires_at__gt=timezone.now())

    def lapsed(self) -> Self:
        return self.filter(state=Invitation.State.PENDING, expires_at__lte=timezone.now())


class Invitation(Stateful, Resource):
    """An organisation asks whoever has an e-mail address to join it in a role. Nobody joins who has not accepted.

    There is no secret in it: who has signed in and confirmed the address is the one who was asked. So a message that is
    passed on, or read by others, lets nobody in.
    """

    PREFIX = "inv"

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    TRANSITIONS: ClassVar = {State.PENDING: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}}

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"), max_length=EMAIL_MAX_LENGTH, help_text=_("In lower case."))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role.choices)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    state_reason = ""
    expires_at = models.DateTimeField(_("expires"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"], condition=Q(state="pending"), name="invitation_pending_once"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_in_lower_case"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None) | ~Q(state="pending") & Q(decided_at__isnull=False),
                name="invitation_decided_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["email"], condition=Q(state="pending"), name="invitation_to"),
            models.Index(fields=["expires_at"], condition=Q(state="pending"), name="invitation_lapsing"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_role_display()})"

    @property
    def is_live(self) -> bool:
        return self.state == self.State.PENDING and self.expires_at > timezone.now()

    @property
    def inviter(self) -> str:
        """Name of the person who invites; empty where the person was erased."""
        return self.invited_by.full_name if self.invited_by else ""

    def end(self, state: str) -> None:
        """Enter a state after which nothing follows. Call it on a row that is locked."""
        self.move(state)
        self.decided_at = timezone.now()
        self.save_next_version()
