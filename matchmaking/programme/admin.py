"""Requirements in the admin, with what became of them; and reports on the programme."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.staff_acts import ConfirmationForm, acting_staff
from buyers.admin import RequirementAdmin
from buyers.models import Requirement
from config.admin import ReadOnlyAdmin
from config.errors import DomainError
from matchmaking.models import ProgrammeReport
from matchmaking.programme.demand import STAGES, lately_opened, reached, unserved
from matchmaking.programme.quarters import Quarter
from matchmaking.programme.report_files import workbook_of
from matchmaking.programme.reports import make_report
from matchmaking.programme.shown import STAGE_NAMES, Shown, quarter_name
from matchmaking.programme.weights_shown import weights_found


class ReachedFilter(admin.SimpleListFilter):
    """How far requirements have come that were opened within a year."""

    title = _("opened within a year")
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(stage, STAGE_NAMES[stage]) for stage in STAGES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in STAGES:
            return queryset
        lately = lately_opened(timezone.localdate())
        return queryset.filter(pk__in=lately.filter(reached(str(self.value()))).values("pk"))


class UnservedFilter(admin.SimpleListFilter):
    """What nobody in the country seems able to make: where the programme may look for firms, or develop them."""

    title = _("supply")
    parameter_name = "supply"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Nobody is eligible")), ("unknown", _("Not yet looked at"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "none":
            return queryset.filter(unserved())
        if self.value() == "unknown":
            return queryset.filter(state=Requirement.State.OPEN, match_summary=None)
        return queryset


class RequirementInProgrammeAdmin(RequirementAdmin):
    """The page of `buyers`, with lists by what matchmaking knows, and how weights were found."""

    list_filter = (*RequirementAdmin.list_filter, ReachedFilter, UnservedFilter)
    fields = (*RequirementAdmin.fields[:-1], "weights", RequirementAdmin.fields[-1])
    readonly_fields = ("weights",)

    @admin.display(description=_("weights"))
    def weights(self, requirement: Requirement) -> str:
        return weights_found(requirement)


REPORT_PAGE, REPORT_FILE = "matchmaking_programmereport_page", "matchmaking_programmereport_file"


class QuarterForm(ConfirmationForm):
    """Of which quarter: this one, or the one that has just ended."""

    quarter = forms.ChoiceField(label=_("Quarter"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = Quarter.of(timezone.localdate())
        self.quarters = {str(quarter): quarter for quarter in (this, this.preceding)}
        field: Any = self.fields["quarter"]
        field.choices = [(name, quarter_name(name)) for name in self.quarters]


class ProgrammeReportAdmin(ReadOnlyAdmin):
    """Each as a page to print and as a workbook, in either language, whatever has changed since."""

    list_display = ("quarter", "day", "share", "made_by", "pages", "files")
    list_filter = ("quarter",)
    list_select_related = ("made_by",)
    search_fields = ("public_id", "quarter", "sha256")
    ordering = ("-day", "-quarter")
    fields = (("quarter", "day", "public_id"), ("pages", "files"), "sha256", ("made_by", "created_at"))
    readonly_fields = ("pages", "files", "share")
    actions_list = ("make",)

    @admin.display(description=_("share at international standard, %"))
    def share(self, report: ProgrammeReport) -> float | None:
        share: float | None = report.figures["firms"]["share_pct"]
        return share

    @admin.display(description=_("page"))
    def pages(self, report: ProgrammeReport) -> str:
        return self._in_each_language(REPORT_PAGE, report)

    @admin.display(description=_("workbook (xlsx)"))
    def files(self, report: ProgrammeReport) -> str:
        return self._in_each_language(REPORT_FILE, report)

    pages.only_leads = files.only_leads = True  # type: ignore[attr-defined]  # files of the list leave them out

    def _in_each_language(self, view: str, report: ProgrammeReport) -> str:
        addresses = ((reverse(f"admin:{view}", args=[report.pk, code]), name) for code, name in settings.LANGUAGES)
        return format_html_join(" · ", '<a href="{}">{}</a>', addresses)

    def get_urls(self) -> list[URLPattern]:
        views = ((self.page_view, "page", REPORT_PAGE), (self.file_view, "xlsx", REPORT_FILE))
        own = [
            path(f"<int:pk>/{last}/<slug:language>", self.admin_site.admin_view(view), name=name)
            for view, last, name in views
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def page_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponseBase:
        report = self._report(request, pk, language)
        with translation.override(language):
            page = {"report": report, "state": Shown(report.figures, linked=False), "language": language}
            return TemplateResponse(request, "programme/report.html", page).render()

    def file_view(self, request: HttpRequest, pk: int, language: str) -> HttpResponseBase:
        return workbook_of(self._report(request, pk, language), language=language)

    def _report(self, request: HttpRequest, pk: int, language: str) -> ProgrammeReport:
        report: ProgrammeReport | None = self.get_queryset(request).filter(pk=pk).first()
        if report is None or language not in dict(settings.LANGUAGES) or not self.has_view_permission(request, report):
            raise Http404
        return report

    def _make(self, request: HttpRequest) -> HttpResponse:
        """Asks for the quarter, and says that nothing of it can be changed afterwards."""
        form = QuarterForm(request.POST if request.method == "POST" else None)
        back = reverse("admin:matchmaking_programmereport_changelist")
        if request.method != "POST" or not form.is_valid():
            subject = _("Today's figures are kept as the report of the quarter. Nobody can change them afterwards.")
            page = {**self.admin_site.each_context(request), "title": _("Make a report"), "opts": self.opts}
            return TemplateResponse(
                request, "admin/staff_act.html", {**page, "form": form, "subject": subject, "back": back}
            )
        try:
            report = make_report(quarter=form.quarters[form.cleaned_data["quarter"]], by=acting_staff(request))
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
        else:
            messages.success(request, _("The report is ready: %(report)s.") % {"report": report})
        return redirect(back)

    make: Any = action(description=_("Make a report"), url_path="make")(_make)
