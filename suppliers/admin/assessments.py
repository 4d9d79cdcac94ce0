"""Visits of staff: the form that records one from the firm's page, and the list of all."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.staff_acts import ConfirmationForm, ReasonForm, staff_act
from config.admin import ReadOnlyAdmin, ReadOnlyInline
from suppliers import services
from suppliers.facts import FACTS, FactRow
from suppliers.models import CHECKLIST, Assessment, Capability, Certificate, Evidence, Site, Supplier
from suppliers.shown import label_of

NOT_LOOKED_AT = [("", "–"), *Assessment.Answer.choices]


class VisitForm(ConfirmationForm):
    """What was seen on a visit to one of the firm's sites."""

    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"), widget=UnfoldAdminSelectWidget)
    visited_on = forms.DateField(label=_("Visited on"), widget=UnfoldAdminDateWidget)
    visitors = forms.CharField(
        label=_("Visitors"),
        max_length=300,
        help_text=_("Who went there, by name."),
        widget=UnfoldAdminTextInputWidget,
    )
    conclusion = forms.CharField(label=_("Conclusion"), max_length=2000, widget=UnfoldAdminTextareaWidget)
    facts = forms.MultipleChoiceField(
        label=_("Facts that were seen"),
        required=False,
        help_text=_("They are proved at L3, unless they are proved better already."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, data: Any = None, *, row: Any = None, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        for code, question in CHECKLIST.items():
            self.fields[f"seen_{code}"] = forms.ChoiceField(
                label=question, choices=NOT_LOOKED_AT, required=False, widget=UnfoldAdminSelectWidget
            )
        self.order_fields(["site", "visited_on", "visitors", *(f"seen_{code}" for code in CHECKLIST), "conclusion"])
        if row is not None:
            self.fields["site"].queryset = row.sites.all()  # type: ignore[attr-defined]
            self.fields["facts"].choices = facts_to_see(row)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        answers = {code: given.pop(f"seen_{code}") for code in CHECKLIST}
        named = [tuple(chosen.split(".", 1)) for chosen in given.pop("facts")]
        return {**given, "checklist": {code: answer for code, answer in answers.items() if answer}, "facts": named}


def facts_to_see(supplier: Supplier) -> list[tuple[str, str]]:
    """The facts of a firm that have a value, by id of the row and name: what to tick."""
    capabilities = Capability.objects.filter(site__supplier=supplier).select_related("process", "site")
    certificates = Certificate.objects.filter(supplier=supplier).exclude(state=Certificate.State.REJECTED)
    rows: list[FactRow] = [supplier, *capabilities, *certificates.select_related("standard")]
    return [
        (f"{row.public_id}.{fact.name}", f"{row}: {label_of(row.public_id, fact.name)}")
        for row in rows
        for fact in FACTS[type(row)]
        if fact.evidence_of(row)[1] is not None
    ]


class FindingInline(ReadOnlyInline):
    model = Evidence
    fields = ("subject", "fact", "level", "observed_on", "note")
    verbose_name_plural = _("facts that it proves")


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    """Recorded from the firm's page; never changed, but undone."""

    list_display = ("visited_on", "supplier", "site", "visitors", "recorded_by", "undone_at")
    list_filter = (("undone_at", admin.EmptyFieldListFilter), "visited_on")
    list_select_related = ("supplier__organisation", "site", "recorded_by")
    search_fields = ("public_id", "visitors", "supplier__organisation__name_key", "supplier__organisation__tax_code")
    search_help_text = _("Firm, visitor, or id.")
    ordering = ("-visited_on", "-id")
    fields = (
        ("supplier", "site", "public_id"),
        ("visited_on", "visitors"),
        "answers",
        "conclusion",
        ("recorded_by", "created_at"),
        ("undone_at", "undone_by", "undone_reason"),
    )
    readonly_fields = ("answers",)
    inlines = (FindingInline,)
    actions_detail: ClassVar = ["undo"]

    undo = staff_act(
        services.undo_assessment,
        row="assessment_id",
        label=_("Undo"),
        path="undo",
        form_class=ReasonForm,
        when=lambda assessment: assessment.undone_at is None,
        permission="lead",
    )

    @admin.display(description=_("checklist"))
    def answers(self, assessment: Assessment) -> str:
        labels = dict(Assessment.Answer.choices)
        told = (
            (CHECKLIST.get(code, code), labels.get(answer, answer)) for code, answer in assessment.checklist.items()
        )
        return format_html_join("", "<div>{}: {}</div>", told)
