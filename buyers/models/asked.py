"""What a requirement consists of: steps, weights and gates, and how it stood before it changed."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.constraints import positive, three_positive_sides


class Operation(models.Model):
    """One step of making the part. Order is that of the buyer."""

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.CASCADE, related_name="operations")
    position = models.PositiveSmallIntegerField()
    process = models.ForeignKey("taxonomy.Process", on_delete=models.PROTECT, related_name="+")
    materials = models.ManyToManyField("taxonomy.Material", blank=True, related_name="+")
    tolerance_mm = models.FloatField(_("tolerance, ± mm"), null=True, blank=True)
    roughness_um = models.FloatField(_("roughness Ra, µm"), null=True, blank=True)
    part_size_mm = ArrayField(models.FloatField(), size=3, null=True, blank=True)
    part_mass_kg = models.FloatField(_("mass of the part, kg"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "position"], name="operation_has_one_place"),
            models.CheckConstraint(condition=Q(position__lt=50), name="operation_one_of_fifty"),
            models.CheckConstraint(condition=positive("tolerance_mm"), name="operation_tolerance_above_zero"),
            models.CheckConstraint(condition=positive("roughness_um"), name="operation_roughness_above_zero"),
            models.CheckConstraint(condition=positive("part_mass_kg"), name="operation_mass_above_zero"),
            models.CheckConstraint(
                condition=three_positive_sides("part_size_mm"),
                name="operation_part_has_three_positive_sides",
            ),
            ChangesKept(
                name="operation_changes_kept",
                columns=["process", "tolerance_mm", "roughness_um", "part_size_mm", "part_mass_kg"],
                lists=["materials"],
                below="requirement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position + 1}. {self.process}"


class Criterion(models.Model):
    """How much one question matters to the buyer, and whether it is a gate. Unset: the engine's defaults."""

    class Key(models.TextChoices):
        PROCESS = "process", _("Process")
        MATERIAL = "material", _("Material")
        TOLERANCE = "tolerance", _("Tolerance")
        ROUGHNESS = "roughness", _("Roughness")
        PART_SIZE = "part_size", _("Part size")
        PART_MASS = "part_mass", _("Part mass")
        CAPACITY = "capacity", _("Capacity")
        MOQ = "moq", _("Minimum order")
        LEAD_TIME = "lead_time", _("Lead time")
        CERTIFICATIONS = "certifications", _("Certificates")
        CERTIFICATIONS_PREFERRED = "certifications_preferred", _("Preferred certificates")
        DISTANCE = "distance", _("Distance")
        CORRIDOR = "corridor", _("Corridor")
        LANGUAGES = "languages", _("Languages")
        EXPORT_EXPERIENCE = "export_experience", _("Export experience")
        TRACK_RECORD = "track_record", _("Track record")

    class Mode(models.TextChoices):
        MUST = "must", _("Must")
        SHOULD = "should", _("Should")
        OFF = "off", _("Off")

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.CASCADE, related_name="criteria")
    key = models.CharField(max_length=26, choices=Key.choices)
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.SHOULD)
    weight = models.FloatField(null=True, blank=True, help_text=_("Only ratios matter. Blank: the default."))
    min_level = models.PositiveSmallIntegerField(default=0, help_text=_("Least evidence level for a gate, 0 to 4."))

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "key"], name="criterion_set_once"),
            models.CheckConstraint(
                condition=Q(weight=None) | Q(weight__gte=0, weight__lte=1e6), name="criterion_weight_not_negative"
            ),
            models.CheckConstraint(condition=Q(min_level__lte=4), name="criterion_level_exists"),
            ChangesKept(
                name="criterion_changes_kept",
                columns=["key", "mode", "weight", "min_level"],
                below="requirement",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RequirementVersion(models.Model):
    """What was asked, as it stood from one change after opening to the next."""

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("version of a requirement")
        verbose_name_plural = _("versions of requirements")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="requirement_version_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.requirement} v{self.number}"
