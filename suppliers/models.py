"""Supplier firms: profile, sites, capabilities, certificates, and the evidence behind each fact."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.constraints import coordinates_on_earth, not_negative, three_positive_sides
from config.models import Resource
from taxonomy.units import CHOICES as UNIT_CHOICES

if TYPE_CHECKING:
    from accounts.principals import Principal


class EvidenceLevel(models.IntegerChoices):
    """How well a fact is proved; the words and weights are those of docs/matching.md."""

    DECLARED = 0, _("L0: declared by the firm")
    DOCUMENTED = 1, _("L1: a document was uploaded")
    CHECKED = 2, _("L2: checked against the issuer or a register")
    SEEN = 3, _("L3: seen on site")
    CONFIRMED = 4, _("L4: confirmed by a paying buyer")


def level_field() -> Any:
    """The current evidence level of the fact that stands beside it."""
    return models.PositiveSmallIntegerField(choices=EvidenceLevel.choices, default=EvidenceLevel.DECLARED)


def observed_field() -> Any:
    """The day on which the fact that stands beside it was last observed."""
    return models.DateField(null=True, blank=True)


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def published(self) -> Self:
        return self.filter(state=Supplier.State.PUBLISHED)

    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a firm itself and the published ones; everyone else the published ones."""
        if principal.is_staff:
            return self
        own = Q(organisation_id=principal.organisation_id) if principal.is_supplier else Q()
        return self.filter(Q(state=Supplier.State.PUBLISHED) | own) if own else self.published()

    def owned_by(self, principal: "Principal") -> Self:
        """What the caller may change: its own firm; staff any firm, on its behalf."""
        if principal.is_staff:
            return self
        return self.filter(organisation_id=principal.organisation_id) if principal.organisation_id else self.none()


class Supplier(Resource):
    """A firm of the supporting industries, and what it says of itself as a whole."""

    PREFIX = "sup"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        PUBLISHED = "published", _("Published")
        SUSPENDED = "suspended", _("Suspended")
        ARCHIVED = "archived", _("Archived")

    class Ownership(models.TextChoices):
        PRIVATE = "private", _("Private")
        STATE = "state", _("State-owned")
        JOINT_VENTURE = "joint_venture", _("Joint venture")
        FDI = "fdi", _("Foreign-invested")

    class RevenueBand(models.TextChoices):
        """Yearly revenue in billions of VND."""

        UNDER_10 = "under_10", _("under 10 billion VND")
        FROM_10 = "10_to_50", _("10 to 50 billion VND")
        FROM_50 = "50_to_200", _("50 to 200 billion VND")
        FROM_200 = "200_to_1000", _("200 to 1,000 billion VND")
        OVER_1000 = "over_1000", _("over 1,000 billion VND")

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="supplier")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    description_vi = models.TextField(_("description (vi)"), max_length=5000, blank=True)
    description_en = models.TextField(_("description (en)"), max_length=5000, blank=True)
    ownership = models.CharField(_("ownership"), max_length=20, choices=Ownership.choices, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True)
    employees_total = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    employees_engineers = models.PositiveIntegerField(_("engineers"), null=True, blank=True)
    employees_quality = models.PositiveIntegerField(_("quality staff"), null=True, blank=True)
    revenue_band = models.CharField(_("revenue"), max_length=20, choices=RevenueBand.choices, blank=True)
    sectors = models.ManyToManyField("taxonomy.Sector", blank=True, related_name="+", verbose_name=_("sectors"))
    languages = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text=_("ISO 639-1. Empty: not stated.")
    )
    languages_level = level_field()
    languages_observed_on = observed_field()
    export_share_pct = models.FloatField(_("export share, %"), null=True, blank=True)
    export_share_pct_level = level_field()
    export_share_pct_observed_on = observed_field()
    certificates_stated_on = models.DateField(
        null=True, blank=True, help_text=_("Day on which the certificate section was filled in; blank: never.")
    )
    certificates_stated_level = level_field()
    withdrawn = models.JSONField(default=dict, blank=True, help_text=_("Figures taken back: name to day."))
    source = models.CharField(_("source"), max_length=100, blank=True, help_text=_("The list it was imported from."))
    source_ref = models.CharField(max_length=200, blank=True, help_text=_("The firm's key in that list."))

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.CheckConstraint(
                condition=not_negative("export_share_pct", most=100), name="supplier_export_share_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(founded_year=None) | Q(founded_year__gte=1800, founded_year__lte=2200),
                name="supplier_founded_in_a_plausible_year",
            ),
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="supplier_imported_once_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="supplier_published_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.visible_to(principal))

    def owned_by(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.owned_by(principal))


