"""Reports on the programme: its figures as they were on one day, for good."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal


class ProgrammeReportQuerySet(models.QuerySet["ProgrammeReport"]):
    def visible_to(self, principal: "Principal") -> Self:
        """They are the agency's."""
        return self if principal.is_staff else self.none()


class ProgrammeReport(Resource):
    """The programme's figures for a quarter, as they stood on a day, sealed by their hash. Pages and files are made of
    them alone. The database refuses to change or to delete it; who made it is therefore no reference that could be
    cleared."""

    PREFIX = "rep"

    quarter = models.CharField(_("quarter"), max_length=7, help_text=_("Such as 2026-Q4."))
    day = models.DateField(_("day"), help_text=_("On which the figures were as they are here."))
    figures = models.JSONField(_("figures"))
    sha256 = models.CharField(_("hash (SHA-256)"), max_length=64, help_text=_("Of the figures as canonical JSON."))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    objects = ProgrammeReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme report")
        verbose_name_plural = _("programme reports")
        constraints = [
            models.UniqueConstraint(fields=["quarter", "day"], name="programme_report_once_a_day_and_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^\d{4}-Q[1-4]$"), name="programme_report_quarter_is_written_as_2026_q4"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="programme_report_is_sealed_by_a_sha_256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} ({self.day:%d/%m/%Y})"
