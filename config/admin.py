"""What every app's pages in the admin share."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import CharField, Model, QuerySet, TextField, URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import get_language
from unfold.admin import ModelAdmin, TabularInline, checkbox
from unfold.dataclasses import UnfoldAction

from config.admin_rows import RowList
from config.errors import DomainError
from config.iso import country_name
from config.models import refuse_control_characters


@cache
def tick_in(language: str | None) -> str:  # noqa: ARG001 - what the box is called is said in it
    """The box by which a row is chosen, as unfold draws it; its template is not carried out anew for each row."""
    return str(checkbox.render(ACTION_CHECKBOX_NAME, "{}"))


class CountryFilter(admin.AllValuesFieldListFilter):
    """Countries by their names."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield {**choice, "display": country_name(str(choice["display"]))}


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds in a list. `count` is how many, where that is known by now; of more than the list counts, one
    more."""

    rows: Any
    count: int | None = None


class FirstOnes(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Pages of the first rows of very many: counting them all would take longer than finding them."""

    def __init__(self, *args: Any, most: int, known: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most, self.known = most, known

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.most + 1].count()) if self.known is None else self.known

    @cached_property
    def count(self) -> int:
        return min(self._found, self.most)

    @property
    def leaves_out(self) -> bool:
        """Whether there are more."""
        return self._found > self.most


class ServiceAdmin(ModelAdmin):
    """Pages whose changes and actions call services. A refusal is shown as a message, and nothing is changed."""

    list_before_template = "admin/saved_filters.html"
    empty_value_display = "-"
    """As the site's; here it is found without an exception for each cell."""
    object_history_template = "admin/history.html"
    show_full_result_count = False
    """Counting all rows at each search would cost more than finding those that are wanted."""
    most_found: int | None = None
    """How many of the rows that a search finds are counted and paged through; None for all."""
    change_form_outer_before_template = "admin/row_name.html"
    """The name stands in the page, for in the bar above it the buttons may leave no room."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form that is refused is shown once more, with what was typed."""
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]  # for the form
            response = super().changeform_view(request, *args, **kwargs)
        return response

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else refused(form, refusal)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Only the buttons of acts that can work on the row in its present state."""
        row = self.get_object(request, str(object_id))
        offered: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return [button for button in offered if row is not None and can_work(button.method, row)]

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person does more than look: an officer or a lead. Which rows, the services say."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def has_lead_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the person runs the agency."""
        return request.user.has_perm(f"{self.opts.app_label}.lead_{self.opts.model_name}")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, CharField | TextField):
            field.validators.append(refuse_control_characters)
        return field

    @admin.display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: Model) -> str:
        return format_html(tick_in(get_language()), obj.pk)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowList

    def get_paginator(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        if self.most_found and request.GET.get(SEARCH_VAR, "").strip():
            known = getattr(request, "found_count", None)
            return FirstOnes(queryset, *args, most=self.most_found, known=known, **kwargs)
        return super().get_paginator(request, queryset, *args, **kwargs)

    def found_by(self, queryset: Any, text: str) -> Found | None:
        """What a text finds among some rows, for pages that look them up otherwise than by `search_fields`."""
        return None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found = self.found_by(queryset, search_term) if search_term.strip() else None
        if found is not None:
            request.found_count = found.count  # type: ignore[attr-defined]  # for the paginator
            return found.rows, False
        answer: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        return answer

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        try:
            with transaction.atomic():
                response: HttpResponse | None = super().response_action(request, queryset)
        except DomainError as refusal:
            return self._refused(request, refusal)
        return response

    def log_action_on(self, request: HttpRequest, row: Model, act: str) -> LogEntry:
        """Keep in the row's history what an action did to it. Django does so for forms only."""
        entry: LogEntry = self.log_change(request, row, act)
        return entry

    def _refused(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        self.message_user(request, str(refusal.detail), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


def can_work(act: Any, row: Any) -> bool:
    """Whether an act can work on the row in its present state, as far as pages know. Services have the last word."""
    states, when = getattr(act, "states", None), getattr(act, "when", None)
    return (states is None or row.state in states) and (when is None or when(row))


def refused(form: Any, refusal: DomainError) -> Any:
    """The class of a form that finds fault with whatever is typed: what a service has refused."""

    class Refused(form):
        def clean(self) -> Any:
            self.add_error(None, str(refusal.detail))
            return super().clean()

    return Refused


class ReadOnly:
    """For pages and lists of rows that only programs and services write."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ServiceAdmin):
    """Shows rows that are written elsewhere."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Shows rows with their parent."""

    extra = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return tuple(self.fields)
