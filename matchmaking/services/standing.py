"""Keeping the matches of open requirements up to date in the background, whichever side changes."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, QuerySet, Value
from django.utils import timezone

from buyers.content import content_of
from buyers.models import Requirement, RequirementQuerySet
from jobs.working import work_off
from matchmaking import catalogue
from matchmaking.engine.score import rounded
from matchmaking.models import MatchNote, MatchPair, MatchPairQuerySet
from matchmaking.services.matches import Wanted, match_in
from matchmaking.services.opportunities import matches_of_supplier
from suppliers.models import Supplier

LEASE = timedelta(seconds=30)
WITHIN = timedelta(seconds=10)
"""For which a worker looks at notes before it lets other work go first."""
MOST_PAIRS = 5000
"""Of a requirement, the best of them."""
LOCKED_AT_ONCE = 200
LOCK = 7_106_221
"""Class of the advisory locks under which pairs of a requirement are written."""
ELIGIBLE = "eligible"

Side = MatchPair.Side
Pair = tuple[int, int]
"""Row ids of a requirement and a supplier."""


def update_matches() -> int:
    """Find anew the matches of what changed. Safe to repeat, and to run side by side. Returns how many were looked at.

    A note is let go only when all its pairs are stored: whoever ends before leaves it to the next worker.
    """
    return work_off(MatchNote.objects.all(), _look_at, lease=LEASE, within=WITHIN)


def look_at_open_requirements_anew() -> None:
    """Have all matches found anew: a new day ages evidence and begins or ends certificates, which changes no row."""
    MatchNote.objects.add_open_requirements()


def _look_at(note: MatchNote) -> None:
    if note.thing == MatchNote.Thing.REQUIREMENT:
        _match_requirement(note.thing_id)
    else:
        _match_supplier(note.thing_id)
    MatchNote.objects.settle(note)


def _match_requirement(requirement_id: int) -> None:
    """All pairs of a requirement; none where it is not open, or wants none."""
    catalogue.current()  # outside the transaction, so that the process keeps what it reads
    with transaction.atomic():
        _lock([requirement_id])
        requirement = _standing().with_content().filter(pk=requirement_id).first()
        for side in Side:
            found = _suppliers_of(requirement, side) if requirement else {}
            _store(MatchPair.objects.filter(requirement=requirement_id), side, found)


def _match_supplier(supplier_id: int) -> None:
    """All pairs of a supplier. What it gains, keeps with another score or loses is found first, and then once more
    under the locks of these requirements, so that what is stored rests on the newest facts of both sides."""
    supplier = Supplier.objects.filter(pk=supplier_id).first()
    if supplier is None:
        return
    pairs = MatchPair.objects.filter(supplier=supplier)
    for side in Side:
        found = _requirements_of(supplier, side, _standing())
        changed = sorted({requirement for requirement, _ in _differences(pairs, side, found)})
        for start in range(0, len(changed), LOCKED_AT_ONCE):
            some = changed[start : start + LOCKED_AT_ONCE]
            with transaction.atomic():
                _lock(some)
                found = _requirements_of(supplier, side, _standing().filter(pk__in=some))
                _store(pairs.filter(requirement__in=some), side, found)


def _standing() -> RequirementQuerySet:
    """Requirements of whose matches somebody is told."""
    return Requirement.objects.filter(state=Requirement.State.OPEN, alert_min_score__isnull=False)


def _suppliers_of(requirement: Requirement, side: str) -> dict[Pair, float]:
    """Scores of the eligible suppliers that reach the threshold, as that side may know them."""
    content = content_of(requirement)
    if side == Side.SUPPLIER and requirement.hides_buyer:
        content = content.without_place()
    match = match_in(catalogue.current(), content, Wanted(eligibility=(ELIGIBLE,), top=MOST_PAIRS))
    score_of = {
        supplier: rounded(match.ranking.score[position])
        for supplier, position in zip(match.supplier_ids, match.positions, strict=True)
    }
    keys = Supplier.objects.filter(public_id__in=score_of).values_list("pk", "public_id")
    found = {(requirement.pk, pk): score_of[public_id] for pk, public_id in keys}
    least = requirement.alert_min_score or 0.0
    return {pair: score for pair, score in found.items() if score >= least}


def _requirements_of(supplier: Supplier, side: str, among: "QuerySet[Requirement]") -> dict[Pair, float]:
    """The same from the other side: the very numbers that `_suppliers_of` finds."""
    if side == Side.SUPPLIER:
        among = among.annotate(knows_buyer=Value(value=False, output_field=BooleanField()))
    lines = matches_of_supplier(supplier.public_id, among, eligibility=(ELIGIBLE,))
    least = dict(among.filter(pk__in=[line.requirement for line in lines]).values_list("pk", "alert_min_score"))
    return {
        (line.requirement, supplier.pk): line.score
        for line in lines
        if (wanted := least.get(line.requirement)) is not None and line.score >= wanted
    }


def _differences(pairs: MatchPairQuerySet, side: str, found: Mapping[Pair, float]) -> set[Pair]:
    stored = {(pair.requirement_id, pair.supplier_id): pair.score for pair in pairs.current().filter(side=side)}
    return {pair for pair in stored.keys() | found.keys() if stored.get(pair) != found.get(pair)}


def _store(pairs: MatchPairQuerySet, side: str, found: Mapping[Pair, float]) -> None:
    """Let the current pairs among these be exactly those found. When each was told of stays as it is."""
    now = timezone.now()
    stored = {(pair.requirement_id, pair.supplier_id): pair for pair in pairs.filter(side=side)}
    gone = [pair.pk for key, pair in stored.items() if pair.left_at is None and key not in found]
    MatchPair.objects.filter(pk__in=gone).update(left_at=now)
    MatchPair.objects.bulk_create(
        _changed(stored, side, found, now),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["requirement", "supplier", "side"],
        update_fields=["score", "since", "left_at"],
    )


def _changed(stored: Mapping[Pair, MatchPair], side: str, found: Mapping[Pair, float], now: Any) -> Iterable[MatchPair]:
    for (requirement_id, supplier_id), score in sorted(found.items()):
        known = stored.get((requirement_id, supplier_id))
        if known is None or known.score != score or known.left_at is not None:
            since = known.since if known and known.left_at is None else now
            yield MatchPair(requirement_id=requirement_id, supplier_id=supplier_id, side=side, score=score, since=since)


def _lock(requirement_ids: list[int]) -> None:
    """Until the transaction ends nobody else writes pairs of these requirements; given in rising order, so that two
    workers cannot wait for each other in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) WITH ORDINALITY AS given (id, place)"
            " ORDER BY place",
            [LOCK, requirement_ids],
        )
