"""The queue of requests about personal data: what is due, and what is overdue."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.staff_acts import ConfirmationForm, ReasonForm, acting_staff, staff_act
from config.admin import ReadOnlyAdmin, ServiceAdmin
from privacy import services
from privacy.models import DataRequest, Farewell

State = DataRequest.State
OPEN = DataRequest.OPEN


class AnswerForm(ConfirmationForm):
    """What the person is told, if there is something to say."""

    reason = forms.CharField(
        label=_("What was done"), required=False, max_length=1000, widget=UnfoldAdminTextareaWidget
    )


class OpenFilter(admin.SimpleListFilter):
    """Opens with what waits for staff."""

    title = _("to be done")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Waiting for an answer")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.chosen == value, "query_string": query, "display": label}

    @property
    def chosen(self) -> str:
        return self.value() or "open"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        searched = bool(request.GET.get("q") or request.GET.get("state__exact"))
        return queryset.filter(state__in=OPEN) if self.chosen == "open" and not searched else queryset


@admin.register(DataRequest)
class DataRequestAdmin(ServiceAdmin):
    """Officers add requests only of people without an account; everybody else asks for themselves."""

    list_display = ("public_id", "kind", "who", "state", "acknowledge_by", "due_on", "overdue", "created_at")
    list_filter = (OpenFilter, "state", "kind")
    list_select_related = ("person", "organisation")
    search_fields = ("public_id", "person__email", "person__full_name", "organisation__name_key")
    ordering = ("due_on", "id")
    autocomplete_fields = ("organisation",)
    fields = (
        ("public_id", "kind"),
        ("person", "organisation"),
        "details",
        ("state", "state_reason"),
        ("acknowledge_by", "due_on", "overdue"),
        ("acknowledged_at", "decided_at", "decided_by"),
        ("created_at", "updated_at"),
    )
    actions_detail: ClassVar = ["acknowledge", "extend", "complete", "refuse", "erase"]

    acknowledge = staff_act(
        services.acknowledge_request,
        row="request_id",
        label=_("Acknowledge"),
        path="acknowledge",
        states={State.RECEIVED},
    )
    extend = staff_act(
        services.extend_request,
        row="request_id",
        label=_("Extend to 20 days"),
        path="extend",
        form_class=ReasonForm,
        states={State.RECEIVED, State.ACKNOWLEDGED},
    )
    complete = staff_act(
        services.complete_request,
        row="request_id",
        label=_("Say that it is done"),
        path="complete",
        form_class=AnswerForm,
        states=OPEN,
    )
    refuse = staff_act(
        services.refuse_request,
        row="request_id",
        label=_("Refuse"),
        path="refuse",
        form_class=ReasonForm,
        states=OPEN,
    )
    erase = staff_act(
        services.carry_out_erasure, row="request_id", label=_("Erase for good"), path="erase", states=OPEN
    )

    @admin.display(description=_("who"))
    def who(self, request: DataRequest) -> str:
        return str(request.person or request.organisation)

    @admin.display(description=_("overdue"), boolean=True)
    def overdue(self, request: DataRequest) -> bool:
        return request.is_overdue

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("organisation", "kind", "details")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (
            tuple(name for part in self.fields for name in (part if isinstance(part, tuple) else (part,)))
            if obj
            else ()
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            form.base_fields["organisation"].required = True
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            noted = services.note_request(**form.cleaned_data, by=acting_staff(request))
            obj.pk, obj.public_id = noted.pk, noted.public_id


@admin.register(Farewell)
class FarewellAdmin(ReadOnlyAdmin):
    """Whether last messages went out. Their addresses are nobody's business any more."""

    list_display = ("__str__", "state", "attempts", "due_at")
    fields = ("state", "attempts", "due_at")
