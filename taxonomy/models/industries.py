"""Codes of Vietnam's standard industrial classification (VSIC), by edition."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from taxonomy.models.entries import Entry, TreeQuerySet, entry_checks
from taxonomy.models.terms import Kind


class IndustryQuerySet(TreeQuerySet["Industry"]):
    """Questions to the industries."""

    def in_force(self) -> Self:
        """Codes of the classification of today."""
        return self.filter(edition=Industry.Edition.VSIC_2025)


class Industry(Entry):
    """A line of business. A code means nothing without its edition: 1104 is soft drinks in 2018, malt in 2025."""

    KIND = Kind.INDUSTRY

    class Edition(models.TextChoices):
        VSIC_2025 = "2025", "VSIC 2025"
        VSIC_2018 = "2018", "VSIC 2018"

    edition = models.CharField(_("edition"), max_length=4, choices=Edition.choices)
    code = models.CharField(_("code"), max_length=5)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    isic_5 = models.CharField(_("ISIC Rev. 5 code"), max_length=5, blank=True)
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        through="taxonomy.IndustrySuccession",
        related_name="predecessors",
        verbose_name=_("codes of 2025"),
    )

    objects = IndustryQuerySet.as_manager()

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["-edition", "code"]
        constraints = [
            *entry_checks("industry"),
            models.UniqueConstraint(fields=["edition", "code"], name="industry_code_is_unique_in_its_edition"),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="industry_level_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="industry_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"VSIC {self.edition} {self.code} {self.name_vi}"

    @property
    def reference(self) -> str:
        """Edition and code, as in "2018:1104"."""
        return f"{self.edition}:{self.code}"


class IndustrySuccession(models.Model):
    """Where the content of an old code went."""

    class Relationship(models.TextChoices):
        SAME = "same", _("same content")
        MOVED = "moved", _("same content, other code")
        SPLIT = "split", _("one of several parts")

    old = models.ForeignKey(Industry, models.CASCADE, related_name="successions", verbose_name=_("code of 2018"))
    new = models.ForeignKey(Industry, models.PROTECT, related_name="+", verbose_name=_("code of 2025"))
    relationship = models.CharField(_("relationship"), max_length=8, choices=Relationship.choices)
    is_verified = models.BooleanField(_("verified"), default=False)

    class Meta:
        verbose_name = _("succession of an industry code")
        verbose_name_plural = _("successions of industry codes")
        ordering = ["old", "new"]
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="industry_succession_listed_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
