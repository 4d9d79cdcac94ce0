"""Query parameters of buyers and requirements. None reaches a field that a reader may not see."""

from django_filters import rest_framework as filters

from buyers.models import Buyer, Plant, Requirement, RequirementQuerySet
from config.api.filtering import LookupFilters
from taxonomy.api.filters import CodeFilter, ProvinceFilter
from taxonomy.models import Process


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


class RequirementFilters(filters.FilterSet):
    """`process` finds also what lies below it; `province` is that of delivery, which every reader sees."""

    q = filters.CharFilter(method="search", label="Text in title or description.")
    state = filters.ChoiceFilter(choices=Requirement.State.choices)
    process = CodeFilter(queryset=Process.objects.all(), method="by_process", label="Code of a process.")
    province = ProvinceFilter(method="by_province")

    class Meta:
        model = Requirement
        fields = ["q", "state", "process", "province"]

    def search(self, requirements: RequirementQuerySet, name: str, value: str) -> RequirementQuerySet:
        return requirements.mentioning(value)

    def by_process(self, requirements: RequirementQuerySet, name: str, value: Process) -> RequirementQuerySet:
        return requirements.needing(Process.objects.codes_below(value.code))

    def by_province(self, requirements: RequirementQuerySet, name: str, value: str) -> RequirementQuerySet:
        return requirements.delivered_in(value)
