"""The page on which an officer makes one firm of two, side by side; and the list of all merges, to undo them."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminRadioSelectWidget

from accounts.principals import Principal
from accounts.staff_acts import ReasonForm, acting_staff, staff_act
from config.admin import ReadOnlyAdmin
from config.errors import DomainError
from config.numbers import number_in
from suppliers import services
from suppliers.duplicates.stored import may_be
from suppliers.imports.beside import COMPARED, differs, stored_text
from suppliers.imports.columns import LABELS
from suppliers.merging.rows import references, rows_of
from suppliers.models import Supplier, SupplierMerge


class MergeForm(ReasonForm):
    """Which of the two stays, which of two tax codes is right, and why they are one."""

    survivor = forms.TypedChoiceField(label=_("Firm that stays"), coerce=int, widget=UnfoldAdminRadioSelectWidget)
    tax_code = forms.ChoiceField(
        label=_("Right tax code"),
        widget=UnfoldAdminRadioSelectWidget,
        help_text=_("The firm that stays has this one from then on; what was wrong stays in the history."),
    )
    versions = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, firms: list[Supplier]) -> None:
        read = ",".join(str(firm.version) for firm in firms)
        super().__init__(data, initial={"survivor": firms[0].pk, "versions": read})
        self.firms = firms
        self.fields["survivor"].choices = [(firm.pk, f"{firm} ({firm.public_id})") for firm in firms]  # type: ignore[attr-defined]
        codes = dict.fromkeys(firm.organisation.tax_code for firm in firms if firm.organisation.tax_code)
        self.fields["tax_code"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        if len(codes) < len(firms):
            del self.fields["tax_code"]
        self.order_fields(["survivor", "tax_code", "reason", "versions"])

    def clean_versions(self) -> dict[int, int]:
        """Of each firm, as the officer read it."""
        sent = [number_in(each) for each in str(self.cleaned_data["versions"]).split(",")]
        versions = {firm.pk: version for firm, version in zip(self.firms, sent, strict=False) if version is not None}
        if not len(versions) == len(sent) == len(self.firms):
            raise forms.ValidationError(_("Read the page again."))
        return versions

    def values(self) -> dict[str, Any]:
        survivor = self.cleaned_data["survivor"]
        return {
            "survivor_id": survivor,
            "merged_id": next(firm.pk for firm in self.firms if firm.pk != survivor),
            "reason": self.cleaned_data["reason"],
            "tax_code": self.cleaned_data.get("tax_code", ""),
            "expected_versions": self.cleaned_data["versions"],
        }


@dataclass(frozen=True, slots=True)
class Line:
    """What the two firms say of one thing, and whether that differs."""

    label: str
    texts: list[str]
    differs: bool = False


class MergePage:
    """For the admin of firms: `merge` finds the other firm, shows both, and makes one of them."""

    admin_site: Any
    opts: Any

    @action(description=_("Merge with another firm"), url_path="merge", permissions=["act"])  # type: ignore[untyped-decorator]
    def merge(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        supplier = self.get_object(request, object_id)
        if supplier is None:
            raise Http404
        if not self.has_act_permission(request):
            raise PermissionDenied
        named = request.GET.get("other", "").strip()
        other = _other_than(supplier, named)
        if other is None:
            if named:
                messages.error(request, _("There is no other firm with this id."))
            found = [(firm, told.verdict) for firm, told in may_be(supplier)]
            return _page(self, request, supplier, found=found)
        firms = [supplier, other]
        form = MergeForm(request.POST if request.method == "POST" else None, firms=firms)
        if request.method == "POST" and form.is_valid():
            try:
                merge = services.merge_suppliers(by=acting_staff(request), **form.values())
            except DomainError as refusal:
                messages.error(request, str(refusal.detail))
            else:
                self.log_action_on(request, merge.survivor, "merge")
                messages.success(request, _("The two are one firm now. This can be undone."))
                return redirect("admin:suppliers_suppliermerge_change", merge.pk)
        return _page(self, request, supplier, form=form, firms=firms, lines=lines_of(firms))

    @admin.action(description=_("Merge the two firms"), permissions=["act"])
    def merge_chosen(self: Any, request: HttpRequest, queryset: QuerySet[Supplier]) -> HttpResponse | None:
        chosen = list(queryset.order_by("pk")[:3])
        if len(chosen) != 2:
            messages.error(request, _("Choose exactly two firms."))
            return None
        address = reverse("admin:suppliers_supplier_merge", args=[chosen[0].pk])
        return redirect(f"{address}?other={chosen[1].public_id}")


def _other_than(supplier: Supplier, named: str) -> Supplier | None:
    if "\x00" in named:  # which the database does not take
        return None
    return Supplier.objects.select_related("organisation").exclude(pk=supplier.pk).filter(public_id=named).first()


def _page(model_admin: Any, request: HttpRequest, supplier: Supplier, **context: Any) -> HttpResponse:
    page = {
        **model_admin.admin_site.each_context(request),
        "title": _("Merge with another firm"),
        "opts": model_admin.opts,
        "original": supplier,
        "supplier": supplier,
        "back": reverse("admin:suppliers_supplier_change", args=[supplier.pk]),
    }
    return TemplateResponse(request, "admin/supplier_merge.html", {**page, **context})


def lines_of(firms: list[Supplier]) -> list[Line]:
    """What an officer compares: what the firms are called and reached by, their state, and how much of each kind there
    is of them."""
    lines = [Line(str(_("state")), [str(firm.get_state_display()) for firm in firms])]
    for field in COMPARED:
        texts = [stored_text(firm, field) for firm in firms]
        lines.append(Line(str(LABELS[field]), texts, differs(*texts)))
    lines += [Line(what, [str(count) for count in counts]) for what, counts in _counted(firms).items() if any(counts)]
    return [Line(capfirst(line.label), line.texts, line.differs) for line in lines]


def _counted(firms: list[Supplier]) -> dict[str, list[int]]:
    """How many there are of each kind, whichever way they name the firm."""
    counts: dict[str, list[int]] = {}
    for key in references():
        before = counts.get(_what(key), [0] * len(firms))
        counts[_what(key)] = [count + rows_of(key, firm).count() for count, firm in zip(before, firms, strict=True)]
    return counts


def _what(field: Any) -> str:
    """Of rows that only join two others, what they join the firm to."""
    model = field.model
    joined = [each for each in model._meta.fields if each.related_model and each != field]  # noqa: SLF001 - public
    named = joined[0].related_model if model._meta.auto_created and joined else model  # noqa: SLF001
    return str(named._meta.verbose_name_plural)  # noqa: SLF001


def undo(*, merge_id: int, reason: str, by: Principal) -> None:
    services.undo_merge(merge_id=merge_id, reason=reason, by=by)


@admin.register(SupplierMerge)
class SupplierMergeAdmin(ReadOnlyAdmin):
    """Made on the page of a firm; never changed, but undone."""

    list_display = ("created_at", "merged", "survivor", "reason", "merged_by", "undone_at")
    list_filter = (("undone_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("merged__organisation", "survivor__organisation", "merged_by")
    search_fields = (
        *("public_id", "merged__public_id", "survivor__public_id"),
        *("merged__organisation__name_key", "survivor__organisation__name_key"),
    )
    search_help_text = _("Firm, or id.")
    ordering = ("-id",)
    fields = (
        ("merged", "survivor", "public_id"),
        ("reason", "merged_by", "created_at"),
        ("moved", "left"),
        ("undone_at", "undone_by", "undone_reason"),
    )
    readonly_fields = ("moved", "left")
    actions_detail: ClassVar = ["undo"]

    undo = staff_act(
        undo,
        row="merge_id",
        label=_("Undo"),
        path="undo",
        form_class=ReasonForm,
        when=lambda merge: merge.undone_at is None,
        permission="lead",
    )

    @admin.display(description=_("what moved"))
    def moved(self, merge: SupplierMerge) -> str:
        """How many rows of each kind."""
        counts: dict[str, set[Any]] = {}
        for change in merge.changes:
            if change.get("after", {}).keys() & {"supplier_id", "organisation_id", "subject_id", "reader_id"}:
                counts.setdefault(change["model"], set()).update(change["rows"])
        return format_html_join("", "<div>{}: {}</div>", ((_name(label), len(rows)) for label, rows in counts.items()))

    @admin.display(description=_("what stayed"))
    def left(self, merge: SupplierMerge) -> str:
        """Because the survivor has the same, or because it would let people in."""
        return format_html_join("", "<div>{}: {}</div>", ((_name(label), name) for label, name in merge.stayed))


def _name(label: str) -> str:
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))  # noqa: SLF001 - public
    except LookupError:
        return label
