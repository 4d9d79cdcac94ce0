"""Filters of lists by how firms and certificates count in the city's programme."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models import Certificate, Evidence


class InternationalFilter(admin.SimpleListFilter):
    """Published firms at international standard today."""

    title = _("at international standard")
    parameter_name = "international"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("Published, not at international standard"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        counted = Certificate.objects.counting().valid_on(timezone.localdate()).values("supplier")
        if self.value() == "no":
            return queryset.published().exclude(pk__in=counted)
        return queryset.filter(pk__in=counted)


class ChangedFactsFilter(admin.SimpleListFilter):
    """Published firms of which a fact was entered anew after its last check."""

    title = _("facts")
    parameter_name = "facts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("changed", _("Changed since their check"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.published().filter(pk__in=Evidence.objects.overtaken().values("supplier"))


class CountingFilter(admin.SimpleListFilter):
    """Certificates that put their firm at international standard while they are valid."""

    title = _("international standard")
    parameter_name = "counting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Counts for its firm"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(pk__in=Certificate.objects.counting().values("pk")) if self.value() else queryset