class Site(Resource):
    """A place where a firm works. The address stays as it was given."""

    PREFIX = "sit"

    class Role(models.TextChoices):
        PRODUCTION = "production", _("Production")
        OFFICE = "office", _("Office")
        WAREHOUSE = "warehouse", _("Warehouse")

    class CoordinateSource(models.TextChoices):
        GIVEN = "given", _("given")
        PARK = "park", _("of the industrial park")
        WARD = "ward", _("centre of the ward")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.PRODUCTION)
    address = models.CharField(_("address"), max_length=500, blank=True)
    province = models.ForeignKey(
        "taxonomy.Province",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province"),
    )
    old_province = models.ForeignKey(
        "taxonomy.Province",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province before July 2025"),
        help_text=_("Only where the address names it."),
    )
    park = models.ForeignKey(
        "taxonomy.IndustrialPark", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    coordinates_from = models.CharField(max_length=8, choices=CoordinateSource.choices, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(
                condition=coordinates_on_earth(),
                name="site_coordinates_are_a_pair_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.address or self.public_id


class CapabilityQuerySet(models.QuerySet["Capability"]):
    def visible_to(self, principal: "Principal") -> Self:
        return self.filter(site__supplier__in=Supplier.objects.visible_to(principal))

    def owned_by(self, principal: "Principal") -> Self:
        return self.filter(site__supplier__in=Supplier.objects.owned_by(principal))


class Capability(Resource):
    """One process that a firm runs at one site, with its limits. Beside each figure stands its evidence."""

    PREFIX = "cap"
    FIGURES: ClassVar[tuple[str, ...]] = (
        "materials",
        "tolerance_mm",
        "roughness_um",
        "envelope_mm",
        "max_mass_kg",
        "monthly_capacity",
        "utilisation_pct",
        "lead_time_days",
        "moq",
    )

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

    def __str__(self) -> str:
        return f"{self.process} ({self.site})"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.visible_to(principal))

    def owned_by(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.owned_by(principal))


class Certificate(Resource):
    """A firm's proof that it meets a standard, for one site or as a whole. It ends by date, never by hand."""

    PREFIX = "cer"

    class State(models.TextChoices):
        DECLARED = "declared", _("Declared")
        CHECKED = "checked", _("Checked")
        REJECTED = "rejected", _("Rejected")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="certificates")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="certificates")
    standard = models.ForeignKey(
        "taxonomy.Standard", on_delete=models.PROTECT, related_name="+", verbose_name=_("standard")
    )
    number = models.CharField(_("number"), max_length=80, blank=True)
    issuing_body = models.CharField(_("issuing body"), max_length=150, blank=True)
    accreditation_body = models.CharField(_("accreditation body"), max_length=150, blank=True)
    scope = models.CharField(_("scope"), max_length=500, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    expires_on = models.DateField(
        _("expires on"), null=True, blank=True, help_text=_("Last day of validity, included.")
    )
    never_expires = models.BooleanField(_("never expires"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DECLARED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    level = level_field()
    observed_on = models.DateField()

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(valid_from=None) | Q(expires_on__gte=F("valid_from")),
                name="certificate_expires_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(never_expires=False) | Q(expires_on=None), name="certificate_expires_or_never_does"
            ),
            models.UniqueConstraint(
                fields=["supplier", "standard", "number"], name="certificate_listed_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard} {self.number}".strip()


class Evidence(models.Model):
    """Who asserted which fact with what proof, ever. Never changed; the current state stands beside the fact."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="evidence")
    subject = models.CharField(max_length=32, help_text=_("Public id of the row that holds the fact."))
    fact = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    level = level_field()
    observed_on = models.DateField()
    source = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    asserted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asserted_for = models.ForeignKey(
        "accounts.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes = [models.Index(fields=["supplier", "subject", "fact", "-id"], name="evidence_of_a_fact")]

    def __str__(self) -> str:
        return f"{self.subject}.{self.fact} L{self.level}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else their own."""
        if principal.is_staff:
            return self
        return self.filter(claimant=principal.user) if principal.user else self.none()


class Claim(Resource):
    """A person's statement that an imported firm is theirs to represent. Staff decide."""

    PREFIX = "clm"

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="claims")
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    note = models.CharField(_("note"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "claimant"], condition=Q(state="pending"), name="claim_pending_once"
            ),
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(state="approved"), name="claim_approved_once_per_supplier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claimant} → {self.supplier}"


class SupplierChange(models.Model):
    """The transaction that last touched a firm's facts. Kept by triggers, read by whoever mirrors the facts.

    A reader that saw the database at a snapshot reads every row whose `changed_in` is not below that snapshot's
    oldest running transaction: so nothing that commits out of order is missed.
    """

    supplier_id = models.BigIntegerField(primary_key=True)
    changed_in = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("change of facts")
        verbose_name_plural = _("changes of facts")

    def __str__(self) -> str:
        return f"{self.supplier_id} in {self.changed_in}"
