"""Bodies of requests: their form, field by field. What spans several fields is the services' matter."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Organisation
from accounts.tax_codes import HOME
from config.api.acts import ReasonWriter
from config.api.fields import (
    CodeField,
    CodesField,
    DayField,
    MeasureField,
    PublicIdField,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
    WholeNumberField,
)
from config.constraints import MAX_FIGURE
from config.iso import check_country, check_language
from suppliers.limits import BOUNDS
from suppliers.models import CHECKLIST, Assessment, Capability, EvidenceLevel, Site, Supplier
from taxonomy.api.fields import ProvinceField
from taxonomy.models import IndustrialPark, Material, Process, Sector, Standard
from taxonomy.units import CHOICES as UNIT_CHOICES


def text(most: int, **settings: Any) -> TextField:
    """Text that may be left out or empty."""
    return TextField(required=False, allow_blank=True, max_length=most, **settings)


def figure(name: str) -> MeasureField:
    """A measure within its bounds, or null."""
    least, most = BOUNDS[name]
    return MeasureField(required=False, allow_null=True, min_value=least, max_value=most)


def count(name: str) -> WholeNumberField:
    """A whole number within its bounds, or null."""
    least, most = BOUNDS[name]
    return WholeNumberField(required=False, allow_null=True, min_value=int(least), max_value=int(most))


def choice(choices: Any) -> serializers.ChoiceField:
    """One of the choices, or an empty text."""
    return serializers.ChoiceField(choices=choices, required=False, allow_blank=True)


class SupplierWriter(StrictSerializer):
    """What a firm says of itself as a whole."""

    organisation = PublicIdField(
        queryset=Organisation.objects.all(),
        required=False,
        help_text="For staff, who write on a firm's behalf. Only when creating.",
    )
    description_vi = text(5000)
    description_en = text(5000)
    ownership = choice(Supplier.Ownership.choices)
    founded_year = count("founded_year")
    employees_total = count("employees_total")
    employees_engineers = count("employees_engineers")
    employees_quality = count("employees_quality")
    revenue_band = choice(Supplier.RevenueBand.choices)
    sectors = CodesField(queryset=Sector.objects.in_use(), required=False)
    languages = serializers.ListField(
        child=TextField(validators=[check_language]), required=False, max_length=50, help_text="ISO 639-1."
    )
    export_share_pct = figure("export_share_pct")

    def validate_organisation(self, organisation: Organisation) -> Organisation:
        if self.partial:
            raise serializers.ValidationError(_("This field cannot be written."), code="read_only")
        return organisation


class SiteWriter(StrictSerializer):
    """Where a firm works."""

    name = text(150)
    role = serializers.ChoiceField(choices=Site.Role.choices, required=False)
    address = text(500, help_text="As written; kept as it is.")
    province = ProvinceField(required=False, allow_null=True, help_text="One of today's.")
    old_province = ProvinceField(required=False, allow_null=True, help_text="Where the address names it.")
    park = CodeField(queryset=IndustrialPark.objects.all(), required=False, allow_null=True)
    latitude = figure("latitude")
    longitude = figure("longitude")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new site needs something by which one could find it."""
        if not self.partial and not any(value not in (None, "") for name, value in attrs.items() if name != "role"):
            missing = _("Give a name, an address, a province, a park or coordinates.")
            raise serializers.ValidationError({"name": missing}, code="required")
        return attrs


class CapabilityWriter(StrictSerializer):
    """A process that a firm runs at one of its sites."""

    process = CodeField(queryset=Process.objects.in_use())
    site = PublicIdField(queryset=Site.objects.all())
    role = serializers.ChoiceField(choices=Capability.Role.choices, required=False)
    materials = CodesField(queryset=Material.objects.in_use(), required=False)
    tolerance_mm = figure("tolerance_mm")
    roughness_um = figure("roughness_um")
    envelope_mm = serializers.ListField(
        child=MeasureField(min_value=0, max_value=MAX_FIGURE),
        required=False,
        allow_null=True,
        max_length=3,
        help_text="Length, width and height of the largest part.",
    )
    max_mass_kg = figure("max_mass_kg")
    monthly_capacity = figure("monthly_capacity")
    capacity_unit = choice(UNIT_CHOICES)
    utilisation_pct = figure("utilisation_pct")
    lead_time_days = figure("lead_time_days")
    sample_lead_time_days = figure("sample_lead_time_days")
    moq = figure("moq")


class CertificateWriter(StrictSerializer):
    """A firm's proof that it meets a standard."""

    standard = CodeField(queryset=Standard.objects.in_use())
    site = PublicIdField(
        queryset=Site.objects.all(), required=False, allow_null=True, help_text="Null: the whole firm."
    )
    number = text(80)
    issuing_body = text(150)
    accreditation_body = text(150)
    scope = text(500)
    valid_from = DayField(required=False, allow_null=True)
    expires_on = DayField(required=False, allow_null=True, help_text="Last day of validity, included.")
    never_expires = TrueOrFalseField(required=False)


class ReviewWriter(StrictSerializer):
    """What an officer found."""

    observed_on = DayField(required=False, help_text="Today unless given.")
    source = text(200, help_text="The document, register or visit.")  # type: ignore[assignment]  # DRF has one too
    note = text(1000)


class CheckWriter(ReviewWriter):
    """What an officer found of a certificate."""

    level = serializers.ChoiceField(choices=EvidenceLevel.choices[2:], required=False, help_text="2 unless given.")


class EvidenceWriter(ReviewWriter):
    """What an officer found of some facts of one row."""

    subject = TextField(max_length=32, help_text="Id of the firm or of one of its capabilities.")
    facts = serializers.ListField(child=TextField(max_length=40), min_length=1, max_length=20)
    level = serializers.ChoiceField(choices=EvidenceLevel.choices)


class UndoCheckWriter(ReasonWriter):
    """Which check was a mistake, and why."""

    check = TextField(max_length=32, help_text="Id of the check, from the history.")


class SeenFactWriter(StrictSerializer):
    """A fact that was seen on a visit."""

    subject = TextField(max_length=32, help_text="Id of the firm, or of one of its capabilities or certificates.")
    fact = TextField(max_length=40)


class AssessmentWriter(StrictSerializer):
    """A visit of staff to a site."""

    site = PublicIdField(queryset=Site.objects.all())
    visited_on = DayField()
    visitors = TextField(max_length=300, help_text="Who went there, by name.")
    checklist = serializers.DictField(
        child=serializers.ChoiceField(choices=Assessment.Answer.choices),
        required=False,
        help_text=f"Answers by code: {', '.join(CHECKLIST)}. What is left out was not looked at.",
    )
    conclusion = TextField(max_length=2000)
    facts = serializers.ListField(
        child=SeenFactWriter(),
        required=False,
        max_length=200,
        help_text="What is proved at L3 by it, unless it is proved better already.",
    )

    def validate_facts(self, facts: list[dict[str, str]]) -> list[tuple[str, str]]:
        return [(named["subject"], named["fact"]) for named in facts]


class ClaimWriter(StrictSerializer):
    """Which firm is one's own: by id, or by tax code."""

    supplier = PublicIdField(queryset=Supplier.objects.all(), required=False)
    tax_code = TextField(required=False, max_length=20)
    country = TextField(required=False, default=HOME, validators=[check_country])
    note = text(1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("supplier" in attrs) == ("tax_code" in attrs):
            raise serializers.ValidationError({"supplier": _("Either this or the tax code.")}, code="required")
        return attrs
