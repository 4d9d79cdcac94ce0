"""What happened to a requirement, as far as a reader may know."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.principals import Principal
from buyers.models import Requirement, RequirementVersion
from buyers.visibility import READERS_OF, TOPICS_FOR_SUPPLIERS, Reader, reader_of, shown_to
from notifications.models import Event

MAKES_A_VERSION = frozenset({"requirement.opened", "requirement.changed", "requirement.reopened"})


def events_of(requirement: Requirement, principal: Principal) -> QuerySet[Event]:
    """The events that the reader may know of. A supplier knows nothing from before the opening."""
    events = Event.objects.filter(subject=requirement.public_id).select_related("actor", "actor_organisation")
    if reader_of(requirement, principal) is Reader.OWNER:
        return events
    return events.filter(topic__in=TOPICS_FOR_SUPPLIERS)


def entries_of(requirement: Requirement, events: Iterable[Event], principal: Principal) -> list[dict[str, Any]]:
    """Each event in words for the reader, with what was asked from then on where it changed that. One query."""
    events = list(events)
    reader = reader_of(requirement, principal)
    numbers = {event.payload["content_version"] for event in events if event.topic in MAKES_A_VERSION}
    versions = RequirementVersion.objects.filter(requirement=requirement, number__in=numbers)
    contents = {version.number: shown_to(reader, version.content) for version in versions}
    return [_entry(event, contents, reader, principal) for event in events]


def _entry(event: Event, contents: dict[int, Any], reader: Reader, principal: Principal) -> dict[str, Any]:
    number = event.payload.get("content_version")
    side = event.actor_organisation
    is_colleague = principal.is_staff or (side is not None and side.pk == principal.organisation_id)
    entry = {
        "topic": event.topic,
        "at": event.created_at,
        "acted_for": side.kind if side else None,
        "actor": event.actor.get_full_name() if event.actor and is_colleague else None,
        "content_version": number,
        "content": contents.get(number) if event.topic in MAKES_A_VERSION else None,
    }
    return {**entry, "reason": event.reason} if reader in READERS_OF["state_reason"] else entry
