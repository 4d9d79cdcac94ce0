"""Filters of the admin's lists by entries of the vocabulary. A code in an address outlives the row's number."""

from functools import lru_cache
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taxonomy.models import Process, Province, Sector
from taxonomy.services import current_version


class CodeFilter(admin.SimpleListFilter):
    """Rows with one entry, as the queryset's own method finds them. A code that is not offered finds nothing."""

    asks: ClassVar[str]
    """Name of the queryset's method; it takes codes."""

    @classmethod
    def entries(cls) -> QuerySet[Any]:
        raise NotImplementedError

    @classmethod
    def code_of(cls, entry: Any) -> str:
        return str(entry.code)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.offered(_version_in(request), get_language() or "vi"))

    @classmethod
    @lru_cache(maxsize=64)
    def offered(cls, _version: int, language: str) -> tuple[tuple[str, str], ...]:
        """Codes and names, read once for each version of the vocabulary."""
        return tuple((cls.code_of(entry), entry.name_in(language)) for entry in cls.entries())

    def codes(self) -> list[str]:
        """What the method is asked for."""
        return [str(self.value())]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        return getattr(queryset, self.asks)(self.codes())


def _version_in(request: Any) -> int:
    """Asked once for all filters of a page."""
    if not hasattr(request, "taxonomy_version"):
        request.taxonomy_version = current_version()
    return int(request.taxonomy_version)


class SectorFilter(CodeFilter):
    title = _("sector")
    parameter_name = "sector"
    asks = "in_sectors"

    @classmethod
    def entries(cls) -> QuerySet[Any]:
        return Sector.objects.order_by("code")


class ProvinceFilter(CodeFilter):
    """By provinces of today."""

    title = _("province")
    parameter_name = "province"
    asks = "in_provinces"

    @classmethod
    def entries(cls) -> QuerySet[Any]:
        return Province.objects.in_force().order_by("code")

    @classmethod
    def code_of(cls, entry: Any) -> str:
        return str(entry.reference)


class ProcessGroupFilter(CodeFilter):
    """By what stands at the top of the processes."""

    title = _("process group")
    parameter_name = "process_group"
    asks = "able_to"

    @classmethod
    def entries(cls) -> QuerySet[Any]:
        return Process.objects.filter(parent=None).order_by("code")
