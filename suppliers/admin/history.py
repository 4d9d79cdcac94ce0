"""What was said and checked, and the feed of changes. A check that was a mistake is undone here."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from accounts.staff_acts import ReasonForm, staff_act
from config.admin import ReadOnlyAdmin
from suppliers import services
from suppliers.models import Evidence, Supplier, SupplierChange
from suppliers.review import is_undone
from suppliers.shown import FactsShown, label_of


def undo_check(*, evidence_id: int, reason: str, by: Principal) -> Supplier:
    """`undo_check` for a line of the history."""
    check = Evidence.objects.get(pk=evidence_id)
    return services.undo_check(supplier_id=check.supplier_id, check=check.public_id or "", reason=reason, by=by)


def can_be_undone(line: Evidence) -> bool:
    return line.act == Evidence.Act.CHECKED and line.before is not None and not is_undone(line)


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = (
        *("supplier", "subject", "fact_name", "act", "undone", "value", "level", "observed_on", "source", "note"),
        *("asserted_by", "created_at"),
    )
    list_filter = ("act", "level", "fact")
    list_select_related = ("supplier__organisation", "asserted_by", "undone_by")
    search_fields = ("subject", "request_id", "supplier__organisation__name_key", "supplier__organisation__tax_code")
    search_help_text = _("Id of a row or request, name without accents, or tax code.")
    ordering = ("-id",)
    fields = (
        ("supplier", "subject", "fact"),
        ("act", "undone", "value", "before"),
        ("level", "observed_on"),
        ("source", "note"),
        ("asserted_by", "asserted_for"),
        ("assessment", "undoes"),
        ("created_at", "request_id", "public_id"),
    )
    readonly_fields = ("undone",)
    actions_detail: ClassVar = ["undo"]

    undo = staff_act(
        undo_check,
        row="evidence_id",
        label=_("Undo this check"),
        path="undo",
        form_class=ReasonForm,
        when=can_be_undone,
        permission="lead",
    )

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        """Values in words; what codes are called is read once for the list."""
        words = FactsShown({})

        @admin.display(description=_("value"))
        def value(line: Evidence) -> str:
            return words.value(line.subject, line.fact, line.value)

        return [value if name == "value" else name for name in self.list_display]

    @admin.display(description=_("fact"), ordering="fact")
    def fact_name(self, line: Evidence) -> str:
        return label_of(line.subject, line.fact)

    @admin.display(description=_("undone"), boolean=True)
    def undone(self, line: Evidence) -> bool:
        return is_undone(line)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The page of review leads to the history of one fact."""
        return lookup == "subject__exact" or super().lookup_allowed(lookup, value, request)


@admin.register(SupplierChange)
class SupplierChangeAdmin(ReadOnlyAdmin):
    list_display = ("supplier_id", "changed_in")
    ordering = ("-changed_in",)
