"""Requirements in the admin, with what became of them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyers.admin import RequirementAdmin
from buyers.models import Requirement
from matchmaking.programme.demand import STAGES, lately_opened, reached, unserved
from matchmaking.programme.shown import STAGE_NAMES


class ReachedFilter(admin.SimpleListFilter):
    """How far requirements have come that were opened within a year."""

    title = _("opened within a year")
    parameter_name = "reached"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(stage, STAGE_NAMES[stage]) for stage in STAGES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in STAGES:
            return queryset
        lately = lately_opened(timezone.localdate())
        return queryset.filter(pk__in=lately.filter(reached(str(self.value()))).values("pk"))


class UnservedFilter(admin.SimpleListFilter):
    """What nobody in the country seems able to make: where the programme may look for firms, or develop them."""

    title = _("supply")
    parameter_name = "supply"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Nobody is eligible")), ("unknown", _("Not yet looked at"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "none":
            return queryset.filter(unserved())
        if self.value() == "unknown":
            return queryset.filter(state=Requirement.State.OPEN, match_summary=None)
        return queryset


class RequirementInProgrammeAdmin(RequirementAdmin):
    """The page of `buyers`, with lists by what matchmaking knows."""

    list_filter = (*RequirementAdmin.list_filter, ReachedFilter, UnservedFilter)
