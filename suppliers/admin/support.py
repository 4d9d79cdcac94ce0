"""Support programmes for staff, and the applications that wait for a decision."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from accounts.principals import Principal
from accounts.staff_acts import ConfirmationForm, ReasonForm, staff_act
from config.admin import ReadOnlyAdmin
from suppliers.admin.pages import FactsAdmin, QueueFilter
from suppliers.models import SupportApplication, SupportProgramme
from suppliers.models.support import MONEY_DIGITS
from suppliers.support import applications, programmes
from suppliers.support.eligibility import VERDICTS, applicant_behind, conditions_of

State = SupportApplication.State


def money(**settings: Any) -> forms.DecimalField:
    """An amount in VND."""
    return forms.DecimalField(
        min_value=0, max_digits=MONEY_DIGITS, decimal_places=0, widget=UnfoldAdminDecimalFieldWidget, **settings
    )


class GrantForm(ConfirmationForm):
    granted_vnd = money(label=_("Granted, VND"))

    @classmethod
    def begins_with(cls, row: Any) -> dict[str, Any]:
        return {"granted_vnd": row.asked_vnd}


class ResultForm(ConfirmationForm):
    result = forms.ChoiceField(
        label=_("Result"), choices=SupportApplication.Result.choices, widget=UnfoldAdminSelectWidget
    )
    result_note = forms.CharField(
        label=_("What came of it"), max_length=5000, required=False, widget=UnfoldAdminTextareaWidget
    )
    spent_vnd = money(label=_("Spent, VND"))

    @classmethod
    def begins_with(cls, row: Any) -> dict[str, Any]:
        return {"spent_vnd": row.granted_vnd}


class OptionalReasonForm(ConfirmationForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=UnfoldAdminTextareaWidget)


@admin.register(SupportProgramme)
class SupportProgrammeAdmin(FactsAdmin):
    list_display = ("name_vi", "kind", "state", "opens_on", "closes_on", "budget_vnd", "granted_vnd")
    list_filter = ("state", "kind", "standing")
    search_fields = ("public_id", "name_vi", "name_en")
    ordering = ("-opens_on", "-id")
    autocomplete_fields = ("standards", "sectors", "provinces")
    fields = (
        ("state", "state_reason", "public_id"),
        "kind",
        ("name_vi", "name_en"),
        ("description_vi", "description_en"),
        "standards",
        ("standing", "employees_least", "employees_most"),
        ("sectors", "provinces"),
        ("budget_vnd", "granted_vnd"),
        ("opens_on", "closes_on"),
        ("created_at", "updated_at"),
    )
    readonly_fields = ("public_id", "state", "state_reason", "granted_vnd", "created_at", "updated_at")
    actions_detail: ClassVar = ["publish", "close"]

    publish = staff_act(
        programmes.publish_support_programme,
        row="programme_id",
        label=_("Publish"),
        path="publish",
        states={SupportProgramme.State.DRAFT},
    )
    close = staff_act(
        programmes.close_support_programme,
        row="programme_id",
        label=_("Close"),
        path="close",
        form_class=ReasonForm,
        states={SupportProgramme.State.PUBLISHED},
    )

    def create_row(self, values: Mapping[str, Any], *, by: Principal) -> SupportProgramme:
        return programmes.create_support_programme(values=values, by=by)

    def change_row(self, row: SupportProgramme, values: Mapping[str, Any], *, by: Principal) -> None:
        programmes.change_support_programme(programme_id=row.pk, values=values, by=by)

    def remove_row(self, row: SupportProgramme, *, by: Principal) -> None:
        programmes.remove_support_programme(programme_id=row.pk, by=by)


class ApplicationQueue(QueueFilter):
    waiting_label = _("Waiting for a decision")
    waiting_state = State.APPLIED


@admin.register(SupportApplication)
class SupportApplicationAdmin(ReadOnlyAdmin):
    list_display = ("supplier", "programme", "state", "asked_vnd", "granted_vnd", "created_at", "decided_by", "result")
    list_filter = (ApplicationQueue, "state", "result", "programme")
    list_select_related = ("supplier__organisation", "programme", "decided_by")
    search_fields = (
        *("public_id", "supplier__organisation__name_key", "supplier__organisation__tax_code"),
        *("programme__name_vi", "programme__name_en"),
    )
    ordering = ("id",)
    fields = (
        ("supplier", "programme", "public_id"),
        ("state", "state_reason"),
        "firm_meets",
        "note",
        ("asked_vnd", "granted_vnd", "spent_vnd"),
        ("applied_by", "decided_by", "decided_at"),
        ("result", "finished_at"),
        "result_note",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("firm_meets",)
    actions_detail: ClassVar = ["approve", "decline", "finish", "withdraw"]

    approve = staff_act(
        applications.approve_support_application,
        row="application_id",
        label=_("Approve"),
        path="approve",
        form_class=GrantForm,
        states={State.APPLIED},
    )
    decline = staff_act(
        applications.decline_support_application,
        row="application_id",
        label=_("Decline"),
        path="decline",
        form_class=ReasonForm,
        states={State.APPLIED},
    )
    finish = staff_act(
        applications.finish_support_application,
        row="application_id",
        label=_("Finish"),
        path="finish",
        form_class=ResultForm,
        states={State.APPROVED},
    )
    withdraw = staff_act(
        applications.withdraw_support_application,
        row="application_id",
        label=_("Withdraw"),
        path="withdraw",
        form_class=OptionalReasonForm,
        states=set(SupportApplication.LIVE),
    )

    @admin.display(description=_("conditions today"))
    def firm_meets(self, application: SupportApplication) -> str:
        today = timezone.localdate()
        read = SupportApplication.objects.with_applicant(today).get(pk=application.pk)
        verdicts = dict(VERDICTS)
        told = conditions_of(application.programme, applicant_behind(read), day=today)
        return format_html_join("", "<div>{}: {}</div>", ((verdicts[each.verdict], each.sentence) for each in told))
