"""The consortia in which a firm could take part, on its page in the admin: choose a requirement, and who is wanted."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanWidget

from buyers.models import Requirement
from config.errors import InvalidFactError
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.consortium import present_consortia_with
from matchmaking.programme.shown_plan import Link
from matchmaking.services import find_consortia_with, matches_of_supplier, requirements_seen_by
from matchmaking.services.consortia import MOST_FIRMS, USUAL_FIRMS, ConsortiumQuestion
from suppliers.models import Supplier
from taxonomy.models import Province

MOST_OFFERED: Final = 100
"""Requirements that can be chosen: those for which the firm does best."""


class ConsortiumForm(forms.Form):
    """For which requirement, and what is wanted of the members."""

    requirement = forms.ModelChoiceField(
        Requirement.objects.none(),
        to_field_name="public_id",
        label=_("Requirement"),
        help_text=_("Open ones of several operations that the firm sees, of which it may do some."),
        widget=UnfoldAdminSelectWidget,
    )
    most_firms = forms.IntegerField(
        label=_("At most so many firms"),
        required=False,
        min_value=1,
        max_value=MOST_FIRMS,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    within_km = forms.IntegerField(
        label=_("At most so many km from the plant"),
        required=False,
        min_value=1,
        max_value=20_000,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    province = forms.ModelChoiceField(
        Province.objects.none(), label=_("Only sites in"), required=False, widget=UnfoldAdminSelectWidget
    )
    in_corridor = forms.BooleanField(
        label=_("Only sites on a corridor with the plant"), required=False, widget=UnfoldBooleanWidget
    )
    unconfirmed = forms.BooleanField(
        label=_("Also where gates of the firm are not confirmed yet"), required=False, widget=UnfoldBooleanWidget
    )

    def __init__(self, data: Any, supplier: Supplier) -> None:
        super().__init__(data or None, initial={"most_firms": USUAL_FIRMS})
        self.supplier = supplier
        offered: Any = self.fields["requirement"]
        offered.queryset = _offered(supplier)
        offered.label_from_instance = lambda row: f"{row.title} ({row.public_id})"
        provinces: Any = self.fields["province"]
        provinces.queryset = Province.objects.in_force().order_by("code")

    @property
    def told(self) -> dict[str, Any] | None:
        """What the firm reads; None where nothing, or nothing that can be answered, was asked."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        question = ConsortiumQuestion(
            member_eligibility=("eligible", "unconfirmed") if given["unconfirmed"] else ("eligible",),
            most_firms=given["most_firms"] or USUAL_FIRMS,
            within_km=given["within_km"],
            in_corridor=given["in_corridor"],
            province=given["province"],
        )
        try:
            found = find_consortia_with(self.supplier, given["requirement"], question)
        except InvalidFactError as refusal:
            self.add_error(None, str(refusal.detail))
            return None
        return present_consortia_with(self.supplier, given["requirement"], found, language=reader_s_language())


def consortium_page(supplier: Supplier, asked: Any) -> dict[str, Any]:
    """What the page shows.

    Args:
        asked: the query; empty where nothing is asked yet.
    """
    form = ConsortiumForm(asked, supplier)
    told = form.told
    return {"form": form, "told": told, "lines": _lines(told) if told else []}


def _offered(supplier: Supplier) -> "QuerySet[Requirement]":
    seen = requirements_seen_by(supplier)
    best = matches_of_supplier(supplier.public_id, seen.filter(operations__position=1), top=MOST_OFFERED)
    return seen.filter(pk__in=[each.requirement for each in best]).order_by("title", "pk")


def _lines(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The sets as they are told, with links and names in place of ids."""
    members = [member for each in told["results"] for member in each["members"]]
    keys: dict[str, int] = dict(
        Supplier.objects.filter(public_id__in={member["supplier"] for member in members}).values_list("public_id", "pk")
    )
    names = {row.reference: str(row) for row in Province.objects.all()} if members else {}
    return [
        {
            **each,
            "members": [
                {
                    **member,
                    "link": _firm(member, keys.get(member["supplier"])),
                    "place": names.get(member["province"] or "", "–"),
                    "is_lead": member["supplier"] == each["lead"],
                }
                for member in each["members"]
            ],
        }
        for each in told["results"]
    ]


def _firm(member: dict[str, Any], pk: int | None) -> Link:
    address = reverse("admin:suppliers_supplier_change", args=[pk]) if pk else ""
    return Link(member["trade_name"] or member["legal_name"], address)
