"""How open requirements stood in the last batch: how many suppliers could serve each, and which would do best."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suppliers.models import Supplier


class MatchSummary(models.Model):
    """How many suppliers of each eligibility a requirement had when it was last looked at. Every batch replaces it."""

    requirement = models.OneToOneField("buyers.Requirement", on_delete=models.CASCADE, related_name="match_summary")
    requirement_version = models.PositiveIntegerField(_("version of the requirement"))
    as_of = models.DateField(_("as of"), help_text=_("The day, in Vietnam, on which facts are aged."))
    eligible = models.PositiveIntegerField(_("eligible"))
    unconfirmed = models.PositiveIntegerField(_("unconfirmed"))
    near_miss = models.PositiveIntegerField(_("near misses"))
    summarised_at = models.DateTimeField(_("summarised"))

    class Meta:
        verbose_name = _("summary of matches")
        verbose_name_plural = _("summaries of matches")
        indexes = [models.Index(fields=["eligible"], name="match_summary_eligible")]

    def __str__(self) -> str:
        return f"{self.requirement} ({self.as_of})"


class LeadingMatch(models.Model):
    """One of the first suppliers of a summary."""

    class Eligibility(models.TextChoices):
        ELIGIBLE = "eligible", _("eligible")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")

    summary = models.ForeignKey(MatchSummary, on_delete=models.CASCADE, related_name="leading")
    rank = models.PositiveSmallIntegerField(_("rank"))
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    eligibility = models.CharField(_("eligibility"), max_length=12, choices=Eligibility.choices)
    score = models.FloatField(_("score"))
    potential = models.FloatField(_("potential"))

    class Meta:
        verbose_name = _("leading match")
        verbose_name_plural = _("leading matches")
        constraints = [
            models.UniqueConstraint(fields=["summary", "rank"], name="leading_match_of_one_rank"),
            models.CheckConstraint(
                condition=Q(rank__gte=1, score__gte=0, potential__gte=models.F("score")),
                name="leading_match_has_a_rank_and_a_score_within_its_potential",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.supplier}"
