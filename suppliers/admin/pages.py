"""What the pages of firms share: forms that call services, queues that open by themselves, forms of findings."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.principals import Principal
from accounts.staff_acts import ConfirmationForm, acting_staff
from config.admin import ServiceAdmin
from config.errors import DomainError
from suppliers.facts import FACTS, FactRow
from suppliers.models import EvidenceLevel
from suppliers.shown import label_of


class FactsAdmin(ServiceAdmin):
    """Forms of which only the changed fields go to a service; the services write rows and lists alike."""

    def create_row(self, values: Mapping[str, Any], *, by: Principal) -> Model:
        raise NotImplementedError

    def change_row(self, row: Any, values: Mapping[str, Any], *, by: Principal) -> None:
        raise NotImplementedError

    def remove_row(self, row: Any, *, by: Principal) -> None:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        by = acting_staff(request)
        if change:
            self.change_row(obj, values, by=by)
            return
        values |= {name: value for name, value in form.cleaned_data.items() if isinstance(value, Model)}
        made = self.create_row(values, by=by)
        obj.pk, obj.public_id = made.pk, getattr(made, "public_id", "")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Not the form's lists: the service has written them, and keeps some that a form would clear."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove_row(obj, by=acting_staff(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset:
                self.remove_row(row, by=acting_staff(request))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().delete_view(request, *args, **kwargs)
        except DomainError as refusal:
            return self._refused(request, refusal)
        return response


class QueueFilter(admin.SimpleListFilter):
    """Opens with what waits for staff, unless something is searched for; everything is one click away."""

    title = _("to be done")
    parameter_name = "queue"
    waiting_label: ClassVar[Any]
    waiting_state: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.searching = bool(request.GET.get("q") or request.GET.get("state__exact"))
        return [("waiting", self.waiting_label), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    @property
    def chosen(self) -> str:
        return self.value() or ("all" if self.searching else "waiting")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.waiting_state) if self.chosen == "waiting" else queryset


class FindingForm(ConfirmationForm):
    """What an officer found. Its fields are the parameters of the services."""

    level = forms.TypedChoiceField(
        label=_("Level"), choices=EvidenceLevel.choices, coerce=int, widget=UnfoldAdminSelectWidget
    )
    observed_on = forms.DateField(
        label=_("Observed on"), required=False, help_text=_("Blank: today."), widget=UnfoldAdminDateWidget
    )
    source = forms.CharField(label=_("Source"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=UnfoldAdminTextInputWidget)


class CheckForm(FindingForm):
    """What an officer found of a certificate."""

    level = forms.TypedChoiceField(
        label=_("Level"), choices=EvidenceLevel.choices[2:], coerce=int, widget=UnfoldAdminSelectWidget
    )


_label = lazy(label_of, str)


def findings_form(model: type[FactRow]) -> type[FindingForm]:
    """A form for findings about some facts of such rows."""
    choices = [(fact.name, _label(model.PREFIX, fact.name)) for fact in FACTS[model]]
    field = forms.MultipleChoiceField(label=_("Facts"), choices=choices)
    return type("FactFindingForm", (FindingForm,), {"facts": field})
