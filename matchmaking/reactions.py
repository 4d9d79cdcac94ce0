"""What matchmaking does when something happens to requirements and suppliers. Every reaction is safe to repeat."""

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
)
OPENINGS = ("requirement.opened", "requirement.reopened", "requirement.changed")
SUPPLIER_CHANGES = ("supplier.published", "supplier.suspended", "supplier.archived")


def subscribe_to_all() -> None:
    for topic in ENDINGS:
        subscribe(topic, "withdraw connections", withdraw_connections)
    for topic in OPENINGS:
        subscribe(topic, "refresh audience", refresh_audience)
    for topic in SUPPLIER_CHANGES:
        subscribe(topic, "refresh audiences", refresh_audiences)


def withdraw_connections(event_id: str) -> None:  # noqa: ARG001
    """Withdraw the unanswered requests that the end of either side leaves without ground."""
    services.withdraw_groundless_connections()


def refresh_audience(event_id: str) -> None:
    """Let the suppliers that match see the requirement of the event."""
    opened = Event.objects.filter(public_id=event_id).values("subject")
    for requirement_id in Requirement.objects.filter(public_id__in=opened).values_list("pk", flat=True):
        services.refresh_audience(requirement_id=requirement_id)


def refresh_audiences(event_id: str) -> None:  # noqa: ARG001
    """Look anew who matches, for every requirement that is not public."""
    services.refresh_all_audiences()
