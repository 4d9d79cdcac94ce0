"""Pages of what stands below a firm: sites, capabilities, certificates."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from accounts.staff_acts import ReasonForm, for_chosen, staff_act
from config.admin import ReadOnlyInline
from suppliers import services
from suppliers.admin.documents import DocumentInline
from suppliers.admin.pages import CheckForm, FactsAdmin, QueueFilter, findings_form
from suppliers.admin.programme import CountingFilter
from suppliers.facts import FACTS
from suppliers.models import Capability, Certificate, Site

MOST_DAYS = 3650
OF_FIRM = ("supplier__organisation__name_key", "supplier__organisation__tax_code", "public_id")


class PartAdmin(FactsAdmin):
    """A row that stays with its firm."""

    firm = "supplier"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, self.firm)


class CapabilityInline(ReadOnlyInline):
    model = Capability
    fields = ("process", "role", "tolerance_mm", "monthly_capacity", "capacity_unit", "lead_time_days")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        capabilities: QuerySet[Any] = super().get_queryset(request)
        return capabilities.select_related("process")


@admin.register(Site)
class SiteAdmin(PartAdmin):
    list_display = ("supplier", "name", "role", "province", "address")
    list_filter = ("role", "province")
    list_select_related = ("supplier__organisation", "province")
    search_fields = (*OF_FIRM, "address")
    ordering = ("-id",)
    autocomplete_fields = ("supplier", "province", "old_province", "park")
    fields = (
        ("supplier", "public_id"),
        ("name", "role"),
        "address",
        ("province", "old_province", "park"),
        ("latitude", "longitude", "coordinates_from"),
        ("created_at", "updated_at"),
    )
    readonly_fields = ("public_id", "coordinates_from", "created_at", "updated_at")
    inlines = [CapabilityInline]

    def create_row(self, values: Mapping[str, Any], *, by: Principal) -> Site:
        place = {name: value for name, value in values.items() if name != "supplier"}
        return services.add_site(supplier_id=values["supplier"].pk, values=place, by=by)

    def change_row(self, row: Site, values: Mapping[str, Any], *, by: Principal) -> None:
        services.change_site(site_id=row.pk, values=values, by=by)

    def remove_row(self, row: Site, *, by: Principal) -> None:
        services.remove_site(site_id=row.pk, by=by)


def check_facts(*, capability_id: int, **findings: Any) -> None:
    """`set_evidence` for facts of a capability."""
    services.set_evidence(row=Capability.objects.get(pk=capability_id), **findings)


@admin.register(Capability)
class CapabilityAdmin(FactsAdmin):
    list_display = ("supplier", "process", "role", "process_level", "tolerance_mm", "monthly_capacity", "updated_at")
    list_filter = ("role", "process_level")
    list_select_related = ("site__supplier__organisation", "process")
    search_fields = ("process__code", *(f"site__{name}" for name in OF_FIRM[:2]), "public_id")
    ordering = ("-id",)
    autocomplete_fields = ("site", "process", "materials")
    fields = (
        ("public_id", "withdrawn"),
        ("process", "site", "role", "process_level", "process_observed_on"),
        *((*fact.columns, fact.level, fact.observed_on) for fact in FACTS[Capability] if fact.name != "process"),
        "sample_lead_time_days",
        ("created_at", "updated_at"),
    )
    readonly_fields = (
        *("public_id", "withdrawn", "created_at", "updated_at"),
        *(column for fact in FACTS[Capability] for column in (fact.level, fact.observed_on)),
    )
    inlines = [DocumentInline]
    actions_detail = ["check_facts"]

    check_facts = staff_act(
        check_facts,
        row="capability_id",
        label=_("Check facts"),
        path="check_facts",
        form_class=findings_form(Capability),
    )

    @admin.display(description=_("supplier"), ordering="site__supplier")
    def supplier(self, capability: Capability) -> str:
        return str(capability.supplier)

    def create_row(self, values: Mapping[str, Any], *, by: Principal) -> Capability:
        return services.add_capability(supplier_id=values["site"].supplier_id, values=values, by=by)

    def change_row(self, row: Capability, values: Mapping[str, Any], *, by: Principal) -> None:
        services.change_capability(capability_id=row.pk, values=values, by=by)

    def remove_row(self, row: Capability, *, by: Principal) -> None:
        services.remove_capability(capability_id=row.pk, by=by)


class CheckQueue(QueueFilter):
    waiting_label = _("Declared, to be checked")
    waiting_state = Certificate.State.DECLARED


class ExpiryFilter(admin.SimpleListFilter):
    """By when certificates end, counted from today."""

    title = _("expiry")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("over", _("Ended")),
            ("30", _("Ends within 30 days")),
            ("90", _("Ends within 90 days")),
            ("365", _("Ends within a year")),
            ("unknown", _("Last day not known")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today, chosen = timezone.localdate(), self.value() or ""
        if chosen == "over":
            return queryset.filter(expires_on__lt=today)
        if chosen == "unknown":
            return queryset.filter(expires_on=None, never_expires=False)
        if chosen.isdecimal():
            return queryset.filter(expires_on__range=(today, today + timedelta(days=min(int(chosen), MOST_DAYS))))
        return queryset


@admin.register(Certificate)
class CertificateAdmin(PartAdmin):
    list_display = ("supplier", "standard", "number", "state", "level", "valid_from", "expires_on", "days_left")
    list_filter = (CheckQueue, ExpiryFilter, "state", CountingFilter, "level", "standard")
    list_select_related = ("supplier__organisation", "standard")
    search_fields = (*OF_FIRM, "number")
    ordering = ("expires_on", "-id")
    autocomplete_fields = ("supplier", "site", "standard")
    fields = (
        ("supplier", "public_id"),
        ("standard", "number", "site"),
        ("issuing_body", "accreditation_body"),
        "scope",
        ("valid_from", "expires_on", "never_expires"),
        ("state", "state_reason", "level", "observed_on"),
        ("created_at", "updated_at"),
    )
    readonly_fields = ("public_id", "state", "state_reason", "level", "observed_on", "created_at", "updated_at")
    inlines = [DocumentInline]
    actions_detail = ["confirm", "reject"]
    actions = ["confirm_chosen"]

    confirm = staff_act(
        services.check_certificate,
        row="certificate_id",
        label=_("Confirm"),
        path="confirm",
        form_class=CheckForm,
        states={Certificate.State.DECLARED},
    )
    confirm_chosen = for_chosen(confirm)
    reject = staff_act(
        services.reject_certificate,
        row="certificate_id",
        label=_("Reject"),
        path="reject",
        form_class=ReasonForm,
        states={Certificate.State.DECLARED},
    )

    @admin.display(description=_("days left"), ordering="expires_on")
    def days_left(self, certificate: Certificate) -> int | None:
        """Below 0 once it has ended."""
        return (certificate.expires_on - timezone.localdate()).days if certificate.expires_on else None

    def create_row(self, values: Mapping[str, Any], *, by: Principal) -> Certificate:
        stated = {name: value for name, value in values.items() if name != "supplier"}
        return services.add_certificate(supplier_id=values["supplier"].pk, values=stated, by=by)

    def change_row(self, row: Certificate, values: Mapping[str, Any], *, by: Principal) -> None:
        services.change_certificate(certificate_id=row.pk, values=values, by=by)

    def remove_row(self, row: Certificate, *, by: Principal) -> None:
        services.remove_certificate(certificate_id=row.pk, by=by)
