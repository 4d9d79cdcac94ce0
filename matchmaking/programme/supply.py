"""The firms' half of the programme's figures: how many, what they do and where, and how many meet the standard."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db.models import Count, Q

from matchmaking.programme.quarters import Quarter, quarters_from
from suppliers.models import Certificate, Supplier
from taxonomy.models import Entry, Process, Province, Sector

QUARTERS_AHEAD = 6
"""How far the figures look: standards of three years are renewed well before."""


@dataclass(frozen=True)
class Term:
    """When a certificate puts its firm at international standard; `last` is None where it never ends."""

    supplier_id: int
    first: date | None
    last: date | None

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or self.last >= day)


class Standing:
    """Which firms meet the standard on which day, from the certificates that there are."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms

    @classmethod
    def read(cls) -> Self:
        dated = Certificate.objects.counting().filter(Q(never_expires=True) | Q(expires_on__isnull=False))
        rows = dated.order_by("pk").values_list("supplier_id", "valid_from", "expires_on")
        return cls([Term(*row) for row in rows])

    def firms_on(self, day: date) -> set[int]:
        return {term.supplier_id for term in self.terms if term.holds_on(day)}

    def ending(self, first: date, last: date) -> int:
        """How many certificates have their last day within these days, both included."""
        return sum(1 for term in self.terms if term.last is not None and first <= term.last <= last)


def share_pct(part: int, whole: int) -> float | None:
    """With one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


@dataclass(frozen=True)
class Firm:
    """A published firm and the codes by which figures break down."""

    pk: int
    sectors: Collection[str]
    groups: Collection[str]
    provinces: Collection[str]


def published_firms() -> list[Firm]:
    groups = group_of_each_process()
    lists = ("search__sector_codes", "search__process_codes", "search__province_references")
    rows = Supplier.objects.published().order_by("pk").values_list("pk", *lists)
    return [
        Firm(pk, sectors or (), {groups[code] for code in processes or ()}, provinces or ())
        for pk, sectors, processes, provinces in rows
    ]


def firms_figures(day: date) -> dict[str, Any]:
    """Counts, breakdowns and what certificates will end, as `ProgrammeFiguresSerializer` documents them."""
    standing, firms = Standing.read(), published_firms()
    international = standing.firms_on(day)
    counts = Supplier.objects.aggregate(
        registered=Count("pk", filter=~Q(state=Supplier.State.ARCHIVED)),
        submitted=Count("pk", filter=Q(state=Supplier.State.SUBMITTED)),
    )
    share = share_pct(len(international), len(firms))

    def by(entries: Iterable[dict[str, str]], codes: Callable[[Firm], Collection[str]]) -> list[dict[str, Any]]:
        """Of each entry how many firms have it, and how many of them meet the standard."""
        having = Counter(code for firm in firms for code in codes(firm))
        meeting = Counter(code for firm in firms if firm.pk in international for code in codes(firm))
        return [_line(entry, having[entry["code"]], meeting[entry["code"]]) for entry in entries]

    sectors, groups = Sector.objects.order_by("code"), Process.objects.filter(parent=None).order_by("code")
    return {
        "firms": {**counts, "published": len(firms), "international": len(international), "share_pct": share},
        "by_sector": by([named(row, row.code) for row in sectors], lambda firm: firm.sectors),
        "by_process_group": by([named(row, row.code) for row in groups], lambda firm: firm.groups),
        "by_province": by([named(row, row.reference) for row in provinces_in_force()], lambda firm: firm.provinces),
        "expiring": [
            _ending(standing, quarter, day, len(firms)) for quarter in quarters_from(day, number=QUARTERS_AHEAD)
        ],
    }


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
