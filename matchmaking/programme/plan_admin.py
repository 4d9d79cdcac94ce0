"""Pages on which staff plan upgrades, keep plans as scenarios and put two of them side by side."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.principals import Principal
from accounts.staff_acts import acting_staff
from config.errors import DomainError
from config.numbers import number_in
from matchmaking.models import UpgradeScenario
from matchmaking.programme.plan_document import document_of
from matchmaking.programme.plan_files import FORECAST, UPGRADES, csv_of, workbook_of
from matchmaking.programme.plan_forms import NameForm, PlanForm, begins_with
from matchmaking.programme.scenarios import remove_scenario, rename_scenario, save_scenario
from matchmaking.programme.shown_plan import Comparison, ShownPlan
from matchmaking.programme.upgrades import plan_for
from suppliers.admin.pages import FactsAdmin

FILE, COMPARE = "matchmaking_upgradescenario_file", "matchmaking_upgradescenario_compare"
XLSX = "xlsx"
FILES = {XLSX: _("workbook (xlsx)"), UPGRADES: _("firms (csv)"), FORECAST: _("share by quarter (csv)")}
SEALED, SECONDS_SEALED = "matchmaking.plan", 24 * 3600
"""What the page carries of a plan that is not kept yet is signed, so that exactly what was shown is kept, and no other
text; for so long."""
MOST_SEALED = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 20_000
"""Characters, which leave room for the rest of the form."""
MOST_OTHERS = 200
"""So many scenarios are offered to be put beside one, the newest."""


class UpgradeScenarioAdmin(FactsAdmin):
    """The page to add one is the planner; only the name can be changed afterwards."""

    list_display = (
        *("name", "day", "aim", "limited_to", "budget_vnd", "cost_vnd", "gained", "shown_gap"),
        *("goal_reached_in", "made_by", "files"),
    )
    list_filter = ("aim", "province", "sector", "day")
    search_fields = ("public_id", "name")
    ordering = ("-id",)
    fields = (("name", "public_id"), ("day", "made_by", "created_at"), "files")
    readonly_fields = ("public_id", "day", "made_by", "created_at", "files")
    change_form_outer_after_template = "programme/scenario.html"
    actions: ClassVar = ["compare_chosen"]
    actions_detail: ClassVar = ["plan_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[UpgradeScenario]:
        scenarios: QuerySet[UpgradeScenario] = super().get_queryset(request)
        return scenarios.select_related("made_by").defer("result")

    @admin.display(description=_("gap to the optimum"))
    def shown_gap(self, scenario: UpgradeScenario) -> int:
        return scenario.gap

    @admin.display(description=_("limited to"))
    def limited_to(self, scenario: UpgradeScenario) -> str:
        """Province and sector, by their codes."""
        return " · ".join(filter(None, (scenario.province, scenario.sector))) or "–"

    @admin.display(description=_("files"))
    def files(self, scenario: UpgradeScenario) -> str:
        addresses = ((reverse(f"admin:{FILE}", args=[scenario.pk, kind]), label) for kind, label in FILES.items())
        return format_html_join(" · ", '<a href="{}">{}</a>', addresses)

    files.only_leads = True  # type: ignore[attr-defined]  # files of the list leave it out

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("compare", self.admin_site.admin_view(self.compare_view), name=COMPARE),
            path("<int:pk>/file/<slug:kind>", self.admin_site.admin_view(self.file_view), name=FILE),
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def change_row(self, row: UpgradeScenario, values: Mapping[str, Any], *, by: Principal) -> None:
        if "name" in values:
            rename_scenario(scenario_id=row.pk, name=values["name"], by=by)

    def remove_row(self, row: UpgradeScenario, *, by: Principal) -> None:
        remove_scenario(scenario_id=row.pk, by=by)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if scenario := kwargs.get("obj"):
            context["plan"] = ShownPlan(scenario.result)
            others = self.get_queryset(request).exclude(pk=scenario.pk).order_by("-pk")
            context["others"] = list(others.values_list("pk", "name", "day")[:MOST_OTHERS])
        response: HttpResponse = super().render_change_form(request, context, **kwargs)
        return response

    def file_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        scenario = self.get_queryset(request).filter(pk=pk).first()
        if scenario is None or kind not in FILES or not self.has_view_permission(request, scenario):
            raise Http404
        return _file(scenario.result, kind, title=scenario.name)

    # Two side by side.

    @admin.action(description=_("Put two side by side"), permissions=["act"])  # lists of viewers have no acts
    def compare_chosen(self, request: HttpRequest, queryset: QuerySet[UpgradeScenario]) -> HttpResponse | None:
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(chosen) != 2:
            messages.error(request, _("Choose exactly two scenarios."))
            return None
        return redirect(f"{reverse(f'admin:{COMPARE}')}?one={chosen[0]}&other={chosen[1]}")

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        numbers = [number_in(request.GET.get(name, "")) for name in ("one", "other")]
        rows = {row.pk: row for row in self.get_queryset(request).filter(pk__in=[n for n in numbers if n is not None])}
        found = [rows[number] for number in numbers if number in rows]
        if len(found) != 2:
            raise Http404
        one, other = (ShownPlan(row.result, title=row.name) for row in found)
        page = {"title": _("Two scenarios side by side"), "comparison": Comparison((one, other)), "scenarios": found}
        return self._page(request, "programme/compare.html", page)

    # The planner.

    @action(description=_("Plan again"), url_path="again", permissions=["act"])  # type: ignore[untyped-decorator]
    def plan_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The planner, filled in as for this one: to see what has changed since, or what another budget would bring."""
        return redirect(f"{reverse('admin:matchmaking_upgradescenario_add')}?like={object_id}")

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._planner(request, PlanForm(initial=self._like(request)))
        act = request.POST.get("act", "")
        if act in ("plan", "plan_and_save"):
            form = PlanForm(request.POST)
            if not form.is_valid():
                return self._planner(request, form)
            planned = document_of(plan_for(form.question(), day=timezone.localdate()))
            return self._planner(request, form, planned) if act == "plan" else self._save(request, planned)
        document = _unsealed(request)
        if document is None:
            messages.error(request, _("This plan is no longer at hand. Plan again."))
            return redirect(request.path)
        if act in FILES:
            return _file(document, act, title=str(_("Plan of upgrades")))
        return self._save(request, document)

    def _save(self, request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
        name = NameForm(request.POST)
        if name.is_valid():
            try:
                made = save_scenario(name=name.cleaned_data["name"], document=document, by=acting_staff(request))
            except DomainError as refusal:
                name.add_error("name", str(refusal.detail))
            else:
                self.log_addition(request, made, [{"added": {}}])
                messages.success(request, _("The scenario is saved."))
                return redirect("admin:matchmaking_upgradescenario_change", made.pk)
        return self._planner(request, PlanForm(initial=begins_with(document)), document, name)

    def _planner(
        self,
        request: HttpRequest,
        form: PlanForm,
        document: dict[str, Any] | None = None,
        name: NameForm | None = None,
    ) -> HttpResponse:
        page: dict[str, Any] = {"title": _("Plan upgrades"), "form": form}
        if document is not None:
            page["plan"], page["sealed"] = ShownPlan(document), _sealed(request, document)
            page["name_form"], page["files"] = name or NameForm(), FILES
        return self._page(request, "programme/planner.html", page)

    def _like(self, request: HttpRequest) -> dict[str, Any]:
        number = number_in(request.GET.get("like", ""))
        scenario = self.get_queryset(request).filter(pk=number).first() if number is not None else None
        return begins_with(scenario.result) if scenario else {}

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shared = {"opts": self.opts, "back": reverse("admin:matchmaking_upgradescenario_changelist")}
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), **shared, **context})


def _file(document: Mapping[str, Any], kind: str, *, title: str) -> HttpResponseBase:
    language = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    if kind == XLSX:
        return workbook_of(document, title=title, language=language)
    return csv_of(document, kind, title=title, language=language)


def _sealed(request: HttpRequest, document: dict[str, Any]) -> str:
    """Empty of a plan that is longer than a form may be: it has to be planned again to be kept."""
    sealed = signing.dumps({"by": request.user.pk, "plan": document}, salt=SEALED, compress=True)
    return sealed if len(sealed) <= MOST_SEALED else ""


def _unsealed(request: HttpRequest) -> dict[str, Any] | None:
    """The plan that this person was shown; None where it is another's, too old, or not of ours."""
    try:
        kept = signing.loads(request.POST.get("sealed", ""), salt=SEALED, max_age=SECONDS_SEALED)
    except signing.BadSignature:
        return None
    plan: dict[str, Any] | None = kept["plan"] if kept["by"] == request.user.pk else None
    return plan
