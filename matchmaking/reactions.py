"""What matchmaking does when something happens to requirements and suppliers. Every reaction is safe to repeat."""

from typing import Any

from buyers.models import Requirement
from matchmaking import services
from notifications.models import Event
from notifications.subscriptions import subscribe

ENDINGS = (
    "requirement.withdrawn",
    "requirement.awarded",
    "requirement.closed",
    "requirement.expired",
    "supplier.suspended",
    "supplier.archived",
    "supplier.unmerged",
)
OPENINGS = ("requirement.opened", "requirement.reopened", "requirement.changed")
BUYERS_ENDINGS = ("requirement.withdrawn", "requirement.awarded", "requirement.closed")
REVISIONS = ("requirement.changed", "requirement.attachment_added", "requirement.attachment_removed")
MERGES = ("supplier.merged", "supplier.unmerged")
DEPARTURES = ("supplier.suspended", "supplier.archived")
REVIEWS = ("supplier.published", "evidence.checked", "certificate.checked", "certificate.rejected", *MERGES)


def subscribe_to_all() -> None:
    for topic in ENDINGS:
        subscribe(topic, "withdraw connections", withdraw_connections)
    for topic in OPENINGS:
        subscribe(topic, "refresh audience", refresh_audience)
    for topic in BUYERS_ENDINGS:
        subscribe(topic, "tell of end", tell_of_end)
    for topic in REVISIONS:
        subscribe(topic, "note change", note_change)
    for topic in MERGES:
        subscribe(topic, "move doors", move_doors)
    for topic in (*DEPARTURES, *REVIEWS):
        subscribe(topic, "refresh audiences", refresh_audiences)


def close_audiences(*, event: Event, **signal: Any) -> None:  # noqa: ARG001
    """Let a supplier that is no longer shown see at once nothing more that only matches may."""
    if event.topic in DEPARTURES:
        services.close_audiences(supplier_id=event.subject)


def withdraw_connections(event_id: str) -> None:  # noqa: ARG001
    """Withdraw the unanswered requests that the end of either side leaves without ground."""
    services.withdraw_groundless_connections()


def move_doors(event_id: str) -> None:
    """Open to both firms of the event what their connections open now, and nothing else."""
    event = Event.objects.get(public_id=event_id)
    for supplier_id in (event.subject, event.payload["other"]):
        services.move_doors(supplier_id=supplier_id)


def tell_of_end(event_id: str) -> None:
    """Tell the suppliers with whom the buyer is under way that the requirement of the event has ended."""
    services.tell_of_end(event_id=event_id)


def note_change(event_id: str) -> None:
    """Have the suppliers that talk about the requirement of the event told that it has changed."""
    services.note_change(event_id=event_id)


def refresh_audience(event_id: str) -> None:
    """Let the suppliers that match see the requirement of the event."""
    opened = Event.objects.filter(public_id=event_id).values("subject")
    for requirement_id in Requirement.objects.filter(public_id__in=opened).values_list("pk", flat=True):
        services.refresh_audience(requirement_id=requirement_id)


def refresh_audiences(event_id: str) -> None:  # noqa: ARG001
    """Look anew who matches, for every requirement that is not public."""
    services.refresh_all_audiences()
