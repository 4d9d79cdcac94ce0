"""Query parameters of buyers and requirements. None reaches a field that a reader may not see."""

from django_filters import rest_framework as filters

from buyers.models import Buyer, Requirement, RequirementQuerySet
from taxonomy.api.filters import CodeFilter, ProvinceFilter
from taxonomy.models import Process


class BuyerFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Buyer.State.choices)

    class Meta:
        model = Buyer
        fields = ["state"]


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
