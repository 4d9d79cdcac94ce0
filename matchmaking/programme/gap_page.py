"""What matchmaking adds to a firm's page in the admin: its gap path (what it would have to change, what that opens, and
who helps), and the consortia in which it could take part."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from matchmaking.api.v1.gap_serializers import USUAL_PATHS
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.gap_presentation import present_gaps
from matchmaking.programme.consortium_page import consortium_page
from matchmaking.programme.shown_plan import Link
from matchmaking.services import GapPath, gap_path_of
from matchmaking.services.gap_support import Support, support_for
from suppliers.admin.firms import SupplierAdmin
from suppliers.models import Supplier
from suppliers.support.eligibility import VERDICTS


class SupplierInProgrammeAdmin(SupplierAdmin):
    """The page of `suppliers`, with what matchmaking knows."""

    actions_detail: ClassVar = [
        *SupplierAdmin.actions_detail[:-1],
        *("gaps", "consortia"),
        SupplierAdmin.actions_detail[-1],
    ]

    @action(description=_("Gap path"), url_path="gaps", permissions=["view"])  # type: ignore[untyped-decorator]
    def gaps(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the firm reads itself, with links."""
        supplier = self._seen(request, object_id)
        path = gap_path_of(supplier, top=USUAL_PATHS)
        support = support_for(path, supplier, day=timezone.localdate())
        told = present_gaps(path, support, language=reader_s_language())
        page = {"title": _("Gap path"), "told": told, "lines": _lines(told, path, support)}
        return self._page(request, supplier, "programme/gaps.html", page)

    @action(description=_("Consortia"), url_path="consortia", permissions=["view"])  # type: ignore[untyped-decorator]
    def consortia(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the firm reads itself, with links."""
        supplier = self._seen(request, object_id)
        page = {"title": _("Consortia"), **consortium_page(supplier, request.GET)}
        return self._page(request, supplier, "programme/consortia.html", page)

    def _seen(self, request: HttpRequest, object_id: str) -> Supplier:
        supplier: Supplier | None = self.get_object(request, object_id)
        if supplier is None or not self.has_view_permission(request, supplier):
            raise Http404
        return supplier

    def _page(self, request: HttpRequest, supplier: Supplier, template: str, page: dict[str, Any]) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": supplier,
            "supplier": supplier,
            "back": reverse("admin:suppliers_supplier_change", args=[supplier.pk]),
        }
        return TemplateResponse(request, template, {**shared, **page})


def _lines(told: dict[str, Any], path: GapPath, support: Support) -> list[dict[str, Any]]:
    """The paths as they are told, with links in place of ids."""
    return [
        {
            **line,
            "opens": [Link(row.title, reverse("admin:buyers_requirement_change", args=[row.pk])) for row in opened],
            "helped": [
                {"sentence": change["sentence"], "support": _helps(change["support"], support.for_change(each))}
                for change, each in zip(line["changes"], one.changes, strict=True)
            ],
        }
        for line, one, opened in zip(told["results"], path.paths, path.opened, strict=True)
    ]


def _helps(told: list[dict[str, Any]], rows: Any) -> list[dict[str, Any]]:
    verdicts = dict(VERDICTS)
    return [
        {
            "link": Link(line["name"], reverse("admin:suppliers_supportprogramme_change", args=[row.programme.pk])),
            "qualifies": line["qualifies"],
            "conditions": [(verdicts[each["verdict"]], each["sentence"]) for each in line["conditions"]],
        }
        for line, row in zip(told, rows, strict=True)
    ]
