"""Who may see a requirement that is not public."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.principals import Principal


class RequirementAudienceQuerySet(models.QuerySet["RequirementAudience"]):
    def of(self, principal: "Principal") -> Self:
        return self.filter(organisation_id=principal.organisation_id)


class RequirementAudience(models.Model):
    """An organisation that may see a requirement which is not public to it, and why. Written by matchmaking."""

    class Reason(models.TextChoices):
        MATCH = "match", _("It matches")
        CONNECTION = "connection", _("It was asked")

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.CASCADE, related_name="audience")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    knows_buyer = models.BooleanField(default=False, help_text=_("An anonymous buyer's name is open to it."))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RequirementAudienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience of a requirement")
        verbose_name_plural = _("audiences of requirements")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "organisation", "reason"], name="audience_once_per_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} → {self.organisation}"
