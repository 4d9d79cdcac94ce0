"""Connections, frozen rankings and shortlists for staff. They are their owners' matter: nothing is changed here, but
that the agency proposes connections.

Saved searches are a person's own, and have no page.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.staff_acts import ReasonForm, acting_staff, staff_act
from buyers.models import Requirement
from config.admin import ReadOnlyAdmin, ReadOnlyInline, ServiceAdmin
from matchmaking import services
from matchmaking.api.v1.match_runs import facts_of_run
from matchmaking.models import (
    Connection,
    DeliveryReport,
    LeadingMatch,
    MatchNote,
    MatchPair,
    MatchResult,
    MatchRun,
    MatchSummary,
    Message,
    Outcome,
    ProgrammeReport,
    Shortlist,
    ShortlistEntry,
    UpgradeScenario,
)
from matchmaking.programme.admin import ProgrammeReportAdmin, RequirementInProgrammeAdmin
from matchmaking.programme.gap_page import SupplierInProgrammeAdmin
from matchmaking.programme.opinion_page import OpinionOnRunAdmin, OpinionOnShortlistAdmin
from matchmaking.programme.plan_admin import UpgradeScenarioAdmin
from matchmaking.services.connections.messages import address_of
from notifications.admin import DueRowAdmin
from suppliers.models import Supplier

FACTS = "matchmaking_match_run_facts"

admin.site.unregister(Requirement)
admin.site.register(Requirement, RequirementInProgrammeAdmin)
admin.site.unregister(Supplier)
admin.site.register(Supplier, SupplierInProgrammeAdmin)
admin.site.register(ProgrammeReport, ProgrammeReportAdmin)
admin.site.register(UpgradeScenario, UpgradeScenarioAdmin)


class ToBeDoneFilter(admin.SimpleListFilter):
    """Connections in which a call may help."""

    title = _("to be done")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("answer", _("Waiting for an answer")),
            ("late", _("Late: answer due within two days")),
            ("stalled", _("Stalled")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {
            "answer": queryset.waiting().filter(expires_at__gt=timezone.now()),
            "late": queryset.late(),
            "stalled": queryset.stalled(),
        }
        return chosen.get(self.value() or "", queryset)


class MessageInline(ReadOnlyInline):
    model = Message
    fields = ("created_at", "side", "text", "files")
    readonly_fields = ("files",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("connection").prefetch_related("attachments")

    @admin.display(description=_("files"))
    def files(self, message: Message) -> str:
        links = ((f"{address_of(each)}/content", each.name) for each in message.attachments.all())
        return format_html_join(", ", '<a href="{}">{}</a>', links)


class DeliveryReportInline(ReadOnlyInline):
    model = DeliveryReport
    fields = ("month", "deliveries", "good", "state", "state_reason", "decided_at")
    ordering = ("-month",)


class OutcomeInline(ReadOnlyInline):
    model = Outcome
    fields = ("created_at", "side", "status", "value_band", "note")
    ordering = ("-id",)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """Adding one proposes it to both sides, in the agency's name."""

    list_display = (
        "created_at",
        "requirement",
        "buyer",
        "supplier",
        "initiator",
        "shown_state",
        "state_since",
        "expires_at",
    )
    list_filter = (ToBeDoneFilter, "state", "initiator", "decline_reason", "loss_reason", "created_at")
    list_select_related = ("requirement__buyer__organisation", "supplier__organisation")
    search_fields = (
        "public_id",
        "requirement__title",
        "requirement__public_id",
        "supplier__public_id",
        "supplier__organisation__legal_name",
        "supplier__organisation__trade_name",
        "requirement__buyer__organisation__legal_name",
        "requirement__buyer__organisation__trade_name",
    )
    search_help_text = _("Requirement, buyer, supplier, or id.")
    ordering = ("-id",)
    fields = (
        ("requirement", "buyer", "supplier", "public_id"),
        ("initiator", "buyer_agreed_at", "supplier_agreed_at"),
        ("shown_state", "state_since", "state_reason", "expires_at", "reminded_on_day", "requirement_changed_at"),
        "message",
        ("decline_reason", "decline_note"),
        ("loss_reason", "loss_note"),
        ("value_band", "contract_starts_on", "outcome_due_on", "outcome_asked_on"),
        ("requested_by", "decided_by", "decided_at"),
        ("created_at", "updated_at"),
    )
    autocomplete_fields = ("requirement", "supplier")
    inlines = (MessageInline, DeliveryReportInline, OutcomeInline)
    actions_detail: ClassVar = ["withdraw"]

    withdraw = staff_act(
        services.withdraw_connection,
        row="connection_id",
        label=_("Withdraw the proposal"),
        path="withdraw",
        form_class=ReasonForm,
        states={Connection.State.PROPOSED},
    )

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        may_add: bool = ServiceAdmin.has_add_permission(self, request)
        return may_add

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        return self.inlines if obj else ()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.fields if obj else ("requirement", "supplier", "message")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only new ones come here."""
        made = services.propose_connection(
            requirement_id=obj.requirement_id,
            supplier_id=obj.supplier_id,
            message=obj.message,
            by=acting_staff(request),
        )
        obj.pk, obj.public_id = made.pk, made.public_id

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, connection: Connection) -> str:
        return str(connection.standing().label)

    @admin.display(description=_("buyer"), ordering="requirement__buyer")
    def buyer(self, connection: Connection) -> str:
        return str(connection.requirement.buyer)


class MatchResultInline(ReadOnlyInline):
    model = MatchResult
    fields = ("rank", "supplier", "eligibility", "score", "potential")
    ordering = ("rank",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("supplier__organisation").defer("lines")


@admin.register(MatchRun)
class MatchRunAdmin(OpinionOnRunAdmin):
    """With the facts file, by which a disputed ranking is replayed, and a second opinion."""

    list_display = ("created_at", "requirement", "buyer", "requirement_version", "as_of", "engine_version")
    list_filter = ("engine_version", "created_at")
    list_select_related = ("requirement__buyer__organisation",)
    search_fields = (
        "public_id",
        "sha256",
        "requirement__title",
        "requirement__public_id",
        "requirement__buyer__organisation__legal_name",
        "requirement__buyer__organisation__trade_name",
    )
    search_help_text = _("Requirement, buyer, hash, or id.")
    ordering = ("-id",)
    fields = (
        ("requirement", "buyer", "public_id"),
        ("requirement_version", "as_of", "engine_version"),
        ("sha256", "download"),
        ("counts", "beyond"),
        ("criteria", "asked"),
        ("created_by", "created_at", "kept_until"),
    )
    readonly_fields = ("download", "buyer")
    inlines = (MatchResultInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchRun]:
        runs: QuerySet[MatchRun] = super().get_queryset(request)
        return runs.defer("facts")

    @admin.display(description=_("buyer"), ordering="requirement__buyer")
    def buyer(self, run: MatchRun) -> str:
        return str(run.requirement.buyer)

    @admin.display(description=_("facts file"))
    def download(self, run: MatchRun) -> str:
        return format_html('<a href="{}">{}.json</a>', reverse(f"admin:{FACTS}", args=[run.pk]), run.public_id)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.facts_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/facts", view, name=FACTS), *urls]

    def facts_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = self.get_queryset(request).filter(pk=pk).first()
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        return facts_of_run(run)


@admin.register(MatchPair)
class MatchPairAdmin(ReadOnlyAdmin):
    list_display = ("requirement", "supplier", "side", "score", "since", "left_at", "told_at")
    list_filter = ("side", "since")
    list_select_related = ("requirement", "supplier__organisation")
    search_fields = ("requirement__public_id", "requirement__title", "supplier__public_id")
    search_help_text = _("Requirement, or id.")
    ordering = ("-id",)


@admin.register(MatchNote)
class MatchNoteAdmin(DueRowAdmin):
    """What waits to be looked at, and what could not be, which can be tried again."""

    list_display = ["thing", "thing_id", "state", "due_at", "changes", "attempts", "last_error"]
    list_filter = ["thing", "state"]
    ordering = ("due_at",)


class ShortlistEntryInline(ReadOnlyInline):
    model = ShortlistEntry
    fields = ("position", "supplier", "note", "added_by", "created_at")
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("supplier__organisation", "added_by")


@admin.register(Shortlist)
class ShortlistAdmin(OpinionOnShortlistAdmin):
    list_display = ("name", "organisation", "requirement", "created_by", "created_at")
    list_select_related = ("organisation", "requirement", "created_by")
    search_fields = ("public_id", "name", "organisation__legal_name", "organisation__trade_name")
    ordering = ("-id",)
    inlines = (ShortlistEntryInline,)


class SupplyFilter(admin.SimpleListFilter):
    """What nobody in the country seems able to make: where the programme may look for firms, or develop them."""

    title = _("supply")
    parameter_name = "supply"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Nobody is eligible"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(eligible=0) if self.value() else queryset


class LeadingMatchInline(ReadOnlyInline):
    model = LeadingMatch
    fields = ("rank", "supplier", "eligibility", "score", "potential")
    ordering = ("rank",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("supplier__organisation")


@admin.register(MatchSummary)
class MatchSummaryAdmin(ReadOnlyAdmin):
    list_display = ("requirement", "eligible", "unconfirmed", "near_miss", "as_of")
    list_filter = (SupplyFilter,)
    list_select_related = ("requirement__buyer__organisation",)
    search_fields = ("requirement__title", "requirement__public_id")
    search_help_text = _("Requirement, or id.")
    ordering = ("eligible", "id")
    inlines = (LeadingMatchInline,)
