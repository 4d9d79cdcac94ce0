"""Answers: what the API shows of firms. Fields that the reader may not see are left out."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.v1.serializers import ORGANISATION
from config.api.fields import CodesField, MomentField, ResourceSerializer, represented
from config.api.shapes import Expansion
from suppliers.facts import FACTS, Fact, lapsed_facts
from suppliers.models import Assessment, Capability, Certificate, Claim, Evidence, Site, Supplier
from suppliers.visibility import EVERYONE, READERS_OF, Reader, reader_of, shown_to, two_figures
from taxonomy.api.fields import ProvinceField

BANDS = ((500, "500_or_more"), (200, "200_to_499"), (100, "100_to_199"), (50, "50_to_99"), (10, "10_to_49"))
"""Least number of employees, and the band that begins with it."""
SMALLEST_BAND = "under_10"


class FactEvidenceSerializer(serializers.Serializer[Any]):
    """How well a fact is proved."""

    level = serializers.IntegerField(help_text="0 declared, 1 documented, 2 checked, 3 seen on site, 4 confirmed.")
    observed_on = serializers.DateField()
    withdrawn_on = serializers.DateField(
        allow_null=True, help_text="Day on which the firm took the figure back; it counts for 365 days more."
    )


class ReaderSerializer(ResourceSerializer):
    """A row of a firm as its reader may see it. Only for answers."""

    kind: ClassVar[str]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Fields that not everybody sees are described as ones that may be missing."""
        fields = super().get_fields()
        for name, field in fields.items():
            if READERS_OF[self.kind][name] is not EVERYONE:
                field.read_only = field.required = False
        return fields

    def to_representation(self, row: Any) -> dict[str, Any]:
        """What the reader may not see is not even worked out."""
        reader = reader_of(self.organisation_id(row), self.context["request"].auth)
        return shown_to(reader, self.kind, represented(row, self.fields_for(reader)))

    def fields_for(self, reader: Reader) -> Sequence[serializers.Field[Any, Any, Any, Any]]:
        """The fields that such a reader sees."""
        if reader not in self._fields_for:
            readers = READERS_OF[self.kind]
            self._fields_for[reader] = [field for name, field in self.fields.items() if reader in readers[name]]
        return self._fields_for[reader]

    @cached_property
    def _fields_for(self) -> dict[Reader, Sequence[serializers.Field[Any, Any, Any, Any]]]:
        return {}

    def organisation_id(self, row: Any) -> int:
        organisation_id: int = row.supplier.organisation_id
        return organisation_id


class FactsSerializer(ReaderSerializer):
    """A row with facts, and the evidence beside them."""

    evidence = serializers.SerializerMethodField(help_text="By name of the fact; facts not known are left out.")

    @extend_schema_field(serializers.DictField(child=FactEvidenceSerializer()))
    def get_evidence(self, row: models.Model) -> dict[str, Any]:
        return {fact.name: _evidence(row, fact) for fact in FACTS[type(row)] if fact.evidence_of(row)[1] is not None}

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown = super().to_representation(row)
        for fact in lapsed_facts(row, on=timezone.localdate()):
            shown.update({column: _empty(row, column) for column in fact.columns if column in shown})
        return shown


def _empty(row: models.Model, column: str) -> Any:
    """What the column shows where nothing was ever said: null, an empty text or an empty list."""
    field: Any = row._meta.get_field(column)  # noqa: SLF001 - Django's public name for it
    return [] if field.many_to_many else field.get_default()


def _evidence(row: Any, fact: Fact) -> dict[str, Any]:
    level, observed_on = fact.evidence_of(row)
    withdrawn = getattr(row, "withdrawn", {})
    return {"level": level, "observed_on": observed_on, "withdrawn_on": withdrawn.get(fact.name)}


class HeldStandardSerializer(serializers.Serializer[Any]):
    """A standard that a firm says it meets."""

    standard = serializers.CharField(source="standard.code")
    state = serializers.ChoiceField(choices=Certificate.State.choices)
    level = serializers.IntegerField()
    valid_from = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    never_expires = serializers.BooleanField()


@extend_schema_field(serializers.ListField(child=serializers.CharField()))
class ListedField(serializers.ReadOnlyField):
    """Codes as they stand in `SupplierSearch`."""


HELD_STANDARD = tuple(HeldStandardSerializer().fields)


