"""All open requirements against all published suppliers, in ranges that any number of workers share."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from buyers.content import content_of
from buyers.models import Requirement
from matchmaking import catalogue
from matchmaking.engine.ranking import ELIGIBILITIES
from matchmaking.engine.score import rounded
from matchmaking.models import LeadingMatch, MatchSummary
from matchmaking.services.matches import Match, Wanted, match_in
from matchmaking.services.ranges import Range, ranges_of
from suppliers.models import Supplier

IN_A_RANGE = 25
"""So many requirements a worker takes at once: few enough to share them evenly, a second's work at 100,000 firms."""
LEADING = Wanted(eligibility=tuple(LeadingMatch.Eligibility.values), top=20)
LINE = ("summary_id", "rank", "supplier_id", "eligibility", "score", "potential")
COUNTS = ("eligible", "unconfirmed", "near_miss")


def ranges_to_summarise() -> list[Range]:
    """Of all open requirements."""
    return ranges_of(Requirement.objects.filter(state=Requirement.State.OPEN), size=IN_A_RANGE)


def summarise_matches(*, first: int, last: int) -> int:
    """Rank all published suppliers for the open requirements of a range, and keep how many there are of each
    eligibility and the first 20. Returns how many requirements there were. Safe to repeat, also at the same time.
    """
    snapshot = catalogue.current()
    rows = Requirement.objects.with_content().filter(state=Requirement.State.OPEN, pk__range=(first, last))
    found = [(row, match_in(snapshot, content_of(row), LEADING)) for row in rows.order_by("pk")]
    with transaction.atomic():
        _write(found)
    return len(found)


def forget_ended_summaries() -> None:
    """Remove those of requirements that are no longer open."""
    MatchSummary.objects.exclude(requirement__state=Requirement.State.OPEN).delete()


def _write(found: Sequence[tuple[Requirement, Match]]) -> None:
    MatchSummary.objects.bulk_create(
        (_summary(row, match) for row, match in found),
        update_conflicts=True,
        unique_fields=["requirement"],
        update_fields=["requirement_version", "as_of", *COUNTS, "summarised_at"],
    )
    # Whoever writes the same summaries at the same time waits above, and then replaces what of these lines differs.
    summaries = dict(
        MatchSummary.objects.filter(requirement__in=[row for row, _ in found]).values_list("requirement", "pk")
    )
    names = {supplier for _, match in found for supplier in match.supplier_ids}
    suppliers = dict(Supplier.objects.filter(public_id__in=names).values_list("public_id", "pk"))
    lines = {line for row, match in found for line in _leading(summaries[row.pk], match, suppliers)}
    stored = {
        tuple(line): pk
        for pk, *line in LeadingMatch.objects.filter(summary__in=summaries.values()).values_list("pk", *LINE)
    }
    LeadingMatch.objects.filter(pk__in=[stored[line] for line in stored.keys() - lines]).delete()
    LeadingMatch.objects.bulk_create(
        LeadingMatch(**dict(zip(LINE, line, strict=True))) for line in sorted(lines - stored.keys())
    )


def _summary(row: Requirement, match: Match) -> MatchSummary:
    return MatchSummary(
        requirement=row,
        requirement_version=row.content_version,
        as_of=match.snapshot.as_of,
        summarised_at=timezone.now(),
        **match.ranking.counts,
    )


def _leading(summary: int, match: Match, suppliers: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """The columns of each line."""
    ranking = match.ranking
    for position, supplier in zip(match.positions, match.supplier_ids, strict=True):
        if supplier in suppliers:
            eligibility = ELIGIBILITIES[ranking.eligibility[position]]
            figures = rounded(ranking.score[position]), rounded(ranking.potential[position])
            yield summary, ranking.rank_of(position), suppliers[supplier], eligibility, *figures
