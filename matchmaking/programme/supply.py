"""The firms' half of the programme's figures: how many, what they do and where, and how many meet the standard."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from django.db.models import Count, Q

from matchmaking import catalogue
from matchmaking.catalogue.facets import size
from matchmaking.catalogue.traits import Kind
from matchmaking.engine.columns import ALWAYS, NEVER
from matchmaking.programme.quarters import Quarter, quarters_from
from suppliers.models import Certificate, Supplier
from taxonomy.models import Entry, Process, Province, Sector

QUARTERS_AHEAD = 6
"""How far the figures look: standards of three years are renewed well before."""


class Standing:
    """Which firms meet the standard on which day, from the certificates that there are.

    Args:
        terms: of each certificate its firm, its first day if that is known, and its last day, if it ends.
    """

    def __init__(self, terms: Sequence[tuple[int, date | None, date | None]]) -> None:
        self._firm = np.array([firm for firm, _first, _last in terms], dtype=np.int64)
        self._first = np.array([first.toordinal() if first else NEVER for _firm, first, _last in terms], dtype=np.int64)
        self._last = np.array([last.toordinal() if last else ALWAYS for _firm, _first, last in terms], dtype=np.int64)

    @classmethod
    def read(cls) -> Self:
        dated = Certificate.objects.counting().filter(Q(never_expires=True) | Q(expires_on__isnull=False))
        return cls(list(dated.order_by("pk").values_list("supplier_id", "valid_from", "expires_on")))

    def firms_on(self, day: date) -> set[int]:
        holds = (self._first <= day.toordinal()) & (self._last >= day.toordinal())
        return set(self._firm[holds].tolist())

    def ending(self, first: date, last: date) -> int:
        """How many certificates have their last day within these days, both included."""
        return int(((self._last >= first.toordinal()) & (self._last <= last.toordinal())).sum())


def share_pct(part: int, whole: int) -> float | None:
    """With one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def firms_figures(day: date) -> dict[str, Any]:
    """Counts, breakdowns and what certificates will end, as `ProgrammeFiguresSerializer` documents them.

    What firms make and where is counted in the catalogue, which is in step with the database.
    """
    standing, crowd = Standing.read(), catalogue.current().crowd
    international = standing.firms_on(day)
    everybody, meeting = crowd.everybody, crowd.among(np.array(sorted(international), dtype=np.int64))
    counts = Supplier.objects.aggregate(
        registered=Count("pk", filter=~Q(state=Supplier.State.ARCHIVED)),
        submitted=Count("pk", filter=Q(state=Supplier.State.SUBMITTED)),
    )
    published = size(everybody)
    share = share_pct(len(international), published)

    def by(kind: Kind, entries: Iterable[Any]) -> list[dict[str, Any]]:
        """Of each entry how many firms have it or one below it, and how many of them meet the standard."""
        having, met = crowd.counts(kind, everybody), crowd.counts(kind, meeting)
        return [_line(named(row, code_of(row)), having.get(row.pk, 0), met.get(row.pk, 0)) for row in entries]

    return {
        "firms": {**counts, "published": published, "international": len(international), "share_pct": share},
        "by_sector": by("sectors", Sector.objects.order_by("code")),
        "by_process_group": by("processes", Process.objects.filter(parent=None).order_by("code")),
        "by_province": by("provinces", provinces_in_force()),
        "expiring": [
            _ending(standing, quarter, day, published) for quarter in quarters_from(day, number=QUARTERS_AHEAD)
        ],
    }


def code_of(entry: Entry) -> str:
    return entry.reference if isinstance(entry, Province) else entry.code


def provinces_in_force() -> list[Province]:
    return list(Province.objects.in_force().order_by("code"))


def group_of_each_process() -> dict[str, str]:
    """The code at the top of each process code."""
    parents = Process.objects.parents()

    def top(code: str) -> str:
        above = parents[code]
        return code if above is None else top(above)

    return {code: top(code) for code in parents}


def named(entry: Entry, code: str) -> dict[str, str]:
    """An entry as figures name it, for good: what it is called later changes nothing."""
    return {"code": code, "name_vi": entry.name_in("vi"), "name_en": entry.name_in("en")}


def _line(name: Mapping[str, str], firms: int, meeting: int) -> dict[str, Any]:
    return {**name, "firms": firms, "international": meeting, "share_pct": share_pct(meeting, firms)}


def _ending(standing: Standing, quarter: Quarter, day: date, published: int) -> dict[str, Any]:
    first, after = max(quarter.first_day, day), quarter.last_day + timedelta(days=1)
    left = len(standing.firms_on(after))
    return {
        "quarter": str(quarter),
        "first_day": first.isoformat(),
        "last_day": quarter.last_day.isoformat(),
        "certificates": standing.ending(first, quarter.last_day),
        "international_after": left,
        "share_pct_after": share_pct(left, published),
    }
