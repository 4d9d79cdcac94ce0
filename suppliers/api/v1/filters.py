"""Query parameters of the list of firms. None reaches a field that a reader may not see."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework.exceptions import NotAuthenticated

from accounts.principals import Principal
from config.api.filtering import FigureFilter, LookupFilters, YesNoFilter
from config.errors import NotAllowedError
from suppliers.facts import WITHDRAWN_COUNTS
from suppliers.models import Capability, Certificate, Claim, EvidenceLevel, Site, Supplier, SupplierQuerySet
from suppliers.visibility import may_ask_of_all
from taxonomy.api.filters import (
    CodeFilter,
    CodesFilter,
    ProvinceFilter,
    ProvincesFilter,
    SpotFilter,
    Together,
)
from taxonomy.distance import FARTHEST_KM, Spot
from taxonomy.models import Corridor, Material, Process, Sector, Standard
from taxonomy.units import CHOICES as UNIT_CHOICES

FIELD_BEHIND = {
    "near": ("supplier", "distance_km"),
    "monthly_capacity__gte": ("capability", "monthly_capacity"),
    "monthly_capacity__lte": ("capability", "monthly_capacity"),
    "capacity_unit": ("capability", "capacity_unit"),
    "ownership": ("supplier", "ownership"),
    "ownership__in": ("supplier", "ownership"),
    "state": ("supplier", "state"),
    "state__in": ("supplier", "state"),
}
"""What a parameter could find out, where not everybody may know it."""
CAPACITY = ("monthly_capacity__gte", "monthly_capacity__lte")
STANDARDS = ("standard", "standard__in")

Firms = SupplierQuerySet


class SupplierFilterForm(Together):
    needs = {
        "near": ("within_km",),
        "within_km": ("near",),
        "valid_on": STANDARDS,
        "standard_level__gte": STANDARDS,
        "capacity_unit": CAPACITY,
        **dict.fromkeys(CAPACITY, ("capacity_unit",)),
    }


class SupplierFilters(LookupFilters):
    """Processes, materials and sectors by code, each with all that lies below it."""

    q = filters.CharFilter(
        method="mentioning",
        max_length=200,
        label="Beginnings of words of its names, or of what its processes, materials, standards, sectors or provinces"
        " are called in Vietnamese, English, Japanese, Korean or Chinese. Accents, case and legal form do not count.",
    )
    process = CodeFilter(
        queryset=Process.objects.all(), method="able_to", label="Code of a process, or of a group of them."
    )
    process__in = CodesFilter(
        queryset=Process.objects.all(), method="able_to_any", label="Codes of processes, of which one is enough."
    )
    material = CodeFilter(
        queryset=Material.objects.all(), method="working_with", label="Code of a material, or of a family of them."
    )
    material__in = CodesFilter(
        queryset=Material.objects.all(), method="working_with_any", label="Codes of materials, of which one is enough."
    )
    standard = CodeFilter(
        queryset=Standard.objects.all(),
        method="holding",
        label="Code of a standard: certificates of it, or of one that implies it, declared or checked, however old.",
    )
    standard__in = CodesFilter(
        queryset=Standard.objects.all(), method="holding_any", label="Codes of standards, of which one is enough."
    )
    valid_on = filters.DateFilter(
        method="with_another", label="Day on which the certificate must be valid for sure, its last day included."
    )
    standard_level__gte = FigureFilter(
        method="with_another", least=0, most=max(EvidenceLevel.values), label="Least evidence level of the certificate."
    )
    province = ProvinceFilter(method="in_province")
    province__in = ProvincesFilter(method="in_provinces")
    corridor = CodeFilter(
        queryset=Corridor.objects.all(),
        method="on_corridor",
        label="Code of a corridor: firms with a site in one of its provinces, of old where the address names that.",
    )
    sector = CodeFilter(queryset=Sector.objects.all(), method="in_sector", label="Code of a sector.")
    sector__in = CodesFilter(
        queryset=Sector.objects.all(), method="in_sectors", label="Codes of sectors, of which one is enough."
    )
    near = SpotFilter(method="near_to")
    within_km = FigureFilter(
        method="with_another",
        most=FARTHEST_KM,
        label="Great-circle distance from near to the closest site of production, at most. For verified buyers.",
    )
    monthly_capacity__gte = FigureFilter(
        method="with_capacity",
        label="Least monthly capacity, in capacity_unit or another unit of its kind, of one capability; of one that"
        " runs the process asked for, if any is. For verified buyers.",
    )
    monthly_capacity__lte = FigureFilter(method="with_capacity", label="The same, at most. For verified buyers.")
    capacity_unit = filters.ChoiceFilter(choices=UNIT_CHOICES, method="with_another", label="Unit of the capacity.")
    mine = YesNoFilter(method="of_reader", label="Only the firm of one's own organisation, in any state.")

    class Meta:
        model = Supplier
        form = SupplierFilterForm
        fields = {"ownership": ["exact", "in"], "state": ["exact", "in"]}

    def is_valid(self) -> bool:
        """Refuses first what the reader may not find out, so that not even an error tells anything.

        Raises:
            NotAuthenticated: a parameter rests on a field that nobody sees without signing in.
            NotAllowedError: … that the reader may not see.
        """
        for name in self.data:
            if name in FIELD_BEHIND and not may_ask_of_all(self.request.auth, *FIELD_BEHIND[name]):
                if self.request.auth.is_anonymous:
                    raise NotAuthenticated
                raise NotAllowedError(_("You may not filter by “%(name)s”.") % {"name": name})
        return bool(super().is_valid())

    def mentioning(self, firms: Firms, _name: str, value: str) -> Firms:
        return firms.mentioning(value)

    def able_to(self, firms: Firms, _name: str, value: Process) -> Firms:
        return firms.able_to([value.code])

    def able_to_any(self, firms: Firms, _name: str, value: list[str]) -> Firms:
        return firms.able_to(value)

    def working_with(self, firms: Firms, _name: str, value: Material) -> Firms:
        return firms.working_with([value.code])

    def working_with_any(self, firms: Firms, _name: str, value: list[str]) -> Firms:
        return firms.working_with(value)

    def holding(self, firms: Firms, _name: str, value: Standard) -> Firms:
        return self.holding_any(firms, _name, [value.code])

    def holding_any(self, firms: Firms, _name: str, value: list[str]) -> Firms:
        asked = self.form.cleaned_data
        standards = Standard.objects.implying(value)
        holders, day, level = firms.holding(standards), asked.get("valid_on"), asked.get("standard_level__gte")
        if day is None and level is None:
            return holders
        certificates = Certificate.objects.standing().of_standards(standards).filter(level__gte=level or 0)
        if day is not None:
            certificates = certificates.valid_on(day)
        return holders.filter(pk__in=certificates.values("supplier"))

    def in_province(self, firms: Firms, _name: str, value: str) -> Firms:
        return firms.in_provinces([value])

    def in_provinces(self, firms: Firms, _name: str, value: list[str]) -> Firms:
        return firms.in_provinces(value)

    def on_corridor(self, firms: Firms, _name: str, value: Corridor) -> Firms:
        return firms.on_corridor(province.reference for province in value.provinces.all())

    def in_sector(self, firms: Firms, _name: str, value: Sector) -> Firms:
        return firms.in_sectors([value.code])

    def in_sectors(self, firms: Firms, _name: str, value: list[str]) -> Firms:
        return firms.in_sectors(value)

    def near_to(self, firms: Firms, _name: str, value: Spot) -> Firms:
        return firms.producing_within(self.form.cleaned_data["within_km"], of=value)

    def with_capacity(self, firms: Firms, name: str, _value: float) -> Firms:
        """Both bounds at once, for they are asked of one capability."""
        asked = self.form.cleaned_data
        if name != next(bound for bound in CAPACITY if asked.get(bound) is not None):
            return firms
        able = self.capabilities_asked()
        for processes in ([asked["process"].code] if asked.get("process") else [], asked.get("process__in")):
            if processes:
                able = able.filter(process__code__in=Process.objects.codes_below(*processes))
        return firms.filter(pk__in=able.values("site__supplier"))

    def capabilities_asked(self) -> QuerySet[Capability]:
        """Those with the capacity that is asked for, whatever their process."""
        asked = self.form.cleaned_data
        least, most = (asked.get(bound) for bound in CAPACITY)
        return Capability.objects.with_monthly_capacity(
            unit=asked["capacity_unit"], least=least, most=most, taken_back_after=_last_day_forgotten()
        )

    def with_another(self, firms: Firms, _name: str, _value: Any) -> Firms:
        """For parameters that only say more of another."""
        return firms

    def of_reader(self, firms: Firms, _name: str, wanted: bool) -> Firms:
        reader: Principal = self.request.auth
        if wanted and reader.is_anonymous:
            raise NotAuthenticated
        return firms.filter(organisation=reader.organisation) if wanted else firms


def _last_day_forgotten() -> date:
    """Figures that were taken back on this day or before are shown no more."""
    return timezone.localdate() - WITHDRAWN_COUNTS


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
