"""The buyers' half of the programme's figures: what became of requirements, and for which nobody is eligible."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from buyers.models import Operation, Requirement, RequirementQuerySet
from matchmaking.models import Connection, MatchPair
from matchmaking.programme.supply import group_of_each_process, named
from taxonomy.models import Process, Province, Standard

FUNNEL_DAYS = 365
"""The funnel follows what was opened within so many days."""
STAGES = ("opened", "matched", "connected", "contracted")
"""Each holds the ones after it."""
Line = dict[str, Any]


def lately_opened(day: date) -> RequirementQuerySet:
    """Requirements that were opened within a year before the day, whatever became of them."""
    since = datetime.combine(day - timedelta(days=FUNNEL_DAYS), time.min, timezone.get_current_timezone())
    return Requirement.objects.exclude(state=Requirement.State.DRAFT).filter(opened_at__gte=since)


def reached(stage: str) -> Q:
    """Requirements that came so far: matched, some supplier was eligible; connected, a buyer and a supplier agreed to
    talk; contracted, a contract came of it."""
    talks = Connection.objects.filter(requirement=OuterRef("pk"))
    contracted = Q(Exists(talks.filter(state=Connection.State.CONTRACT)))
    connected = Q(Exists(talks.filter(state__in=Connection.OPENED)))
    eligible = Q(match_summary__eligible__gt=0) | Q(Exists(MatchPair.objects.filter(requirement=OuterRef("pk"))))
    return {"opened": Q(), "matched": eligible | connected, "connected": connected, "contracted": contracted}[stage]


def unserved() -> Q:
    """Open requirements for which nobody was eligible when they were last looked at."""
    return Q(state=Requirement.State.OPEN, match_summary__eligible=0)


def demand_figures(day: date) -> dict[str, Any]:
    """Funnel and unmet demand, as `ProgrammeFiguresSerializer` documents them."""
    counts = {stage: Count("pk", filter=reached(stage), distinct=True) for stage in STAGES[1:]}
    opened = lately_opened(day)
    rows = Requirement.objects.filter(state=Requirement.State.OPEN)
    eligible: dict[int, int | None] = dict(rows.order_by("pk").values_list("pk", "match_summary__eligible"))
    return {
        "funnel": {
            "since": (day - timedelta(days=FUNNEL_DAYS)).isoformat(),
            **opened.aggregate(opened=Count("pk"), **counts),
        },
        "requirements": {
            "open": len(eligible),
            "unserved": sum(found == 0 for found in eligible.values()),
            "not_yet_matched": sum(found is None for found in eligible.values()),
        },
        "unmet": _unmet(eligible),
    }


def requirements_by_province() -> dict[str, int]:
    """Open requirements by the reference of the province in force to which they are delivered."""
    placed = Requirement.objects.filter(state=Requirement.State.OPEN).with_province()
    counted = Counter(placed.values_list(F("province_today"), flat=True))
    return {row.reference: counted[row.pk] for row in Province.objects.in_force()}


def _unmet(eligible: Mapping[int, int | None]) -> list[Line]:
    """By process group and required standard: open requirements, and those without an eligible supplier. One that asks
    for several of either counts for each."""
    groups, standards = _groups_asked(), _standards_asked()
    asked, unmet = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for pk, found in eligible.items():
        cells = [(group, code) for group in groups.get(pk, ()) for code in standards.get(pk, ("",))]
        asked.update(cells)
        unmet.update(cells if found == 0 else ())
    names = {row.code: named(row, row.code) for row in Process.objects.filter(parent=None)}
    titles = {row.code: named(row, row.code) for row in Standard.objects.all()}
    ordered = sorted(unmet, key=lambda cell: (-unmet[cell], cell))
    return [
        {
            "process_group": names[group],
            "standard": titles.get(code),
            "requirements": asked[group, code],
            "unserved": unmet[group, code],
        }
        for group, code in ordered
    ]


def _groups_asked() -> dict[int, set[str]]:
    """Of each open requirement the groups of its operations."""
    top = group_of_each_process()
    found: dict[int, set[str]] = {}
    steps = Operation.objects.filter(requirement__state=Requirement.State.OPEN)
    for pk, code in steps.values_list("requirement", "process__code"):
        found.setdefault(pk, set()).add(top[code])
    return found


def _standards_asked() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    links = Requirement.standards_required.through.objects.filter(requirement__state=Requirement.State.OPEN)
    for pk, code in links.values_list("requirement", "standard__code"):
        found.setdefault(pk, set()).add(code)
    return found
