"""Telling the owners of saved searches what is new: once, and only what they may see at that moment."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership
from accounts.principals import ANONYMOUS, Principal
from buyers.models import Requirement
from config.errors import DomainError
from matchmaking.errors import SearchTooWideError
from matchmaking.models import SavedSearch, SearchFinding, SearchNote
from matchmaking.services.searching import THING_OF, Kind, Thing, news, with_names
from notifications.services import publish
from suppliers.models import Supplier

MOST_KNOWN = 5000
"""A search that finds more than this cannot have alerts: what is known to it would fill the database."""
NOTES_AT_ONCE = 5000
SWEEP_EVERY = timedelta(days=1)
DIGEST_HOUR = 7
"""From this hour on, in Vietnam, the day's digest goes out."""
NAMED = 10
"""Names in one message; the rest is only counted."""

Alert = SavedSearch.Alert
log = structlog.get_logger(__name__)


def know_what_exists(search: SavedSearch, *, by: Principal) -> None:
    """Take all that is found now as known, so that alerts tell of what comes after.

    Raises:
        SearchTooWideError: it finds more than `MOST_KNOWN`.
    """
    search.findings.all().delete()
    if search.alert == Alert.OFF:
        return
    found = news(search, by=by)
    if len(found) > MOST_KNOWN:
        raise SearchTooWideError(limit=MOST_KNOWN, found=len(found))
    _write(search, found, is_told=True)
    SavedSearch.objects.filter(pk=search.pk).update(swept_at=timezone.now())


def look_at_changes(*, within: timedelta = timedelta(minutes=3)) -> None:
    """Look at what changed, with every search that has alerts. Safe to repeat, and to run side by side.

    Notes are deleted only when every search has looked: whoever ends before leaves them to the next run.
    """
    started = monotonic()
    while monotonic() - started < within.total_seconds():
        notes = list(SearchNote.objects.order_by("pk")[:NOTES_AT_ONCE])
        if not notes:
            return
        for thing in Thing:
            changed = {note.thing_id for note in notes if note.thing == thing}
            if changed:
                _look_at(changed, thing)
        SearchNote.objects.filter(pk__in=[note.pk for note in notes]).delete()


def sweep_searches(*, within: timedelta = timedelta(minutes=3)) -> None:
    """Look through all results of the searches whose turn it is, once a day.

    It finds what no change of a row tells of: a new day, a renamed firm, a change of the vocabulary or of rights.
    """
    started = monotonic()
    waiting = SavedSearch.objects.alerting().filter(Q(swept_at=None) | Q(swept_at__lt=timezone.now() - SWEEP_EVERY))
    for search in waiting.with_owner().order_by("swept_at", "pk").iterator(chunk_size=100):
        if monotonic() - started > within.total_seconds():
            return
        _look(search, among=None)
        SavedSearch.objects.filter(pk=search.pk).update(swept_at=timezone.now())


def send_digests(*, at: datetime | None = None) -> None:
    """Tell those who want to hear once a day of everything that was found for them since, in one message each."""
    now = timezone.localtime(at)
    today_at = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if now < today_at:
        return
    not_told_today = Q(told_at=None) | Q(told_at__lt=today_at)
    daily = SavedSearch.objects.alerting().filter(not_told_today, alert=Alert.DAILY, findings__is_told=False)
    for membership_id in list(daily.order_by().values_list("membership", flat=True).distinct()):
        _send_digest(membership_id, told_before=today_at)


def _look_at(changed: Collection[int], thing: Thing) -> None:
    kinds = [kind for kind, found in THING_OF.items() if found == thing]
    searches = SavedSearch.objects.alerting().filter(kind__in=kinds).with_owner().order_by("pk")
    for search in searches.iterator(chunk_size=100):
        _look(search, among=changed)


def _look(search: SavedSearch, *, among: Collection[int] | None) -> None:
    """Find what is new for one search and tell of it; what is wrong with it must not keep the others waiting."""
    try:
        found = news(search, by=Principal.of_member(search.membership), among=among)
        if found:
            _take_down(search, found)
    except DomainError as refusal:
        log.warning("search_not_valid", search=search.public_id, error=str(refusal))


