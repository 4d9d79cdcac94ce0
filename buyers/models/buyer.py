"""Manufacturers that buy parts."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.models import Resource
from config.states import Stateful

if TYPE_CHECKING:
    from accounts.principals import Principal


class BuyerQuerySet(models.QuerySet["Buyer"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a buyer itself. Others meet a buyer's name only on requirements and connections."""
        if principal.is_staff:
            return self
        if principal.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=principal.organisation_id)


class Buyer(Stateful, Resource):
    """A manufacturer that buys parts. Only a verified one opens requirements and sees matches."""

    PREFIX = "buy"

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        VERIFIED = "verified", _("Verified")
        REJECTED = "rejected", _("Rejected")
        SUSPENDED = "suspended", _("Suspended")

    TRANSITIONS: ClassVar = {
        State.REGISTERED: {State.VERIFIED, State.REJECTED},
        State.VERIFIED: {State.SUSPENDED, State.REGISTERED},
        State.REJECTED: {State.REGISTERED},
        State.SUSPENDED: {State.VERIFIED},
    }

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="buyer")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.REGISTERED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    parent_country = models.CharField(
        _("country of the parent firm"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2.")
    )
    sectors = models.ManyToManyField("taxonomy.Sector", blank=True, related_name="+", verbose_name=_("sectors"))
    description = models.TextField(_("description"), max_length=5000, blank=True)

    objects = BuyerQuerySet.as_manager()

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.CheckConstraint(
                condition=Q(parent_country="") | Q(parent_country__regex=r"^[A-Z]{2}$"),
                name="buyer_parent_country_is_iso_3166",
            ),
            ChangesKept(
                name="buyer_changes_kept",
                columns=["organisation", "state", "state_reason", "parent_country", "description"],
                lists=["sectors"],
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
