"""Rankings that were frozen: what was found on one day, for good, with all that it rests on."""

import zlib
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.models import Requirement
from config.models import Resource

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.principals import Principal


def kept_until() -> "datetime":
    """The last moment of a run that is frozen now."""
    return timezone.now() + settings.MATCH_RUNS_KEPT


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff all; a buyer those of its requirements; a supplier those in which it has a line, while it sees the
        requirement and may know where the buyer is: its line tells how far that is."""
        if principal.is_staff:
            return self
        if principal.is_buyer:
            return self.filter(requirement__buyer__organisation_id=principal.organisation_id)
        if not principal.is_supplier:
            return self.none()
        seen = Requirement.objects.visible_to(principal).placed_for(principal)
        own = MatchResult.objects.of_firm(principal)
        return self.filter(requirement__in=seen.values("pk"), pk__in=own.values("run"))


class MatchRun(Resource):
    """A ranking as it was found, sealed by its hash. The database refuses to change it, and to delete it before its
    time; who made it and for which firms its lines are is therefore no reference that could be cleared."""

    PREFIX = "run"

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.PROTECT, related_name="match_runs")
    requirement_version = models.PositiveIntegerField(_("version of the requirement"))
    as_of = models.DateField(_("as of"), help_text=_("The day, in Vietnam, on which facts are aged."))
    engine_version = models.CharField(_("version of the engine"), max_length=20)
    sha256 = models.CharField(_("hash (SHA-256)"), max_length=64, help_text=_("As docs/matching.md defines it."))
    asked = models.JSONField(help_text=_("The requirement as the engine was asked."))
    criteria = models.JSONField(help_text=_("Mode, weight and least evidence level of each criterion that counted."))
    counts = models.JSONField(help_text=_("Suppliers by eligibility, frozen or not."))
    beyond = models.JSONField(help_text=_("Those of them that have no line here."))
    facts = models.BinaryField(help_text=_("The facts file, compressed by zlib."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    kept_until = models.DateTimeField(_("kept until"), default=kept_until, editable=False)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("match run")
        verbose_name_plural = _("match runs")
        indexes = [models.Index(fields=["kept_until"], name="match_run_kept_until")]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.as_of})"

    @property
    def facts_file(self) -> bytes:
        """What `python -m matchmaking.engine` replays to the same hash."""
        return zlib.decompress(self.facts)


class MatchResultQuerySet(models.QuerySet["MatchResult"]):
    def of_firm(self, principal: "Principal") -> Self:
        """The lines of the caller's own firm."""
        return self.filter(supplier__organisation_id=principal.organisation_id)

    def visible_to(self, principal: "Principal") -> Self:
        """Of runs that the caller sees: all, for a supplier its own."""
        rows = self.of_firm(principal) if principal.is_supplier else self
        return rows.filter(run__in=MatchRun.objects.visible_to(principal).values("pk"))


class MatchResult(models.Model):
    """A supplier's line of a run. `lines` has it with its reasons, as they were told then, by language."""

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="results")
    rank = models.PositiveIntegerField(_("rank"))
    supplier = models.ForeignKey(
        "suppliers.Supplier", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    eligibility = models.CharField(_("eligibility"), max_length=12)
    score = models.FloatField(_("score"))
    potential = models.FloatField(_("potential"))
    lines = models.JSONField()

    objects = MatchResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("match result")
        verbose_name_plural = _("match results")
        constraints = [
            models.UniqueConstraint(fields=["run", "rank"], name="match_result_rank_taken_once"),
            models.UniqueConstraint(fields=["supplier", "run"], name="match_result_once_per_supplier"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="match_result_rank_from_one"),
            models.CheckConstraint(
                condition=Q(eligibility__in=("eligible", "unconfirmed", "near_miss")),
                name="match_result_of_a_known_eligibility",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.supplier_id}"
