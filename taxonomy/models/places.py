"""Provinces before and after 1 July 2025, corridors between them, industrial parks in them."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taxonomy.models.entries import Entry, EntryQuerySet, entry_checks
from taxonomy.models.terms import Kind

LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]


def on_earth(table: str, *, required: bool) -> models.CheckConstraint:
    """Both coordinates within their ranges; if not required, both may be missing."""
    # NULL in a comparison passes a check: that both are there must be said.
    there = Q(latitude__isnull=False, longitude__isnull=False)
    inside = there & Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
    missing = Q(latitude__isnull=True, longitude__isnull=True)
    return models.CheckConstraint(
        condition=inside if required else inside | missing, name=f"{table}_coordinates_are_on_earth"
    )


class ProvinceQuerySet(EntryQuerySet["Province"]):
    """Questions to the provinces."""

    def in_force(self) -> Self:
        """The provinces of today."""
        return self.filter(edition=Province.Edition.SINCE_2025)


class Province(Entry):
    """A province or centrally run city. The same code names different provinces in the two editions."""

    KIND = Kind.PROVINCE

    class Edition(models.TextChoices):
        SINCE_2025 = "2025", _("in force since 1 July 2025")
        BEFORE_2025 = "2004", _("in force until 30 June 2025")

    class UnitType(models.TextChoices):
        PROVINCE = "province", _("province")
        MUNICIPALITY = "municipality", _("municipality")

    edition = models.CharField(_("edition"), max_length=4, choices=Edition.choices)
    code = models.CharField(_("code"), max_length=2)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("province of today"),
        help_text=_("Where its area belongs since 1 July 2025."),
    )
    full_name_vi = models.CharField(_("full name (Vietnamese)"), max_length=80)
    full_name_en = models.CharField(_("full name (English)"), max_length=80, blank=True)
    unit_type = models.CharField(_("type"), max_length=12, choices=UnitType.choices)
    region_code = models.CharField(_("region"), max_length=40, blank=True)
    phone_area_code = models.CharField(_("phone area code"), max_length=4, blank=True)
    latitude = models.FloatField(_("latitude of the centre"), validators=LATITUDE)
    longitude = models.FloatField(_("longitude of the centre"), validators=LONGITUDE)

    objects = ProvinceQuerySet.as_manager()

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["-edition", "code"]
        constraints = [
            *entry_checks("province"),
            models.UniqueConstraint(fields=["edition", "code"], name="province_code_is_unique_in_its_edition"),
            models.CheckConstraint(
                condition=Q(edition="2025", successor__isnull=True) | Q(edition="2004", successor__isnull=False),
                name="province_of_old_has_a_province_of_today",
            ),
            on_earth("province", required=True),
        ]

    def __str__(self) -> str:
        return self.named_in(get_language() or "vi")

    def named_in(self, language: str) -> str:
        """By name alone; of old ones with the edition."""
        name = self.name_in(language)
        return name if self.edition == self.Edition.SINCE_2025 else f"{name} ({self.get_edition_display()})"

    @property
    def reference(self) -> str:
        """Edition and code, as in "2025:24": what a code alone cannot say."""
        return f"{self.edition}:{self.code}"


class CorridorQuerySet(EntryQuerySet["Corridor"]):
    """Questions to the corridors."""

    def provinces_by_code(self) -> dict[str, list[str]]:
        """Each corridor with its provinces of both editions, written as `Province.reference`."""
        listed: dict[str, list[str]] = {code: [] for code in self.order_by("code").values_list("code", flat=True)}
        pairs = self.filter(provinces__isnull=False).order_by("code", "provinces__edition", "provinces__code")
        for code, edition, province in pairs.values_list("code", "provinces__edition", "provinces__code"):
            listed[code].append(f"{edition}:{province}")
        return listed


class Corridor(Entry):
    """A chain of provinces along a main road, in which firms reach each other quickly."""

    KIND = Kind.CORRIDOR

    code = models.CharField(_("code"), max_length=40, unique=True)
    provinces = models.ManyToManyField(Province, related_name="corridors", verbose_name=_("provinces"))

    objects = CorridorQuerySet.as_manager()

    class Meta:
        verbose_name = _("corridor")
        verbose_name_plural = _("corridors")
        ordering = ["code"]
        constraints = entry_checks("corridor")


class IndustrialPark(Entry):
    """An industrial park, cluster or export processing zone."""

    KIND = Kind.PARK

    class Type(models.TextChoices):
        INDUSTRIAL_PARK = "industrial_park", _("industrial park")
        CLUSTER = "cluster", _("industrial cluster")
        EXPORT_PROCESSING_ZONE = "export_processing_zone", _("export processing zone")

    code = models.CharField(_("code"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Type.choices)
    province = models.ForeignKey(Province, models.PROTECT, related_name="parks", verbose_name=_("province"))
    old_province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("province before July 2025")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    longitude = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)

    objects = EntryQuerySet["IndustrialPark"].as_manager()

    class Meta:
        verbose_name = _("industrial park")
        verbose_name_plural = _("industrial parks")
        ordering = ["code"]
        constraints = [*entry_checks("park"), on_earth("park", required=False)]
