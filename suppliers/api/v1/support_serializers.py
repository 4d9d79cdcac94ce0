"""Support programmes and applications on the wire."""

from typing import Any

from django.db.models import Model
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.fields import (
    CodesField,
    DayField,
    DecimalTextField,
    MomentField,
    PublicIdField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from suppliers.limits import BOUNDS
from suppliers.models import Supplier, SupportApplication, SupportProgramme
from suppliers.models.support import MONEY_DIGITS, Standing
from suppliers.support.eligibility import CODES, VERDICTS, Condition, applicant_behind, conditions_of, qualifies
from taxonomy.api.fields import ProvinceField
from taxonomy.models import Sector, Standard

MOST_PEOPLE = int(BOUNDS["employees_total"][1])
MOST_PROVINCES = 34


def money(**settings: Any) -> DecimalTextField:
    """An amount in VND, 0 or more."""
    return DecimalTextField(max_digits=MONEY_DIGITS, decimal_places=0, min_value=0, **settings)


def people(**settings: Any) -> WholeNumberField:
    return WholeNumberField(required=False, allow_null=True, min_value=0, max_value=MOST_PEOPLE, **settings)


class ConditionSerializer(serializers.Serializer[Any]):
    """A condition of a programme, and how the firm stands to it."""

    code = serializers.ChoiceField(choices=CODES)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    sentence = serializers.CharField(help_text="Both in words.")


Conditions = extend_schema_field(ConditionSerializer(many=True, allow_null=True))
YesOrNull = extend_schema_field(serializers.BooleanField(allow_null=True))


class QualifyingSerializer(ResourceSerializer):
    """A row that says whether a firm meets the conditions of a programme today."""

    def found(self, row: Any) -> list[Condition] | None:
        """All conditions, or None where no firm is meant."""
        raise NotImplementedError

    def to_representation(self, row: Model) -> dict[str, Any]:
        """Worked out once for both members."""
        found = self.found(row)
        self._shown: dict[str, Any] = {
            "qualifies": None if found is None else qualifies(found),
            "conditions": None if found is None else ConditionSerializer(found, many=True).data,
        }
        return super().to_representation(row)

    @YesOrNull
    def get_qualifies(self, row: Any) -> bool | None:
        shown: bool | None = self._shown["qualifies"]
        return shown

    @Conditions
    def get_conditions(self, row: Any) -> Any:
        return self._shown["conditions"]


class SupportProgrammeSerializer(QualifyingSerializer):
    """A support programme. How much of the budget is granted is for staff, and null for others."""

    standards = CodesField(help_text="That it helps towards.")
    sectors = CodesField(help_text="Of which a firm must be one; empty: all.")
    provinces = serializers.SerializerMethodField(help_text="In one of which a firm must have a site; empty: all.")
    accepts_applications = serializers.SerializerMethodField(help_text="Today.")
    granted_vnd = serializers.SerializerMethodField(help_text="Promised or spent. For staff, else null.")
    qualifies = serializers.SerializerMethodField(
        help_text="Whether your firm meets all conditions today; null where you act for none."
    )
    conditions = serializers.SerializerMethodField(
        help_text="Each condition, and how your firm stands to it; null where you act for none."
    )

    class Meta:
        model = SupportProgramme
        fields = [
            *("id", "state", "state_reason", "kind", "name_vi", "name_en", "description_vi", "description_en"),
            *("standards", "standing", "sectors", "provinces", "employees_least", "employees_most"),
            *("budget_vnd", "granted_vnd", "opens_on", "closes_on", "accepts_applications"),
            *("qualifies", "conditions", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def found(self, row: SupportProgramme) -> list[Condition] | None:
        applicant = self.context["applicant"]
        return conditions_of(row, applicant, day=timezone.localdate()) if applicant else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_provinces(self, row: SupportProgramme) -> list[str]:
        return sorted(province.reference for province in row.provinces.all())

    def get_accepts_applications(self, row: SupportProgramme) -> bool:
        return row.accepts_on(timezone.localdate())

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_granted_vnd(self, row: SupportProgramme) -> str | None:
        return str(row.granted_vnd) if self.context["request"].auth.is_staff else None


class SupportProgrammeWriter(StrictSerializer):
    """What a programme offers, to whom, and until when."""

    kind = serializers.ChoiceField(choices=SupportProgramme.Kind.choices)
    name_vi = TextField(max_length=200)
    name_en = TextField(max_length=200)
    description_vi = TextField(max_length=5000, required=False, allow_blank=True)
    description_en = TextField(max_length=5000, required=False, allow_blank=True)
    standards = CodesField(queryset=Standard.objects.in_use(), required=False, help_text="That it helps towards.")
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)
    sectors = CodesField(queryset=Sector.objects.in_use(), required=False, help_text="Empty: for all.")
    provinces = serializers.ListField(
        child=ProvinceField(), required=False, max_length=MOST_PROVINCES, help_text="Of today; empty: for all."
    )
    employees_least = people()
    employees_most = people()
    budget_vnd = money(help_text="May be 0, for what costs the city nothing.")
    opens_on = DayField(help_text="The first day for applications.")
    closes_on = DayField(help_text="The last day for applications.")


class SupportApplicationSerializer(QualifyingSerializer):
    """A firm's application to a support programme."""

    programme = serializers.CharField(source="programme.public_id")
    supplier = serializers.CharField(source="supplier.public_id")
    legal_name = serializers.CharField(source="supplier.organisation.legal_name")
    result = serializers.ChoiceField(choices=SupportApplication.Result.choices, allow_blank=True)
    qualifies = serializers.SerializerMethodField(help_text="Whether the firm meets all conditions today.")
    conditions = serializers.SerializerMethodField(help_text="Each condition, and how the firm stands to it today.")
    decided_at = MomentField(allow_null=True)
    finished_at = MomentField(allow_null=True)

    class Meta:
        model = SupportApplication
        fields = [
            *("id", "programme", "supplier", "legal_name", "state", "state_reason", "note", "asked_vnd"),
            *("granted_vnd", "spent_vnd", "result", "result_note", "qualifies", "conditions"),
            *("decided_at", "finished_at", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def found(self, row: SupportApplication) -> list[Condition]:
        return conditions_of(row.programme, applicant_behind(row), day=timezone.localdate())


class SupportApplicationWriter(StrictSerializer):
    """What a firm applies for."""

    programme = PublicIdField(queryset=SupportProgramme.objects.all())
    supplier = PublicIdField(
        queryset=Supplier.objects.all(), required=False, help_text="For staff; your own firm unless given."
    )
    note = TextField(max_length=5000, required=False, allow_blank=True, help_text="What the firm plans.")
    asked_vnd = money(required=False, allow_null=True)


class SupportApprovalWriter(StrictSerializer):
    """How much is promised."""

    granted_vnd = money(help_text="At most what is left of the programme's budget; may be 0.")


class SupportResultWriter(StrictSerializer):
    """What came of the support."""

    result = serializers.ChoiceField(choices=SupportApplication.Result.choices)
    result_note = TextField(max_length=5000, required=False, allow_blank=True)
    spent_vnd = money(required=False, help_text="All that was granted, unless given; the rest is free again.")
