"""Visits of staff to firms, and what they found."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.models import Resource
from suppliers.models.site import Site
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal

CHECKLIST = {
    "machines": _("The machines of the profile are there and run"),
    "measuring": _("Measuring equipment is calibrated"),
    "incoming": _("Incoming material is inspected and can be traced"),
    "in_process": _("Parts are inspected while they are made and before they leave"),
    "nonconforming": _("Bad parts are kept apart and their causes looked for"),
    "records": _("Quality records are kept and can be found"),
    "training": _("Operators are trained, and that is on record"),
    "order": _("The workplace is in order (5S)"),
    "safety": _("Fire protection and work safety are in order"),
}
"""What staff look at on a visit, by code."""


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all, a firm those of its own sites; nobody else any."""
        return self.filter(supplier__in=Supplier.objects.owned_by(principal))


class Assessment(Resource):
    """A visit of staff to a site. The facts that it confirms are those of its `findings`."""

    PREFIX = "asm"

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")
        NOT_SEEN = "not_seen", _("Not seen")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="assessments")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="assessments")
    visited_on = models.DateField(_("visited on"))
    visitors = models.CharField(_("visitors"), max_length=300, help_text=_("Who went there, by name."))
    checklist = models.JSONField(_("checklist"), default=dict, help_text=_("Answers by code."))
    conclusion = models.TextField(_("conclusion"), max_length=2000)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_reason = models.CharField(_("why it was undone"), max_length=1000, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(undone_reason=""),
                name="assessment_undone_for_a_reason",
            ),
            ChangesKept(
                name="assessment_changes_kept",
                columns=["undone_at", "undone_by", "undone_reason"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.visited_on.isoformat()}"
