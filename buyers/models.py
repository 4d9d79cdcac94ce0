"""Buyers, their plants, and what they need."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from config.constraints import MAX_FIGURE, coordinates_on_earth, positive, three_positive_sides
from config.models import Resource
from config.states import Stateful
from taxonomy.models import Located, Province
from taxonomy.units import CHOICES as UNIT_CHOICES

if TYPE_CHECKING:
    from accounts.principals import Principal


NEAR_KM = 50.0
FAR_KM = 500.0
"""Distances within which a supplier is near, and from which it is too far, unless the buyer says otherwise."""


class BuyerQuerySet(models.QuerySet["Buyer"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a buyer itself. Others meet a buyer's name only on requirements and connections."""
        if principal.is_staff:
            return self
        if principal.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=principal.organisation_id)


class Buyer(Stateful, Resource):
    """A manufacturer that buys parts. Only a verified one opens requirements and sees matches."""

    PREFIX = "buy"

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        VERIFIED = "verified", _("Verified")
        REJECTED = "rejected", _("Rejected")
        SUSPENDED = "suspended", _("Suspended")

    TRANSITIONS: ClassVar = {
        State.REGISTERED: {State.VERIFIED, State.REJECTED},
        State.VERIFIED: {State.SUSPENDED},
        State.SUSPENDED: {State.VERIFIED},
    }

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="buyer")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.REGISTERED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    parent_country = models.CharField(
        _("country of the parent firm"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2.")
    )
    sectors = models.ManyToManyField("taxonomy.Sector", blank=True, related_name="+", verbose_name=_("sectors"))
    description = models.TextField(_("description"), max_length=5000, blank=True)

    objects = BuyerQuerySet.as_manager()

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.CheckConstraint(
                condition=Q(parent_country="") | Q(parent_country__regex=r"^[A-Z]{2}$"),
                name="buyer_parent_country_is_iso_3166",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class PlantQuerySet(models.QuerySet["Plant"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a buyer its own. Suppliers read of a plant only through requirements."""
        return self.filter(buyer__in=Buyer.objects.visible_to(principal))

    def with_places(self) -> Self:
        """Read together with province and park."""
        return self.select_related("province", "old_province", "park", "park__province", "park__old_province")


class Plant(Located, Resource):
    """Where a buyer wants parts delivered."""

    PREFIX = "pla"

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="plants")
    name = models.CharField(_("name"), max_length=150)

    objects = PlantQuerySet.as_manager()

    class Meta:
        verbose_name = _("plant")
        verbose_name_plural = _("plants")
        constraints = [
            models.CheckConstraint(
                condition=coordinates_on_earth(),
                name="plant_coordinates_are_a_pair_on_earth",
            ),
            models.UniqueConstraint(fields=["buyer", "name"], name="plant_named_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees: its own, else those of its park."""
        for place in (self, self.park):
            if place is not None and place.latitude is not None and place.longitude is not None:
                return place.latitude, place.longitude
        return None

    @property
    def province_key(self) -> str | None:
        """Edition and code of its province, the old one where the address names it; else those of its park."""
        places = (self, self.park) if self.park else (self,)
        for place in places:
            if province := place.old_province or place.province:
                return province.reference
        return None


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff all; a buyer its own; a supplier the open public ones and those it is in the audience of.

        What a suspended buyer asks in public is out of sight until it is reinstated.
        """
        if principal.is_staff:
            return self
        if principal.is_buyer:
            return self.filter(buyer__organisation_id=principal.organisation_id)
        if not principal.is_supplier:
            return self.none()
        told = Q(pk__in=RequirementAudience.objects.of(principal).values("requirement_id"))
        public = Q(
            state=Requirement.State.OPEN,
            visibility=Requirement.Visibility.PUBLIC,
            buyer__state=Buyer.State.VERIFIED,
        )
        return self.filter(public | (told & ~Q(state=Requirement.State.DRAFT)))

    def owned_by(self, principal: "Principal") -> Self:
        """What the caller may change: its own; staff any, on the buyer's behalf."""
        if principal.is_staff:
            return self
        return self.filter(buyer__organisation_id=principal.organisation_id) if principal.is_buyer else self.none()

    def known_to(self, principal: "Principal") -> Self:
        """With `knows_buyer`: whether an anonymous requirement's buyer is open to the caller's organisation."""
        told = RequirementAudience.objects.of(principal).filter(requirement=OuterRef("pk"), knows_buyer=True)
        return self.annotate(knows_buyer=Exists(told))

    def delivered_in(self, province_key: str) -> Self:
        """Those whose plant has this `province_key`: edition and code, such as `2025:24`."""
        edition, _colon, code = province_key.partition(":")
        place = Coalesce("plant__old_province", "plant__province", "plant__park__old_province", "plant__park__province")
        named = Province.objects.filter(edition=edition, code=code)
        return self.annotate(delivery_province=place).filter(delivery_province__in=named.values("pk"))

    def needing(self, processes: Collection[str]) -> Self:
        """Those with an operation of one of these process codes."""
        return self.filter(pk__in=Operation.objects.filter(process__code__in=processes).values("requirement"))

    def mentioning(self, text: str) -> Self:
        """Those whose title or description contains the text."""
        return self.filter(Q(title__icontains=text) | Q(description__icontains=text))

    def past_answering(self, today: date) -> Self:
        """Open ones whose last day for answers was before `today`."""
        return self.filter(state=Requirement.State.OPEN, answer_by__lt=today)

    def with_content(self) -> Self:
        """Read together with all that `buyers.content.content_of` needs, in a constant number of queries."""
        places = ("plant", "plant__province", "plant__old_province")
        park = ("plant__park", "plant__park__province", "plant__park__old_province")
        return self.select_related(*places, *park).prefetch_related(
            "standards_required", "standards_preferred", "operations__process", "operations__materials", "criteria"
        )


class Requirement(Stateful, Resource):
    """Parts that a buyer needs made: operations, quantities, dates, and what else it asks."""

    PREFIX = "req"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        AWARDED = "awarded", _("Awarded")
        CLOSED_NO_AWARD = "closed_no_award", _("Closed without award")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    TRANSITIONS: ClassVar = {
        State.DRAFT: {State.OPEN},
        State.OPEN: {State.AWARDED, State.CLOSED_NO_AWARD, State.WITHDRAWN, State.EXPIRED},
        State.EXPIRED: {State.OPEN},
    }

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("All suppliers see it")
        MATCHED = "matched", _("Only suppliers that match see it")
        ANONYMOUS = "anonymous", _("Only suppliers that match see it, without the buyer's name")

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="requirements")
    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, null=True, blank=True, related_name="requirements")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    content_version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts changes of what is asked after opening.")
    )
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10000, blank=True)
    part_family = models.CharField(_("part family"), max_length=150, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    monthly_quantity = models.FloatField(_("monthly quantity"), null=True, blank=True)
    quantity_unit = models.CharField(_("unit"), max_length=8, blank=True, choices=UNIT_CHOICES)
    needed_on = models.DateField(_("start of production"), null=True, blank=True)
    lead_time_days = models.FloatField(_("lead time for mass production, days"), null=True, blank=True)
    moq = models.FloatField(_("accepted minimum order"), null=True, blank=True)
    standards_required = models.ManyToManyField("taxonomy.Standard", blank=True, related_name="+")
    standards_preferred = models.ManyToManyField("taxonomy.Standard", blank=True, related_name="+")
    near_km = models.FloatField(_("near, km"), default=NEAR_KM)
    far_km = models.FloatField(_("far, km"), default=FAR_KM)
    export_share_pct = models.FloatField(_("asked export share, %"), null=True, blank=True)
    track_record_share = models.FloatField(_("asked share of good deliveries"), null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True, help_text=_("ISO 639-1."))
    nda_needed = models.BooleanField(_("NDA needed"), default=False)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    target_price = models.DecimalField(_("target price"), max_digits=18, decimal_places=4, null=True, blank=True)
    target_price_currency = models.CharField(max_length=3, blank=True, help_text=_("ISO 4217."))

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            models.CheckConstraint(condition=positive("monthly_quantity"), name="requirement_quantity_above_zero"),
            models.CheckConstraint(
                condition=Q(monthly_quantity=None) | ~Q(quantity_unit=""), name="requirement_quantity_has_a_unit"
            ),
            models.CheckConstraint(condition=positive("lead_time_days"), name="requirement_lead_time_above_zero"),
            models.CheckConstraint(condition=positive("moq"), name="requirement_moq_above_zero"),
            models.CheckConstraint(
                condition=Q(near_km__gte=0, far_km__gt=F("near_km"), far_km__lte=MAX_FIGURE),
                name="requirement_near_is_nearer_than_far",
            ),
            models.CheckConstraint(
                condition=positive("export_share_pct", most=100), name="requirement_export_share_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=positive("track_record_share", most=1), name="requirement_track_record_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(target_price=None) | Q(target_price__gt=0) & ~Q(target_price_currency=""),
                name="requirement_price_is_positive_and_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opened_at__isnull=False), name="requirement_opened_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Operation(models.Model):
    """One step of making the part. Order is that of the buyer."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="operations")
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

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="criteria")
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
        ]

    def __str__(self) -> str:
        return self.key


class RequirementVersion(models.Model):
    """What was asked, as it stood from one change after opening to the next."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="versions")
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


class RequirementAudienceQuerySet(models.QuerySet["RequirementAudience"]):
    def of(self, principal: "Principal") -> Self:
        return self.filter(organisation_id=principal.organisation_id)


class RequirementAudience(models.Model):
    """An organisation that may see a requirement which is not public to it, and why. Written by matchmaking."""

    class Reason(models.TextChoices):
        MATCH = "match", _("It matches")
        CONNECTION = "connection", _("It was asked")

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="audience")
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
