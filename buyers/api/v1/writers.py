"""Bodies of requests: their form, field by field. What spans several fields is the services' matter."""

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from buyers.content import MAX_OPERATIONS
from buyers.models import Buyer, Criterion, Plant, Requirement
from buyers.vocabulary import Vocabulary
from config.api.fields import (
    MAX_CODES,
    CodeField,
    CodesField,
    DayField,
    DecimalTextField,
    MeasureField,
    PositiveField,
    PublicIdField,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
    WholeNumberField,
)
from config.constraints import MAX_FIGURE
from config.iso import check_country, check_currency, check_language
from taxonomy.api.fields import ProvinceField
from taxonomy.models import IndustrialPark, Sector
from taxonomy.units import CHOICES as UNIT_CHOICES

MAX_CODE_LENGTH = 40
HS_CODE = RegexValidator(r"^[0-9]{4,10}\Z", _("4 to 10 digits are required."))


def text(**settings: Any) -> TextField:
    """Text that may be left out or empty."""
    return TextField(required=False, allow_blank=True, **settings)


def target(**settings: Any) -> PositiveField:
    """A figure above 0 that is asked for, or null."""
    return PositiveField(required=False, allow_null=True, **settings)


def codes(**settings: Any) -> serializers.ListField:
    """A list of short texts; repeats count once."""
    return serializers.ListField(
        child=TextField(max_length=MAX_CODE_LENGTH, **settings), required=False, max_length=MAX_CODES
    )


class BuyerWriter(StrictSerializer):
    """What a buyer says of itself."""

    parent_country = text(validators=[check_country], help_text="ISO 3166-1 alpha-2 of the parent firm.")
    sectors = CodesField(queryset=Sector.objects.all(), required=False)
    description = text(max_length=5000)


class OnBehalfWriter(StrictSerializer):
    """Something new of a buyer: the caller's own, or the one that staff name."""

    buyer = PublicIdField(
        queryset=Buyer.objects,
        required=False,
        help_text="For staff, who write on a buyer's behalf. Only when creating.",
    )

    def validate_buyer(self, buyer: Buyer) -> Buyer:
        if self.partial:
            raise ValidationError(_("This field cannot be written."), code="read_only")
        return buyer


class PlantWriter(OnBehalfWriter):
    """A plant."""

    name = TextField(max_length=150)
    address = text(max_length=500)
    province = ProvinceField(required=False, allow_null=True, help_text="Edition and code, such as 2025:24.")
    old_province = ProvinceField(
        required=False, allow_null=True, help_text="Only where the address names one from before July 2025: 2004:27."
    )
    park = CodeField(queryset=IndustrialPark.objects, required=False, allow_null=True)
    latitude = MeasureField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = MeasureField(min_value=-180, max_value=180, required=False, allow_null=True)


class OperationWriter(StrictSerializer):
    """One step of making the part."""

    process = TextField(max_length=MAX_CODE_LENGTH, help_text="Code of a process.")
    materials = codes(help_text="Code of a material.")
    tolerance_mm = target(help_text="± mm.")
    roughness_um = target(help_text="Ra, µm.")
    part_size_mm = serializers.ListField(
        child=PositiveField(), min_length=3, max_length=3, required=False, allow_null=True
    )
    part_mass_kg = target()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        # Lists are replaced as a whole, so an operation is complete also where the requirement is changed in part.
        if "process" not in values:
            raise ValidationError({"process": [ErrorDetail(str(_("This field is required.")), code="required")]})
        return values


class CriterionWriter(StrictSerializer):
    """How much a criterion matters."""

    mode = serializers.ChoiceField(choices=Criterion.Mode.choices, required=False)
    weight = MeasureField(
        min_value=0, max_value=1e6, required=False, allow_null=True, help_text="Only ratios matter. Null: the default."
    )
    min_level = WholeNumberField(
        min_value=0, max_value=4, required=False, help_text="Least evidence level with which a gate passes."
    )


class CriteriaWriter(StrictSerializer):
    """Criteria by key. One that is not named counts as `should` with its default weight."""

    def get_fields(self) -> dict[str, Any]:
        return {key: CriterionWriter(required=False) for key in Criterion.Key.values}


class RequirementWriter(OnBehalfWriter):
    """A requirement."""

    # `buyers.content` and `buyers.services` take its validated data as `values`.

    plant = PublicIdField(queryset=Plant.objects.with_places(), required=False, allow_null=True)
    visibility = serializers.ChoiceField(choices=Requirement.Visibility.choices, required=False)
    title = TextField(max_length=200)
    description = text(max_length=10000)
    part_family = text(max_length=150)
    hs_code = text(validators=[HS_CODE], help_text="4 to 10 digits.")
    operations = OperationWriter(many=True, max_length=MAX_OPERATIONS)  # type: ignore[call-arg]  # the list takes it
    monthly_quantity = target()
    quantity_unit = serializers.ChoiceField(choices=UNIT_CHOICES, required=False, allow_blank=True)
    needed_on = DayField(required=False, allow_null=True, help_text="Start of production.")
    lead_time_days = target(help_text="For mass production.")
    moq = target(help_text="Largest minimum order that is acceptable, in quantity_unit.")
    standards_required = codes(help_text="Code of a standard.")
    standards_preferred = codes(help_text="Code of a standard.")
    near_km = MeasureField(min_value=0, max_value=MAX_FIGURE, required=False)
    far_km = PositiveField(required=False)
    export_share_pct = target(most=100)
    track_record_share = target(most=1, help_text="Share of deliveries on time and accepted, above 0 and at most 1.")
    languages = codes(validators=[check_language], help_text="ISO 639-1.")
    criteria = CriteriaWriter(required=False)
    nda_needed = TrueOrFalseField(required=False)
    alert_min_score = MeasureField(
        min_value=0,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="You, and suppliers that may see it, are told of new eligible matches from this score on; 0.5 unless"
        " given. Null: nobody is.",
    )
    answer_by = DayField(required=False, allow_null=True, help_text="Last day for answers, in Vietnam.")
    target_price = DecimalTextField(
        max_digits=18, decimal_places=4, required=False, allow_null=True, help_text="Nobody but the buyer sees it."
    )
    target_price_currency = text(validators=[check_currency], help_text="ISO 4217.")

    def validate_target_price(self, price: Any) -> Any:
        if price is not None and price <= 0:
            raise ValidationError(_("A number above 0 is required."), code="not_positive")
        return price

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        faults = _nested(
            {
                fault.pointer: ErrorDetail(str(fault.detail), code=fault.code)
                for fault in Vocabulary.of(values).unknown_in(values)
            }
        )
        if faults:
            raise ValidationError(faults)
        return values


class PreviewWriter(RequirementWriter):
    """A requirement that is not saved: the same body, and it needs no title."""

    title = text(max_length=200)


class ReopenWriter(StrictSerializer):
    """Until when suppliers may answer now."""

    answer_by = DayField(help_text="Last day for answers, in Vietnam.")


def _nested(details: Mapping[str, ErrorDetail]) -> dict[str, Any]:
    """Details by JSON pointer as the nested form in which DRF reports errors."""
    tree: dict[str, Any] = {}
    for pointer, detail in details.items():
        *path, last = pointer.strip("/").split("/")
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last] = [detail]
    return tree
