"""What firms can make, where, and within which limits."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from config.constraints import not_negative, three_positive_sides
from config.models import Resource
from suppliers.models.evidence import level_field, observed_field
from suppliers.models.site import Site
from suppliers.models.supplier import Supplier
from taxonomy.quantities import figure_between
from taxonomy.units import CHOICES as UNIT_CHOICES

if TYPE_CHECKING:
    from accounts.principals import Principal


class CapabilityQuerySet(models.QuerySet["Capability"]):
    def visible_to(self, principal: "Principal") -> Self:
        return self.filter(site__supplier__in=Supplier.objects.visible_to(principal))

    def with_monthly_capacity(
        self, *, unit: str, least: float | None, most: float | None, taken_back_after: date
    ) -> Self:
        """Those that make at least and at most so much a month, in this unit or another of its kind.

        Figures that were taken back on `taken_back_after` or before do not count.
        """
        asked = figure_between("monthly_capacity", "capacity_unit", unit=unit, least=least, most=most)
        standing = self.alias(withdrawn_on=KT("withdrawn__monthly_capacity"))
        return standing.filter(asked, Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=taken_back_after.isoformat()))

    def owned_by(self, principal: "Principal") -> Self:
        return self.filter(site__supplier__in=Supplier.objects.owned_by(principal))


class Capability(Resource):
    """One process that a firm runs at one site, with its limits. Beside each figure stands its evidence."""

    PREFIX = "cap"

    class Role(models.TextChoices):
        CORE = "core", _("Core")
        SUPPLEMENTARY = "supplementary", _("Supplementary")
        SUBCONTRACTED = "subcontracted", _("Subcontracted")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="capabilities")
    process = models.ForeignKey(
        "taxonomy.Process", on_delete=models.PROTECT, related_name="+", verbose_name=_("process")
    )
    process_level = level_field()
    process_observed_on = models.DateField()
    role = models.CharField(_("role"), max_length=14, choices=Role.choices, default=Role.CORE)
    materials = models.ManyToManyField("taxonomy.Material", blank=True, related_name="+", verbose_name=_("materials"))
    materials_level = level_field()
    materials_observed_on = observed_field()
    tolerance_mm = models.FloatField(_("best tolerance, ± mm"), null=True, blank=True)
    tolerance_mm_level = level_field()
    tolerance_mm_observed_on = observed_field()
    roughness_um = models.FloatField(_("best roughness Ra, µm"), null=True, blank=True)
    roughness_um_level = level_field()
    roughness_um_observed_on = observed_field()
    envelope_mm = ArrayField(
        models.FloatField(), size=3, null=True, blank=True, help_text=_("Largest part: length, width, height in mm.")
    )
    envelope_mm_level = level_field()
    envelope_mm_observed_on = observed_field()
    max_mass_kg = models.FloatField(_("heaviest part, kg"), null=True, blank=True)
    max_mass_kg_level = level_field()
    max_mass_kg_observed_on = observed_field()
    monthly_capacity = models.FloatField(_("monthly capacity"), null=True, blank=True)
    capacity_unit = models.CharField(_("unit of capacity"), max_length=8, blank=True, choices=UNIT_CHOICES)
    monthly_capacity_level = level_field()
    monthly_capacity_observed_on = observed_field()
    utilisation_pct = models.FloatField(_("utilisation, %"), null=True, blank=True)
    utilisation_pct_level = level_field()
    utilisation_pct_observed_on = observed_field()
    lead_time_days = models.FloatField(_("lead time for mass production, days"), null=True, blank=True)
    lead_time_days_level = level_field()
    lead_time_days_observed_on = observed_field()
    sample_lead_time_days = models.FloatField(_("lead time for samples, days"), null=True, blank=True)
    moq = models.FloatField(_("minimum order"), null=True, blank=True)
    moq_level = level_field()
    moq_observed_on = observed_field()
    withdrawn = models.JSONField(default=dict, blank=True, help_text=_("Figures taken back: name to day."))

    objects = CapabilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")
        constraints = [
            models.CheckConstraint(condition=not_negative("tolerance_mm"), name="capability_tolerance_not_negative"),
            models.CheckConstraint(condition=not_negative("roughness_um"), name="capability_roughness_not_negative"),
            models.CheckConstraint(
                condition=three_positive_sides("envelope_mm"),
                name="capability_envelope_has_three_positive_sides",
            ),
            models.CheckConstraint(condition=not_negative("max_mass_kg"), name="capability_mass_not_negative"),
            models.CheckConstraint(condition=not_negative("monthly_capacity"), name="capability_capacity_not_negative"),
            models.CheckConstraint(
                condition=Q(monthly_capacity=None) | ~Q(capacity_unit=""), name="capability_capacity_has_a_unit"
            ),
            models.CheckConstraint(
                condition=not_negative("utilisation_pct", most=100), name="capability_utilisation_is_a_percentage"
            ),
            models.CheckConstraint(condition=not_negative("lead_time_days"), name="capability_lead_time_not_negative"),
            models.CheckConstraint(
                condition=not_negative("sample_lead_time_days"), name="capability_sample_lead_time_not_negative"
            ),
            models.CheckConstraint(condition=not_negative("moq"), name="capability_moq_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["capacity_unit", "monthly_capacity"],
                condition=Q(monthly_capacity__isnull=False),
                name="capability_by_capacity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.process} ({self.site})"

    @property
    def supplier(self) -> Supplier:
        return self.site.supplier
