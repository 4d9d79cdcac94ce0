"""The form in which staff ask for a plan of upgrades."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.models import NOTHING_VISIBLE, refuse_control_characters
from config.text import is_visible
from matchmaking.models.upgrade_scenario import AIMS, MONEY_DIGITS
from matchmaking.programme.upgrades import MOST_FIRMS, MOST_STANDARDS, UpgradeQuestion, usually_ready_on
from taxonomy.models import Province, Sector, Standard

ROWS: Final = 6
"""Of standards that are offered to begin with."""
IN_THOUSANDS = re.compile(r"\d{1,3}([., \u00a0]\d{3})+")
WHOLE = re.compile(rf"\d{{1,{MONEY_DIGITS}}}")


class MoneyField(forms.DecimalField):
    """VND, with or without marks between thousands."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(min_value=0, max_digits=MONEY_DIGITS, decimal_places=0, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        return super().to_python(re.sub(r"\D", "", text) if IN_THOUSANDS.fullmatch(text) else value)

    def prepare_value(self, value: Any) -> Any:
        is_plain = value is not None and WHOLE.fullmatch(str(value))
        return number_format(int(value), force_grouping=True) if is_plain else value


class NameForm(forms.Form):
    """Under which name a plan is kept."""

    name = forms.CharField(
        label=_("Name"), max_length=150, widget=UnfoldAdminTextInputWidget, validators=[refuse_control_characters]
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not is_visible(name):
            raise forms.ValidationError(NOTHING_VISIBLE, code="nothing_visible")
        return name


class PlanForm(forms.Form):
    """Budget, aim and limits, and rows of a standard each with its cost."""

    budget_vnd = MoneyField(label=_("Budget, VND"))
    aim = forms.ChoiceField(label=_("Aim"), choices=AIMS, widget=UnfoldAdminSelectWidget)
    ready_on = forms.DateField(
        label=_("Certificates are there from"),
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    most_firms = forms.IntegerField(
        label=_("At most so many firms"),
        required=False,
        min_value=1,
        max_value=MOST_FIRMS,
        help_text=_("Blank: as many as the budget allows."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    province = forms.ModelChoiceField(
        Province.objects.in_force().order_by("code"),
        label=_("Only firms with a site in"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    sector = forms.ModelChoiceField(
        Sector.objects.in_use().order_by("code"),
        label=_("Only firms of the sector"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"ready_on": usually_ready_on().isoformat(), **(initial or {})})
        given = {str(name) for name in (data if data is not None else self.initial)}
        filled = max((int(name[5:]) for name in given if re.fullmatch(r"cost_\d{1,2}", name)), default=0)
        self.rows = range(1, min(MOST_STANDARDS, max(ROWS, filled)) + 1)
        standards = Standard.objects.in_use().order_by("-counts_as_international", "code")
        choices = [("", "–"), *((row.code, _named(row)) for row in standards)]  # read once for all rows
        for number in self.rows:
            field: Any = forms.ModelChoiceField(standards, to_field_name="code", required=False, label=_("Standard"))
            field.widget = UnfoldAdminSelectWidget(choices=choices)
            self.fields[f"standard_{number}"] = field
            self.fields[f"cost_{number}"] = MoneyField(required=False, label=_("Cost of one firm, VND"))

    @property
    def settings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    @property
    def costs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"standard_{number}"], self[f"cost_{number}"]) for number in self.rows]

    def clean_ready_on(self) -> date:
        day: date = self.cleaned_data["ready_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."), code="date_in_the_past")
        if day.year > timezone.localdate().year + 50:
            raise forms.ValidationError(_("This day is too far away."), code="out_of_range")
        return day

    def clean(self) -> None:
        super().clean()
        codes = []
        for number in self.rows:
            standard, cost = self.cleaned_data.get(f"standard_{number}"), self.cleaned_data.get(f"cost_{number}")
            if standard is not None and cost is None and f"cost_{number}" not in self.errors:
                self.add_error(f"cost_{number}", _("Say what it costs."))
            if standard is None and cost is not None and f"standard_{number}" not in self.errors:
                self.add_error(f"standard_{number}", _("Say for which standard."))
            if standard is not None and standard.code in codes:
                self.add_error(f"standard_{number}", _("Each standard once."))
            codes += [standard.code] if standard is not None else []
        if not codes and not self.errors:
            self.add_error("standard_1", _("Choose at least one standard."))

    def question(self) -> UpgradeQuestion:
        given = self.cleaned_data
        rows = [(given[f"standard_{number}"], given[f"cost_{number}"]) for number in self.rows]
        return UpgradeQuestion(
            budget_vnd=int(given["budget_vnd"]),
            costs_vnd={standard.code: int(cost) for standard, cost in rows if standard is not None},
            aim=given["aim"],
            ready_on=given["ready_on"],
            **{name: given[name] for name in ("most_firms", "province", "sector")},
        )


def begins_with(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows for a plan that was made before. A day that has passed is left to be said anew."""
    rows = enumerate(document["costs"], start=1)
    costs = {
        f"{name}_{number}": row[key]
        for number, row in rows
        for name, key in (("standard", "standard"), ("cost", "cost_vnd"))
    }
    ready_on = date.fromisoformat(document["ready_on"])
    return {
        "budget_vnd": document["budget_vnd"],
        "aim": document["aim"],
        "most_firms": document["most_firms"],
        "ready_on": document["ready_on"] if ready_on >= timezone.localdate() else usually_ready_on().isoformat(),
        "province": _row(Province.objects.all(), document.get("province")),
        "sector": _row(Sector.objects.all(), document.get("sector")),
        **costs,
    }


def _named(row: Standard) -> str:
    return f"{row.name_in(get_language() or 'vi')} ({row.code})"


def _row(entries: "QuerySet[Any]", named: Mapping[str, str] | None) -> Any:
    """Of some entries the one that a document names, if it is still there."""
    if named is None:
        return None
    edition, _colon, code = named["code"].rpartition(":")
    return entries.filter(code=code, **({"edition": edition} if edition else {})).first()
