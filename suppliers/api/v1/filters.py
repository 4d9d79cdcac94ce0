"""Query parameters of the list of firms. None reaches a field that a reader may not see."""

from django_filters import rest_framework as filters
from rest_framework.exceptions import NotAuthenticated

from accounts.principals import Principal
from config.api.filtering import LookupFilters, YesNoFilter
from suppliers.models import Capability, Certificate, Claim, Site, Supplier, SupplierQuerySet
from taxonomy.api.filters import CodeFilter, ProvinceFilter
from taxonomy.models import Process, Standard


class SupplierFilters(filters.FilterSet):
    """`process` finds also what lies below it; `standard` counts declared and checked certificates, however old."""

    q = filters.CharFilter(method="named", label="Words of a name; accents, case and legal form are ignored.")
    province = ProvinceFilter(method="in_province")
    process = CodeFilter(queryset=Process.objects.all(), method="able_to", label="Code of a process.")
    standard = CodeFilter(queryset=Standard.objects.all(), method="holding", label="Code of a standard.")
    mine = YesNoFilter(method="of_reader", label="Only the firm of one's own organisation, in any state.")

    class Meta:
        model = Supplier
        fields = ["q", "province", "process", "standard", "mine"]

    def named(self, suppliers: SupplierQuerySet, _name: str, value: str) -> SupplierQuerySet:
        return suppliers.named(value)

    def in_province(self, suppliers: SupplierQuerySet, _name: str, value: str) -> SupplierQuerySet:
        return suppliers.in_province(value)

    def able_to(self, suppliers: SupplierQuerySet, _name: str, value: Process) -> SupplierQuerySet:
        return suppliers.able_to(Process.objects.codes_below(value.code))

    def holding(self, suppliers: SupplierQuerySet, _name: str, value: Standard) -> SupplierQuerySet:
        return suppliers.holding(value)

    def of_reader(self, suppliers: SupplierQuerySet, _name: str, wanted: bool) -> SupplierQuerySet:
        reader: Principal = self.request.auth
        if wanted and reader.is_anonymous:
            raise NotAuthenticated
        return suppliers.filter(organisation=reader.organisation) if wanted else suppliers


class SiteFilters(LookupFilters):
    class Meta:
        model = Site
        fields = {"role": ["exact", "in"]}


class CapabilityFilters(LookupFilters):
    site = filters.CharFilter("site__public_id", label="Id of the site.")
    process = filters.CharFilter("process__code", label="Code of the process.")

    class Meta:
        model = Capability
        fields = {"role": ["exact", "in"]}


class CertificateFilters(LookupFilters):
    standard = filters.CharFilter("standard__code", label="Code of the standard.")

    class Meta:
        model = Certificate
        fields = {"state": ["exact", "in"], "expires_on": ["gte", "lte", "isnull"]}


class ClaimFilters(LookupFilters):
    class Meta:
        model = Claim
        fields = {
            "state": ["exact", "in"],
            "created_at": ["gte", "lte"],
            "updated_at": ["gte", "lte"],
            "decided_at": ["gte", "lte", "isnull"],
        }
