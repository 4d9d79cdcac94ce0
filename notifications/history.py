"""What happened to a thing: each act with who, when and why, and what it changed, newest first. For staff."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from accounts.models import Change
from notifications.changes_shown import ChangesShown, Line
from notifications.models import Event

ACTS_ON_A_PAGE = 50
MOST_CHANGES = 200

Key = UUID | str
"""An act; an event from before acts were kept by its own id."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What was done to a thing in one transaction. Without events where something else than the product wrote."""

    at: datetime
    events: Sequence[Event]
    lines: Sequence[Line]


def changed_by(event: Event) -> list[Line]:
    """All that the act of an event changed, of whatever; at most the first 200 changes of a bulk act."""
    kept = Change.objects.filter(act=event.act).order_by("id")[:MOST_CHANGES] if event.act else []
    return ChangesShown(kept).lines(kept)


def acts_on(subject: str, *, page: Any = 1) -> Page[Act]:
    """One page of what happened to the thing of this public id, and to what belongs to it, in the reader's language.

    Queries: as many for one act as for many.
    """
    moments = _moments(subject)
    found: Page[Any] = Paginator(sorted(moments, key=moments.__getitem__, reverse=True), ACTS_ON_A_PAGE).get_page(page)
    found.object_list = _acts(subject, {key: moments[key] for key in found.object_list})
    return found


def _moments(subject: str) -> dict[Key, datetime]:
    """When each act began that the thing's history tells of."""
    moments: dict[Key, datetime] = {}
    for act, event, at in Event.objects.filter(subject=subject).values_list("act", "public_id", "created_at"):
        moments[act or event] = min(at, moments.get(act or event, at))
    for act, at in Change.objects.filter(subject=subject).values_list("act", "created_at"):
        moments[act] = min(at, moments.get(act, at))
    return moments


def _acts(subject: str, moments: dict[Key, datetime]) -> list[Act]:
    changes: dict[Key, list[Change]] = defaultdict(list)
    kept = Change.objects.filter(subject=subject, act__in=_ids(moments)).order_by("id")
    for change in kept:
        changes[change.act].append(change)
    words = ChangesShown(kept)
    events = _events(subject, list(moments))
    return [Act(at=at, events=events[key], lines=words.lines(changes[key])) for key, at in moments.items()]


def _events(subject: str, keys: list[Key]) -> dict[Key, list[Event]]:
    """Those of the thing itself; of an act that tells of others only, its first."""
    events: dict[Key, list[Event]] = defaultdict(list)
    told = Event.objects.select_related("actor", "actor_organisation")
    own = Q(act__in=_ids(keys)) | Q(act=None, public_id__in=[key for key in keys if isinstance(key, str)])
    _collect(events, told.filter(own, subject=subject).order_by("id"))
    silent = [act for act in _ids(keys) if act not in events]
    _collect(events, told.filter(act__in=silent).order_by("act", "id").distinct("act"))
    return events


def _collect(events: dict[Key, list[Event]], found: QuerySet[Event]) -> None:
    for event in found:
        events[event.act or event.public_id].append(event)


def _ids(keys: Any) -> list[UUID]:
    return [key for key in keys if isinstance(key, UUID)]
