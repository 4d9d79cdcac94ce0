"""How weights of requirements were found."""

from collections.abc import Mapping
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WeighingQuerySet(models.QuerySet["Weighing"]):
    def behind(self, weights: Mapping[str, float | None], *, requirement_id: int, version: int) -> "Weighing | None":
        """The judgements from which the weights of a version follow; None where figures were given since, or ever."""
        latest = self.of(requirement_id).filter(content_version__lte=version).order_by("-content_version").first()
        return latest if latest and all(weights.get(key) == figure for key, figure in latest.weights.items()) else None

    def of(self, requirement_id: int) -> Self:
        return self.filter(requirement=requirement_id)


class Weighing(models.Model):
    """The judgements from which the weights of a version of a requirement follow; the last, if several were made."""

    class Method(models.TextChoices):
        RANK_ORDER = "rank_order", _("order (rank-order centroids)")
        PAIRWISE = "pairwise", _("comparison of pairs (AHP)")
        BEST_WORST = "best_worst", _("best and worst (BWM)")

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.CASCADE, related_name="weighings")
    content_version = models.PositiveIntegerField(help_text=_("Of the requirement, from which on these count."))
    method = models.CharField(max_length=10, choices=Method.choices)
    weights = models.JSONField(help_text=_("By criterion."))
    consistency_ratio = models.FloatField(null=True, blank=True)
    criteria_in_doubt = ArrayField(models.CharField(max_length=26), default=list, blank=True)
    reason = models.CharField(max_length=1000, blank=True, help_text=_("Why judgements were taken that contradict."))
    found_at = models.DateTimeField(auto_now=True)

    objects = WeighingQuerySet.as_manager()

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "content_version"], name="weighing_once_per_version"),
            models.CheckConstraint(
                condition=Q(method="rank_order", consistency_ratio=None)
                | Q(method__in=("pairwise", "best_worst"), consistency_ratio__isnull=False, consistency_ratio__gte=0),
                name="weighing_of_comparisons_has_a_ratio",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} v{self.content_version}: {self.method}"