@transaction.atomic
def _take_down(search: SavedSearch, found: set[int]) -> None:
    """Store what is new and, where the owner wants to hear at once, tell of it in the same transaction.

    Under the search's lock nobody finds the same beside us. If it was changed meanwhile, all has been found anew.
    """
    held = SavedSearch.objects.alerting().select_for_update(of=("self",), no_key=True)
    if held.filter(pk=search.pk, version=search.version).first() is None:
        return
    known = search.findings.filter(thing_id__in=found).values_list("thing_id", flat=True)
    fresh = found - set(known)
    at_once = search.alert == Alert.AT_ONCE
    _write(search, fresh, is_told=at_once)
    if fresh and at_once:
        payload = _payload(search, fresh)
        words = {"search_name": search.name, "count": payload["count"], "names": payload["names"]}
        _tell("saved_search.matched", search.membership, subject=search, payload={**words, "found": payload["found"]})
        SavedSearch.objects.filter(pk=search.pk).update(told_at=timezone.now())


@transaction.atomic
def _send_digest(membership_id: int, *, told_before: datetime) -> None:
    rows = SavedSearch.objects.alerting().filter(membership=membership_id, alert=Alert.DAILY).with_owner()
    searches = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    untold = SearchFinding.objects.filter(search__in=searches, is_told=False).order_by("search", "thing_id")
    found = {key: {row.thing_id for row in rows} for key, rows in groupby(untold, key=lambda row: row.search_id)}
    news_of = [_payload(search, _still_there(search, found[search.pk])) for search in searches if search.pk in found]
    if not news_of or any(search.told_at and search.told_at >= told_before for search in searches):
        return
    told = [payload for payload in news_of if payload["count"]]
    if told:
        membership = searches[0].membership
        payload = {"lines": [_line(each) for each in told], "searches": told}
        _tell("saved_search.digest", membership, subject=membership, payload=payload)
    SearchFinding.objects.filter(search__in=searches, is_told=False).update(is_told=True)
    SavedSearch.objects.filter(pk__in=[search.pk for search in searches]).update(told_at=timezone.now())


def _still_there(search: SavedSearch, found: set[int]) -> set[int]:
    """What of it the owner may see now: a night has passed since it was found."""
    reader = Principal.of_member(search.membership)
    rows: Any = _rows_of(search).visible_to(reader)
    return set(rows.filter(pk__in=found).values_list("pk", flat=True))


def _rows_of(search: SavedSearch) -> Any:
    return Supplier.objects if THING_OF[Kind(search.kind)] == Thing.SUPPLIER else Requirement.objects


def _payload(search: SavedSearch, found: Collection[int]) -> dict[str, Any]:
    shown = list(with_names(_rows_of(search).filter(pk__in=found)).order_by("pk")[:NAMED])
    return {
        "search": search.public_id,
        "search_name": search.name,
        "count": len(found),
        "names": [str(row) for row in shown],
        "found": [row.public_id for row in shown],
    }


def _line(payload: Mapping[str, Any]) -> str:
    """One search of a digest, in signs that need no translation."""
    more = ", …" if payload["count"] > len(payload["names"]) else ""
    return f"{payload['search_name']} ({payload['count']}): {', '.join(payload['names'])}{more}"


def _tell(topic: str, owner: Membership, *, subject: Any, payload: dict[str, Any]) -> None:
    publish(
        topic,
        subject=subject,
        actor=ANONYMOUS,
        audience=[owner.organisation_id],
        people=[owner.user_id],
        payload=payload,
    )


def _write(search: SavedSearch, found: Iterable[int], *, is_told: bool) -> None:
    rows = (SearchFinding(search=search, thing_id=thing_id, is_told=is_told) for thing_id in sorted(found))
    SearchFinding.objects.bulk_create(rows, batch_size=1000)