@extend_schema_field(HeldStandardSerializer(many=True))
class HeldStandardsField(serializers.ReadOnlyField):
    """As they stand in `SupplierSearch`, which keeps no order of members."""

    def to_representation(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: held[name] for name in HELD_STANDARD} for held in value]


class SupplierSerializer(FactsSerializer):
    """A firm, with a summary of what stands below it."""

    expansions = {"organisation": ORGANISATION}

    kind = "supplier"
    organisation = serializers.CharField(source="organisation.public_id", help_text="Id of the organisation.")
    legal_name = serializers.CharField(source="organisation.legal_name")
    trade_name = serializers.CharField(source="organisation.trade_name")
    country = serializers.CharField(source="organisation.country")
    tax_code = serializers.CharField(source="organisation.tax_code")
    provinces = ListedField(source="search.province_references", help_text="Of its sites, as edition and code.")
    sectors = ListedField(source="search.sector_codes")
    processes = ListedField(source="search.process_codes")
    materials = ListedField(source="search.material_codes")
    standards = HeldStandardsField(source="search.standards_held")
    employee_band = serializers.SerializerMethodField()
    distance_km = serializers.SerializerMethodField(
        help_text="From the place asked for to the nearest site of production. Only where the list is filtered by near."
    )

    class Meta:
        model = Supplier
        fields = [
            *("id", "legal_name", "trade_name", "country", "provinces", "sectors", "processes", "materials"),
            *(
                "standards",
                "languages",
                "employee_band",
                "distance_km",
                "evidence",
                "organisation",
                "tax_code",
                "state",
            ),
            *("state_reason", "description_vi", "description_en", "ownership", "founded_year", "employees_total"),
            *("employees_engineers", "employees_quality", "revenue_band", "export_share_pct", "source"),
            *("submitted_at", "published_at", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def organisation_id(self, row: Supplier) -> int:
        return row.organisation_id

    def to_representation(self, row: Supplier) -> dict[str, Any]:
        shown = super().to_representation(row)
        if not hasattr(row, "distance_km"):
            shown.pop("distance_km", None)
        return shown

    def get_distance_km(self, supplier: Supplier) -> float | None:
        km = getattr(supplier, "distance_km", None)
        return None if km is None else round(km, 1)

    @extend_schema_field(
        serializers.ChoiceField(choices=[SMALLEST_BAND, *(band for _least, band in BANDS)], allow_null=True)
    )
    def get_employee_band(self, supplier: Supplier) -> str | None:
        if supplier.employees_total is None:
            return None
        return next((band for least, band in BANDS if supplier.employees_total >= least), SMALLEST_BAND)


SUPPLIER = Expansion(
    visible_to=lambda reader: Supplier.objects.visible_to(reader).with_summary(), serializer=SupplierSerializer
)


class SiteSerializer(ReaderSerializer):
    """Where a firm works."""

    kind = "site"

    province = ProvinceField(allow_null=True)
    old_province = ProvinceField(allow_null=True)
    park = serializers.SlugRelatedField[Any](slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Site
        fields = [
            *("id", "role", "province", "old_province", "name", "address", "park", "latitude", "longitude"),
            *("coordinates_from", "created_at", "updated_at"),
        ]
        read_only_fields = fields


SITE = Expansion(
    visible_to=lambda reader: Site.objects.visible_to(reader).select_related(
        "supplier", "province", "old_province", "park"
    ),
    serializer=SiteSerializer,
)


class CapabilitySerializer(FactsSerializer):
    """A process that a firm runs at a site, with its limits."""

    expansions = {"site": SITE}

    kind = "capability"
    site = serializers.CharField(source="site.public_id")
    process = serializers.CharField(source="process.code")
    materials = CodesField()
    free_capacity = serializers.SerializerMethodField(
        help_text="Capacity not in use, to two significant figures; null where either figure is not known."
    )

    class Meta:
        model = Capability
        fields = [
            *("id", "site", "process", "role", "materials", "tolerance_mm", "roughness_um", "envelope_mm"),
            *("max_mass_kg", "evidence", "monthly_capacity", "capacity_unit", "free_capacity", "lead_time_days"),
            *("sample_lead_time_days", "moq", "utilisation_pct", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def get_free_capacity(self, capability: Capability) -> float | None:
        lapsed = {fact.name for fact in lapsed_facts(capability, on=timezone.localdate())}
        if capability.monthly_capacity is None or capability.utilisation_pct is None:
            return None
        if lapsed & {"monthly_capacity", "utilisation_pct"}:
            return None
        return two_figures(capability.monthly_capacity * (1 - capability.utilisation_pct / 100))


class CertificateSerializer(FactsSerializer):
    """A firm's proof that it meets a standard."""

    expansions = {"site": SITE}

    kind = "certificate"
    standard = serializers.CharField(source="standard.code")
    site = serializers.CharField(source="site.public_id", allow_null=True, default=None)

    class Meta:
        model = Certificate
        fields = [
            *("id", "standard", "valid_from", "expires_on", "never_expires", "state", "evidence", "site", "number"),
            *("issuing_body", "accreditation_body", "scope", "state_reason", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class EvidenceSerializer(ResourceSerializer):
    """Who said what of which fact, for the firm and for staff."""

    id = serializers.CharField(source="public_id", allow_null=True, help_text="Of a check, to undo it by; else null.")
    undone = serializers.SerializerMethodField(help_text="Whether the check was undone since.")
    asserted_by = serializers.CharField(source="asserted_by.get_full_name", allow_null=True, default=None)
    asserted_for = serializers.CharField(source="asserted_for.kind", allow_null=True, default=None)

    class Meta:
        model = Evidence
        fields = [
            *("id", "subject", "fact", "act", "value", "level", "observed_on", "source", "note", "asserted_by"),
            *("asserted_for", "undone", "created_at"),
        ]
        read_only_fields = fields

    def get_undone(self, line: Evidence) -> bool:
        return hasattr(line, "undone_by")


class FindingSerializer(ResourceSerializer):
    """A fact that a visit proves."""

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Evidence
        fields = ["id", "subject", "fact"]
        read_only_fields = fields


class AssessmentSerializer(ResourceSerializer):
    """A visit of staff to a site, for the firm and for staff."""

    expansions = {"site": SITE}

    site = serializers.CharField(source="site.public_id", allow_null=True, default=None)
    checklist = serializers.DictField(
        child=serializers.ChoiceField(choices=Assessment.Answer.choices), help_text="Answers by code."
    )
    facts = FindingSerializer(source="findings", many=True, help_text="What it proves, each with the id of its check.")
    recorded_by = serializers.CharField(source="recorded_by.get_full_name", allow_null=True, default=None)
    undone_at = MomentField(allow_null=True)

    class Meta:
        model = Assessment
        fields = [
            *("id", "site", "visited_on", "visitors", "checklist", "conclusion", "facts", "recorded_by"),
            *("undone_at", "undone_reason", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class SupplierEventSerializer(serializers.Serializer[Any]):
    """Something that happened to a firm."""

    topic = serializers.CharField()
    at = MomentField(source="created_at")
    acted_for = serializers.CharField(
        source="actor_organisation.kind", allow_null=True, default=None, help_text="The firm itself or the agency."
    )
    reason = serializers.CharField()
    about = serializers.DictField(source="payload", help_text="Ids, codes and words of what it was about.")


class ClaimSerializer(ResourceSerializer):
    """A person's statement that a firm is theirs."""

    expansions = {"supplier": SUPPLIER}
    OF_THE_FIRM = ("supplier", "legal_name")
    """Empty where the reader may not see the firm, which was named by its tax code then."""

    supplier = serializers.CharField(source="supplier.public_id", help_text="Empty where you may not see the firm.")
    legal_name = serializers.CharField(
        source="supplier.organisation.legal_name", help_text="Empty where you may not see the firm."
    )
    tax_code = serializers.CharField(
        source="supplier.organisation.tax_code", help_text="Of the firm; for staff, else empty."
    )
    claimant = serializers.CharField(source="claimant.get_full_name")

    class Meta:
        model = Claim
        fields = [
            *("id", "supplier", "legal_name", "tax_code", "claimant", "note", "state", "state_reason", "decided_at"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields

    def to_representation(self, claim: Claim) -> dict[str, Any]:
        shown = super().to_representation(claim)
        hidden = () if claim.firm_is_visible else self.OF_THE_FIRM  # type: ignore[attr-defined]  # annotated
        of_staff = () if self.context["request"].auth.is_staff else ("tax_code",)
        return {**shown, **dict.fromkeys((*hidden, *of_staff), "")}
