"""The firm's page: profile, what stands below it, and the buttons that move it through its states."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_pages import draw_ahead
from accounts.principals import Principal
from accounts.staff_acts import ReasonForm, for_chosen, staff_act
from config.admin import Found, ReadOnlyInline
from config.states import states_before
from suppliers import services
from suppliers.admin.assessments import VisitForm
from suppliers.admin.documents import DocumentInline
from suppliers.admin.merging import MergePage
from suppliers.admin.pages import FactsAdmin, QueueFilter, findings_form
from suppliers.admin.programme import ChangedFactsFilter, InternationalFilter
from suppliers.admin.review import ReviewPage, review_link
from suppliers.models import Certificate, Site, Supplier, SupplierQuerySet
from suppliers.models.supplier import MANY
from taxonomy.admin_filters import ProcessGroupFilter, ProvinceFilter, SectorFilter

State = Supplier.State
USUAL = "cơ khí"
"""What is looked for ahead: it finds some firms, and a process."""
LIVING = states_before(State.ARCHIVED, Supplier.TRANSITIONS)


class ReviewQueue(QueueFilter):
    waiting_label = _("Submitted, to be reviewed")
    waiting_state = Supplier.State.SUBMITTED


class SiteInline(ReadOnlyInline):
    model = Site
    fields = ("name", "role", "address", "province", "old_province", "processes")
    readonly_fields = ("processes",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        sites: QuerySet[Any] = super().get_queryset(request)
        return sites.select_related("province", "old_province").prefetch_related("capabilities__process")

    @admin.display(description=_("processes"))
    def processes(self, site: Site) -> str:
        return ", ".join(sorted(capability.process.code for capability in site.capabilities.all()))


class CertificateInline(ReadOnlyInline):
    model = Certificate
    fields = ("standard", "number", "valid_from", "expires_on", "state", "level")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        certificates: QuerySet[Any] = super().get_queryset(request)
        return certificates.select_related("standard")


def check_facts(*, supplier_id: int, **findings: Any) -> Supplier:
    """`set_evidence` for facts of the firm as a whole."""
    supplier = Supplier.objects.get(pk=supplier_id)
    services.set_evidence(row=supplier, **findings)
    return supplier


@admin.register(Supplier)
class SupplierAdmin(ReviewPage, MergePage, FactsAdmin):
    list_display = (
        *("organisation", review_link, "state", "submitted_at", "published_at", "employees_total", "updated_at"),
    )
    list_filter = (
        ReviewQueue,
        "state",
        InternationalFilter,
        ChangedFactsFilter,
        SectorFilter,
        ProcessGroupFilter,
        ProvinceFilter,
    )
    list_select_related = ("organisation",)
    search_fields = ("organisation__name_key",)
    search_help_text = _(
        "Part of a name, of the tax code or of the telephone number; a process, material, standard, sector or province;"
        " without accents. Or an id."
    )
    most_found = MANY
    list_per_page = 25
    ordering = ("submitted_at", "-id")
    autocomplete_fields = ("organisation", "sectors")
    fields = (
        ("organisation", "public_id"),
        ("state", "state_reason"),
        ("submitted_at", "submitted_by", "published_at"),
        ("description_vi", "description_en"),
        ("ownership", "founded_year", "revenue_band"),
        ("employees_total", "employees_engineers", "employees_quality"),
        "sectors",
        ("languages", "languages_level", "languages_observed_on"),
        ("export_share_pct", "export_share_pct_level", "export_share_pct_observed_on"),
        ("certificates_stated_on", "certificates_stated_level"),
        "withdrawn",
        ("source", "source_ref"),
        ("created_at", "updated_at"),
    )
    readonly_fields = (
        *("public_id", "state", "state_reason", "submitted_at", "submitted_by", "published_at"),
        *("languages_level", "languages_observed_on", "export_share_pct_level", "export_share_pct_observed_on"),
        *("certificates_stated_on", "certificates_stated_level", "withdrawn", "source", "source_ref"),
        *("created_at", "updated_at"),
    )
    inlines = [SiteInline, CertificateInline, DocumentInline]
    actions_detail: ClassVar = [
        *("review", "submit", "publish", "request_changes"),
        {"title": _("More"), "items": ["visit", "state_certificates", "check_facts", "merge", "suspend", "archive"]},
    ]
    actions = ["submit_chosen", "publish_chosen", "request_changes_chosen", "merge_chosen"]

    submit = staff_act(
        services.submit_supplier,
        row="supplier_id",
        label=_("Submit"),
        path="submit",
        states=states_before(State.SUBMITTED, Supplier.TRANSITIONS),
    )
    submit_chosen = for_chosen(submit)
    publish = staff_act(
        services.publish_supplier,
        row="supplier_id",
        label=_("Publish"),
        path="publish",
        states=states_before(State.PUBLISHED, Supplier.TRANSITIONS),
    )
    publish_chosen = for_chosen(publish)
    request_changes = staff_act(
        services.request_changes,
        row="supplier_id",
        label=_("Request changes"),
        path="request_changes",
        form_class=ReasonForm,
        states=states_before(State.CHANGES_REQUESTED, Supplier.TRANSITIONS),
    )
    request_changes_chosen = for_chosen(request_changes)
    suspend = staff_act(
        services.suspend_supplier,
        row="supplier_id",
        label=_("Suspend"),
        path="suspend",
        form_class=ReasonForm,
        states=states_before(State.SUSPENDED, Supplier.TRANSITIONS),
    )
    archive = staff_act(
        services.archive_supplier,
        row="supplier_id",
        label=_("Archive"),
        path="archive",
        form_class=ReasonForm,
        states=LIVING,
    )
    state_certificates = staff_act(
        services.state_certificates,
        row="supplier_id",
        label=_("Certificates are complete"),
        path="state_certificates",
        states=LIVING,
    )
    visit = staff_act(
        services.record_assessment,
        row="supplier_id",
        label=_("Record a visit"),
        path="visit",
        form_class=VisitForm,
        states=LIVING,
    )
    check_facts = staff_act(
        check_facts,
        row="supplier_id",
        label=_("Check facts"),
        path="check_facts",
        form_class=findings_form(Supplier),
        states=LIVING,
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "organisation")

    def found_by(self, queryset: SupplierQuerySet, text: str) -> Found:
        return Found(*queryset.looked_up(text))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def create_row(self, values: Mapping[str, Any], *, by: Principal) -> Supplier:
        profile = {name: value for name, value in values.items() if name != "organisation"}
        return services.create_supplier(values=profile, organisation=values["organisation"], by=by)

    def change_row(self, row: Supplier, values: Mapping[str, Any], *, by: Principal) -> None:
        services.change_supplier(supplier_id=row.pk, values=values, by=by)


def read_ahead() -> None:
    """Draw what officers search most, before somebody searches."""
    draw_ahead(admin.site.get_model_admin(Supplier), q=USUAL)
