"""Who says that an imported firm is theirs."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.models import Resource
from config.states import Stateful
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else their own."""
        if principal.is_staff:
            return self
        return self.filter(claimant=principal.user) if principal.user else self.none()

    def with_visibility_of_firm(self, principal: "Principal") -> Self:
        """Each with `firm_is_visible`: who claims a firm does not learn by that which one it is."""
        visible = Supplier.objects.visible_to(principal).filter(pk=OuterRef("supplier"))
        return self.annotate(firm_is_visible=Exists(visible))


class Claim(Stateful, Resource):
    """A person's statement that an imported firm is theirs to represent. Staff decide."""

    PREFIX = "clm"

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    TRANSITIONS: ClassVar = {
        State.PENDING: frozenset({State.APPROVED, State.REJECTED}),
        State.APPROVED: frozenset({State.PENDING}),
        State.REJECTED: frozenset({State.PENDING}),
    }

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="claims")
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    note = models.CharField(_("note"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "claimant"], condition=Q(state="pending"), name="claim_pending_once"
            ),
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(state="approved"), name="claim_approved_once_per_supplier"
            ),
            ChangesKept(
                name="claim_changes_kept",
                columns=["state", "state_reason", "decided_by", "decided_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claimant} → {self.supplier}"
