"""Query parameters of buyers and requirements. None reaches a field that a reader may not see."""

from typing import Any

from django_filters import rest_framework as filters

from buyers.models import Buyer, Plant, Requirement, RequirementQuerySet
from config.api.filtering import FigureFilter, LookupFilters
from taxonomy.api.filters import (
    CodeFilter,
    CodesFilter,
    ProvinceFilter,
    ProvincesFilter,
    SpotFilter,
    Together,
)
from taxonomy.distance import FARTHEST_KM, Spot
from taxonomy.models import Corridor, Material, Process, Standard
from taxonomy.units import CHOICES as UNIT_CHOICES

QUANTITY = ("monthly_quantity__gte", "monthly_quantity__lte")

Requirements = RequirementQuerySet


class BuyerFilters(LookupFilters):
    state = filters.ChoiceFilter(choices=Buyer.State.choices)

    class Meta:
        model = Buyer
        fields = {
            "state": ["exact", "in"],
            "parent_country": ["exact", "in"],
            "created_at": ["gte", "lte"],
            "updated_at": ["gte", "lte"],
        }


class PlantFilters(LookupFilters):
    buyer = filters.CharFilter("buyer__public_id", label="Id of the buyer.")

    class Meta:
        model = Plant
        fields = {"name": ["contains"], "park": ["isnull"], "created_at": ["gte", "lte"], "updated_at": ["gte", "lte"]}


class RequirementFilterForm(Together):
    needs = {
        "near": ("within_km",),
        "within_km": ("near",),
        "quantity_unit": QUANTITY,
        **dict.fromkeys(QUANTITY, ("quantity_unit",)),
    }


class RequirementFilters(LookupFilters):
    """Processes and materials with all below them; provinces are those of delivery, which every reader sees."""

    q = filters.CharFilter(
        method="mentioning",
        max_length=200,
        label="Beginnings of words of title, part family or description, or of what the processes or materials are"
        " called in Vietnamese, English, Japanese, Korean or Chinese. Accents and case do not count.",
    )
    process = CodeFilter(
        queryset=Process.objects.all(), method="needing", label="Code of a process, or of a group of them."
    )
    process__in = CodesFilter(
        queryset=Process.objects.all(), method="needing_any", label="Codes of processes, of which one is enough."
    )
    material = CodeFilter(
        queryset=Material.objects.all(), method="made_of", label="Code of a material, or of a family of them."
    )
    material__in = CodesFilter(
        queryset=Material.objects.all(), method="made_of_any", label="Codes of materials, of which one is enough."
    )
    standard = CodeFilter(
        queryset=Standard.objects.all(), method="asking_for", label="Code of a standard that is required or preferred."
    )
    standard__in = CodesFilter(
        queryset=Standard.objects.all(), method="asking_for_any", label="Codes of standards, of which one is enough."
    )
    province = ProvinceFilter(method="delivered_in")
    province__in = ProvincesFilter(method="delivered_in_any")
    corridor = CodeFilter(
        queryset=Corridor.objects.all(),
        method="on_corridor",
        label="Code of a corridor: delivery in one of its provinces, of old where the address names that.",
    )
    near = SpotFilter(method="delivered_near")
    within_km = FigureFilter(
        method="with_another",
        most=FARTHEST_KM,
        label="Great-circle distance from near to the plant, at most. Where the plant is hidden, nothing is found.",
    )
    monthly_quantity__gte = FigureFilter(
        method="with_quantity", label="Least monthly quantity, in quantity_unit or another unit of its kind."
    )
    monthly_quantity__lte = FigureFilter(method="with_quantity", label="The same, at most.")
    quantity_unit = filters.ChoiceFilter(choices=UNIT_CHOICES, method="with_another", label="Unit of the quantity.")

    class Meta:
        model = Requirement
        form = RequirementFilterForm
        fields = {
            "state": ["exact", "in"],
            "visibility": ["exact", "in"],
            "needed_on": ["gte", "lte"],
            "answer_by": ["gte", "lte"],
        }

    def mentioning(self, asked: Requirements, _name: str, value: str) -> Requirements:
        return asked.mentioning(value)

    def needing(self, asked: Requirements, _name: str, value: Process) -> Requirements:
        return asked.needing(Process.objects.codes_below(value.code))

    def needing_any(self, asked: Requirements, _name: str, value: list[str]) -> Requirements:
        return asked.needing(Process.objects.codes_below(*value))

    def made_of(self, asked: Requirements, _name: str, value: Material) -> Requirements:
        return asked.made_of(Material.objects.codes_below(value.code))

    def made_of_any(self, asked: Requirements, _name: str, value: list[str]) -> Requirements:
        return asked.made_of(Material.objects.codes_below(*value))

    def asking_for(self, asked: Requirements, _name: str, value: Standard) -> Requirements:
        return asked.asking_for([value.code])

    def asking_for_any(self, asked: Requirements, _name: str, value: list[str]) -> Requirements:
        return asked.asking_for(value)

    def delivered_in(self, asked: Requirements, _name: str, value: str) -> Requirements:
        return asked.delivered_in([value])

    def delivered_in_any(self, asked: Requirements, _name: str, value: list[str]) -> Requirements:
        return asked.delivered_in(value)

    def on_corridor(self, asked: Requirements, _name: str, value: Corridor) -> Requirements:
        return asked.delivered_in(province.reference for province in value.provinces.all())

    def delivered_near(self, asked: Requirements, _name: str, value: Spot) -> Requirements:
        within_km = self.form.cleaned_data["within_km"]
        return asked.delivered_within(within_km, of=value, principal=self.request.auth)

    def with_quantity(self, asked: Requirements, _name: str, _value: float) -> Requirements:
        given = self.form.cleaned_data
        least, most = (given.get(bound) for bound in QUANTITY)
        return asked.with_quantity(unit=given["quantity_unit"], least=least, most=most)

    def with_another(self, asked: Requirements, _name: str, _value: Any) -> Requirements:
        """For parameters that only say more of another."""
        return asked
