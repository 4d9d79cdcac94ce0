"""Query parameters of buyers and requirements. None reaches a field that a reader may not see."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from buyers.models import Buyer, Requirement, RequirementQuerySet
from taxonomy.models import Process

PROVINCE_KEY = RegexValidator(r"^(2025|2004):[0-9]{2}\Z", _("Edition and code are required, such as 2025:24."))


class BuyerFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Buyer.State.choices)

    class Meta:
        model = Buyer
        fields = ["state"]


class RequirementFilters(filters.FilterSet):
    """`process` finds also what lies below it; `province` is that of delivery, which every reader sees."""

    q = filters.CharFilter(method="search", label="Text in title or description.")
    state = filters.ChoiceFilter(choices=Requirement.State.choices)
    process = filters.ModelChoiceFilter(
        queryset=Process.objects.all(), to_field_name="code", method="by_process", label="Code of a process."
    )
    province = filters.CharFilter(
        method="by_province", validators=[PROVINCE_KEY], label="Edition and code, such as 2025:24."
    )

    class Meta:
        model = Requirement
        fields = ["q", "state", "process", "province"]

    def search(self, requirements: RequirementQuerySet, name: str, value: str) -> RequirementQuerySet:
        return requirements.mentioning(value)

    def by_process(self, requirements: RequirementQuerySet, name: str, value: Process) -> RequirementQuerySet:
        return requirements.needing(Process.objects.codes_below(value.code))

    def by_province(self, requirements: RequirementQuerySet, name: str, value: str) -> RequirementQuerySet:
        return requirements.delivered_in(value)
