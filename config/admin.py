"""What every app's pages in the admin share."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Model, QuerySet, URLField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import UnfoldAction

from config.errors import DomainError


class ServiceAdmin(ModelAdmin):
    """Pages whose changes and actions call services. A refusal is shown as a message, and nothing is changed."""

    change_form_outer_before_template = "admin/row_name.html"
    """The name stands in the page, for in the bar above it the buttons may leave no room."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            return self._refused(request, refusal)
        return response

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Only the buttons of acts that can work on the row in its present state."""
        row = self.get_object(request, str(object_id))
        offered: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return [button for button in offered if row is not None and _can_work(button.method, row)]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

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


def _can_work(act: Any, row: Any) -> bool:
    states, when = getattr(act, "states", None), getattr(act, "when", None)
    return (states is None or row.state in states) and (when is None or when(row))


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
