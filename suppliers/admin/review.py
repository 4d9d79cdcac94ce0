"""The page on which an officer reviews a firm: what has changed, the documents beside it, and a check for each fact."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from accounts.principals import Principal
from accounts.staff_acts import acting_staff
from config.admin_rows import page_of
from config.errors import DomainError
from suppliers import services
from suppliers.models import Certificate, EvidenceLevel, Supplier
from suppliers.review import FactReview, RowReview, review_of
from suppliers.services.access import row_below
from suppliers.shown import FactsShown

LEVELS = [(level, f"L{level}") for level in EvidenceLevel.values]
OF_CERTIFICATES = LEVELS[EvidenceLevel.CHECKED :]


class CheckFactForm(forms.Form):
    """One fact, as the officer read it, and what they found."""

    subject = forms.CharField(max_length=32)
    fact = forms.CharField(max_length=40)
    version = forms.IntegerField(min_value=1)
    level = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    source = forms.CharField(max_length=200, required=False)
    note = forms.CharField(max_length=1000, required=False)


class ReviewPage:
    """For the admin of firms: `review` shows the page and takes its checks."""

    admin_site: Any
    opts: Any

    @action(description=_("Review"), url_path="review", permissions=["view"])  # type: ignore[untyped-decorator]
    def review(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        supplier = self.get_object(request, object_id)
        if supplier is None:
            raise Http404
        if request.method == "POST":
            if not self.has_act_permission(request):
                raise PermissionDenied
            self._check(request, supplier)
            return HttpResponseRedirect(f"{request.path}#{_anchor(request.POST)}")
        rows = review_of(supplier)
        words = FactsShown({row.subject: str(row.row) for row in rows if row.row is not None})
        page = {
            **self.admin_site.each_context(request),
            "title": _("Review"),
            "opts": self.opts,
            "original": supplier,
            "supplier": supplier,
            "rows": [_shown(row, words) for row in rows],
            "may_check": self.has_act_permission(request),
            "buttons": [
                (each.description, reverse(f"admin:{each.action_name}", args=[supplier.pk]))
                for each in self.get_actions_detail(request, object_id)
                if each.path in DECISIONS
            ],
            "back": reverse("admin:suppliers_supplier_change", args=[supplier.pk]),
            "queue": reverse("admin:suppliers_supplier_changelist"),
        }
        return TemplateResponse(request, "admin/supplier_review.html", page)

    def _check(self, request: HttpRequest, supplier: Supplier) -> None:
        form = CheckFactForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a level."))
            return
        try:
            check_fact(supplier, form.cleaned_data, by=acting_staff(request))
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
        except ObjectDoesNotExist:
            messages.error(request, _("It is no longer there."))
        else:
            messages.success(request, _("Done: %(act)s.") % {"act": _("Check facts")})


@admin.display(description=_("Review"))
def review_link(supplier: Supplier) -> str:
    """Leads from the list to the page of review."""
    address = page_of("admin:suppliers_supplier_review", supplier.pk)
    return format_html(
        '<a class="text-primary-600 underline dark:text-primary-500" href="{}">{}</a>', address, _("Review")
    )


review_link.only_leads = True  # type: ignore[attr-defined]  # files of the list leave it out


DECISIONS = ("publish", "request_changes", "visit")
"""Paths of the acts that the page of review offers."""


def check_fact(supplier: Supplier, found: dict[str, Any], *, by: Principal) -> None:
    """Set level and note of one fact, of the version that the officer read."""
    row = row_below(supplier, found["subject"])
    finding = {name: found[name] for name in ("level", "source", "note")}
    if isinstance(row, Certificate):
        services.check_certificate(certificate_id=row.pk, by=by, expected_version=found["version"], **finding)
    else:
        services.set_evidence(row=row, facts=[found["fact"]], by=by, expected_version=found["version"], **finding)


def _anchor(sent: Any) -> str:
    parts = (str(sent.get(name, "")) for name in ("subject", "fact"))
    return "-".join(part for part in parts if part.isidentifier())


def _shown(reviewed: RowReview, words: FactsShown) -> dict[str, Any]:
    row: Any = reviewed.row
    return {
        "row": row,
        "kind": reviewed.kind,
        "subject": reviewed.subject,
        "version": getattr(row, "version", None),
        "address": _address(row) if row else "",
        "documents": reviewed.documents,
        "levels": OF_CERTIFICATES if isinstance(row, Certificate) else LEVELS,
        "has_changes": reviewed.has_changes,
        "facts": [_fact_shown(reviewed.subject, fact, words) for fact in reviewed.facts],
    }


def _fact_shown(subject: str, fact: FactReview, words: FactsShown) -> dict[str, Any]:
    value, before = (words.value(subject, fact.name, each) for each in (fact.value, fact.before))
    return {"fact": fact, "value": value, "before": before}


def _address(row: Any) -> str:
    return reverse(f"admin:suppliers_{type(row).__name__.lower()}_change", args=[row.pk])
