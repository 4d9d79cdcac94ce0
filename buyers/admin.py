"""Buyers and requirements for staff. States move only through the services, by the buttons on a row's page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.staff_acts import ReasonForm, for_chosen, staff_act
from buyers import services
from buyers.models import (
    Buyer,
    Criterion,
    Operation,
    Plant,
    Requirement,
    RequirementAttachment,
    RequirementAudience,
    RequirementVersion,
)
from buyers.services.attachments import address_of
from config.admin import CountryFilter, Found, ReadOnlyAdmin, ReadOnlyInline
from config.iso import country_name
from config.states import states_before
from taxonomy.admin_filters import CodeFilter, ProcessGroupFilter, ProvinceFilter
from taxonomy.models import Process, Standard


class WaitingFilter(admin.SimpleListFilter):
    """The queue of those who wait for staff."""

    title = _("to be done")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("verification", _("Waiting to be verified"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=Buyer.State.REGISTERED) if self.value() else queryset


class NeededGroupFilter(ProcessGroupFilter):
    """By what an operation asks for."""

    asks = "needing"

    def codes(self) -> list[str]:
        return sorted(Process.objects.codes_below(*super().codes()))


class PlantProvinceFilter(ProvinceFilter):
    asks = "delivered_to"


class RequiredStandardFilter(CodeFilter):
    title = _("required standard")
    parameter_name = "standard"
    asks = "requiring"
    NONE = "none"

    @classmethod
    def entries(cls) -> QuerySet[Any]:
        return Standard.objects.order_by("code")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.NONE, _("None")), *super().lookups(request, model_admin)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.requiring_none() if self.value() == self.NONE else super().queryset(request, queryset)


class PlantInline(ReadOnlyInline):
    model = Plant
    fields = ("name", "address", "province", "old_province", "park", "latitude", "longitude")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        plants: QuerySet[Any] = super().get_queryset(request)
        return plants.select_related("province", "old_province", "park")


@admin.register(Buyer)
class BuyerAdmin(ReadOnlyAdmin):
    list_display = ("organisation", "state", "shown_country", "created_at")
    list_filter = (WaitingFilter, "state", ("parent_country", CountryFilter))
    list_select_related = ("organisation",)
    search_fields = ("organisation__name_key",)
    search_help_text = _("Part of a name without accents, of the tax code or of the telephone number, or id.")
    ordering = ("-id",)
    fields = (
        ("organisation", "public_id"),
        ("state", "state_reason"),
        ("shown_country", "sectors"),
        "description",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("shown_country",)
    inlines = [PlantInline]

    @admin.display(description=_("country of the parent firm"), ordering="parent_country")
    def shown_country(self, buyer: Buyer) -> str:
        return country_name(buyer.parent_country)

    def found_by(self, queryset: QuerySet[Buyer], text: str) -> Found:
        organisations = Organisation.objects.looked_up(text)
        return Found(queryset.filter(Q(organisation__in=organisations) | Q(public_id=text.strip())))

    actions_detail = ["verify", "reject", "suspend", "reinstate", "undo"]

    actions = ["verify_chosen"]

    verify = staff_act(
        services.verify_buyer, row="buyer_id", label=_("Verify"), path="verify", states={Buyer.State.REGISTERED}
    )
    verify_chosen = for_chosen(verify)
    reject = staff_act(
        services.reject_buyer,
        row="buyer_id",
        label=_("Reject"),
        path="reject",
        form_class=ReasonForm,
        states=states_before(Buyer.State.REJECTED, Buyer.TRANSITIONS),
    )
    undo = staff_act(
        services.undo_buyer_decision,
        row="buyer_id",
        label=_("Undo the decision"),
        path="undo",
        form_class=ReasonForm,
        states=states_before(Buyer.State.REGISTERED, Buyer.TRANSITIONS),
        permission="lead",
    )
    suspend = staff_act(
        services.suspend_buyer,
        row="buyer_id",
        label=_("Suspend"),
        path="suspend",
        form_class=ReasonForm,
        states=states_before(Buyer.State.SUSPENDED, Buyer.TRANSITIONS),
    )
    reinstate = staff_act(
        services.reinstate_buyer,
        row="buyer_id",
        label=_("Reinstate"),
        path="reinstate",
        states={Buyer.State.SUSPENDED},
    )


class OperationInline(ReadOnlyInline):
    model = Operation
    fields = ("position", "process", "materials", "tolerance_mm", "roughness_um", "part_size_mm", "part_mass_kg")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        operations: QuerySet[Any] = super().get_queryset(request)
        return operations.select_related("process").prefetch_related("materials")


class CriterionInline(ReadOnlyInline):
    model = Criterion
    fields = ("key", "mode", "weight", "min_level")


class AttachmentInline(ReadOnlyInline):
    model = RequirementAttachment
    fields = ("file", "kind", "media_type", "size_bytes", "uploaded_by", "created_at")
    readonly_fields = ("file",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        attachments: QuerySet[Any] = super().get_queryset(request)
        return attachments.select_related("requirement", "uploaded_by")

    @admin.display(description=_("file"))
    def file(self, attachment: RequirementAttachment) -> str:
        return format_html('<a href="{}">{}</a>', f"{address_of(attachment)}/content", attachment.name)


class VersionInline(ReadOnlyInline):
    model = RequirementVersion
    fields = ("number", "created_at", "created_by")
    ordering: ClassVar = ["-number"]


class AudienceInline(ReadOnlyInline):
    model = RequirementAudience
    fields = ("organisation", "reason", "knows_buyer", "created_at")


@admin.register(Requirement)
class RequirementAdmin(ReadOnlyAdmin):
    list_display = ("title", "buyer", "state", "visibility", "answer_by", "opened_at", "created_at")
    list_filter: Any = (
        "state",
        "visibility",
        NeededGroupFilter,
        RequiredStandardFilter,
        PlantProvinceFilter,
        ("buyer", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("buyer__organisation",)
    search_fields = ("public_id", "title", "buyer__organisation__legal_name", "buyer__organisation__trade_name")
    search_help_text = _("Title, buyer, or id.")
    ordering = ("-id",)
    fields: Any = (
        ("title", "public_id"),
        ("buyer", "plant"),
        ("state", "state_reason", "visibility"),
        ("opened_at", "content_version", "answer_by", "alert_min_score"),
        "description",
        ("part_family", "hs_code"),
        ("monthly_quantity", "quantity_unit", "moq"),
        ("needed_on", "lead_time_days"),
        ("standards_required", "standards_preferred"),
        ("near_km", "far_km"),
        ("export_share_pct", "track_record_share", "languages"),
        ("target_price", "target_price_currency", "nda_needed"),
        ("created_at", "updated_at"),
    )
    inlines = [OperationInline, CriterionInline, AttachmentInline, VersionInline, AudienceInline]
    actions_detail = ["open", "withdraw", "award", "close"]

    open = staff_act(
        services.open_requirement,
        row="requirement_id",
        label=_("Open"),
        path="open",
        states={Requirement.State.DRAFT},
    )
    withdraw = staff_act(
        services.withdraw_requirement,
        row="requirement_id",
        label=_("Withdraw"),
        path="withdraw",
        form_class=ReasonForm,
        states=states_before(Requirement.State.WITHDRAWN, Requirement.TRANSITIONS),
    )
    award = staff_act(
        services.award_requirement,
        row="requirement_id",
        label=_("Award"),
        path="award",
        states=states_before(Requirement.State.AWARDED, Requirement.TRANSITIONS),
    )
    close = staff_act(
        services.close_requirement,
        row="requirement_id",
        label=_("Close without award"),
        path="close",
        form_class=ReasonForm,
        states=states_before(Requirement.State.CLOSED_NO_AWARD, Requirement.TRANSITIONS),
    )
