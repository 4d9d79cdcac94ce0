"""Query parameters of the list of firms. None reaches a field that a reader may not see."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from suppliers.models import Supplier, SupplierQuerySet
from taxonomy.models import Process, Standard

PROVINCE = RegexValidator(r"^(2025|2004):[0-9]{2}\Z", _("Edition and code are required, such as 2025:24."))


class SupplierFilters(filters.FilterSet):
    """`process` finds also what lies below it; `standard` counts declared and checked certificates, however old."""

    q = filters.CharFilter(method="named", label="Words of a name; accents, case and legal form are ignored.")
    province = filters.CharFilter(
        method="in_province", validators=[PROVINCE], label="Edition and code, such as 2025:24."
    )
    process = filters.ModelChoiceFilter(
        queryset=Process.objects.all(), to_field_name="code", method="able_to", label="Code of a process."
    )
    standard = filters.ModelChoiceFilter(
        queryset=Standard.objects.all(), to_field_name="code", method="holding", label="Code of a standard."
    )

    class Meta:
        model = Supplier
        fields = ["q", "province", "process", "standard"]

    def named(self, suppliers: SupplierQuerySet, _name: str, value: str) -> SupplierQuerySet:
        return suppliers.named(value)

    def in_province(self, suppliers: SupplierQuerySet, _name: str, value: str) -> SupplierQuerySet:
        return suppliers.in_province(value)

    def able_to(self, suppliers: SupplierQuerySet, _name: str, value: Process) -> SupplierQuerySet:
        return suppliers.able_to(Process.objects.codes_below(value.code))

    def holding(self, suppliers: SupplierQuerySet, _name: str, value: Standard) -> SupplierQuerySet:
        return suppliers.holding(value)
