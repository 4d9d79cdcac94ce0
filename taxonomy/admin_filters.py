"""Filters of the admin's lists by entries of the vocabulary. A code in an address outlives the row's number."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taxonomy.models import Entry, Process, Province, Sector


class CodeFilter(admin.SimpleListFilter):
    """Rows with one entry, as the queryset's own method finds them. A code that is not offered finds nothing."""

    asks: ClassVar[str]
    """Name of the queryset's method; it takes codes."""

    def entries(self) -> QuerySet[Any]:
        raise NotImplementedError

    def code_of(self, entry: Any) -> str:
        return str(entry.code)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        entries: list[Entry] = list(self.entries())
        language = get_language() or "vi"
        return [(self.code_of(entry), entry.name_in(language)) for entry in entries]

    def codes(self) -> list[str]:
        """What the method is asked for."""
        return [str(self.value())]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        return getattr(queryset, self.asks)(self.codes())


class SectorFilter(CodeFilter):
    title = _("sector")
    parameter_name = "sector"
    asks = "in_sectors"

    def entries(self) -> QuerySet[Any]:
        return Sector.objects.order_by("code")


class ProvinceFilter(CodeFilter):
    """By provinces of today."""

    title = _("province")
    parameter_name = "province"
    asks = "in_provinces"

    def entries(self) -> QuerySet[Any]:
        return Province.objects.in_force().order_by("code")

    def code_of(self, entry: Any) -> str:
        return str(entry.reference)


class ProcessGroupFilter(CodeFilter):
    """By what stands at the top of the processes."""

    title = _("process group")
    parameter_name = "process_group"
    asks = "able_to"

    def entries(self) -> QuerySet[Any]:
        return Process.objects.filter(parent=None).order_by("code")
