"""Query parameters of the vocabulary's lists."""

from typing import Any

from django_filters import rest_framework as filters

from config.api.filtering import YesNoFilter
from taxonomy.models import Corridor, IndustrialPark, Industry, Material, Process, Province, Sector, Standard
from taxonomy.models.entries import EntryQuerySet

LONGEST_QUESTION = 100
TOPMOST = "Whether nothing stands above it."


class EntryFilter(filters.FilterSet):
    """Search by any name, in any language, with or without accents; the best entries come first."""

    q = filters.CharFilter(method="search", max_length=LONGEST_QUESTION)

    def search(self, queryset: EntryQuerySet[Any], name: str, value: str) -> EntryQuerySet[Any]:
        return queryset.search(value)


class ProcessFilter(EntryFilter):
    parent = filters.ModelChoiceFilter(queryset=Process.objects.all(), to_field_name="code")
    parent__isnull = YesNoFilter(field_name="parent", lookup_expr="isnull", label=TOPMOST)

    class Meta:
        model = Process
        fields = ["q", "parent", "parent__isnull"]


class MaterialFilter(EntryFilter):
    parent = filters.ModelChoiceFilter(queryset=Material.objects.all(), to_field_name="code")
    parent__isnull = YesNoFilter(field_name="parent", lookup_expr="isnull", label=TOPMOST)

    class Meta:
        model = Material
        fields = ["q", "parent", "parent__isnull"]


class StandardFilter(EntryFilter):
    counts_as_international = YesNoFilter(
        label="Whether holding it counts towards the city's share of firms at international standard."
    )

    class Meta:
        model = Standard
        fields = ["q", "kind", "domain", "counts_as_international"]


class ProvinceFilter(EntryFilter):
    edition = filters.ChoiceFilter(choices=Province.Edition.choices)

    class Meta:
        model = Province
        fields = ["q", "edition"]


class CorridorFilter(EntryFilter):
    class Meta:
        model = Corridor
        fields = ["q"]


class ParkFilter(EntryFilter):
    province = filters.ModelChoiceFilter(queryset=Province.objects.in_force(), to_field_name="code")

    class Meta:
        model = IndustrialPark
        fields = ["q", "province", "kind"]


class IndustryFilter(EntryFilter):
    edition = filters.ChoiceFilter(choices=Industry.Edition.choices)

    class Meta:
        model = Industry
        fields = ["q", "edition", "level"]


class SectorFilter(EntryFilter):
    class Meta:
        model = Sector
        fields = ["q"]
