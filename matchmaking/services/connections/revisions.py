"""A buyer changes what it asks, or its drawings: suppliers that talk with it about that are told, once for all that
happens within some minutes. They are also told when it ends, though what both sides have agreed to goes on."""

from django.db import transaction

from accounts.principals import ANONYMOUS
from buyers.models import Requirement, RequirementVersion
from buyers.visibility import Reader, shown_to
from matchmaking.models import Connection
from matchmaking.services.connections.sides import Side
from matchmaking.services.connections.telling import tell
from matchmaking.services.connections.time import each_in_turn
from notifications.models import Event

SUPPLIERS = (Reader.SUPPLIER, Reader.STRANGER)


def note_change(*, event_id: str) -> None:
    """Note, where it is to be told, that a requirement or its files have changed. Safe to repeat.

    Args:
        event_id: public id of the event that tells of it.
    """
    event = Event.objects.get(public_id=event_id)
    readers = _who_reads_otherwise(event)
    requirement = Requirement.objects.filter(public_id=event.subject).first()
    if requirement is None or not readers:
        return
    talking = Connection.objects.filter(requirement=requirement, created_at__lt=event.created_at)
    if requirement.hides_buyer and Reader.STRANGER not in readers:
        talking = talking.filter(state__in=Connection.ENGAGED, decided_at__lt=event.created_at)
    untold = talking.filter(state__in=Connection.TALKING, requirement_changed_at=None)
    untold.update(requirement_changed_at=event.created_at)


def tell_of_changed_requirements() -> int:
    """Tell suppliers what was noted some minutes ago. Returns how many. Safe at any time."""
    return each_in_turn(Connection.objects.unaware(), _tell)


@transaction.atomic
def tell_of_end(*, event_id: str) -> None:
    """Tell the suppliers with whom the buyer is under way that the requirement has ended. Safe to repeat.

    Args:
        event_id: public id of the event that tells of it.
    """
    event = Event.objects.get(public_id=event_id)
    rows = Connection.objects.filter(requirement__public_id=event.subject, state__in=Connection.UNDER_WAY)
    for connection in rows.with_both_sides().order_by("pk"):
        tell(
            "connection.requirement_ended",
            connection,
            by=ANONYMOUS,
            to=[Side.SUPPLIER],
            fact=f"connection.requirement_ended {connection.public_id} {event.public_id}",
            requirement_state=connection.requirement.state,
        )


def _who_reads_otherwise(event: Event) -> list[Reader]:
    """The suppliers to whom something reads differently since. Of files only who may know the buyer knows."""
    if event.topic != "requirement.changed":
        return [Reader.SUPPLIER]
    number = event.payload["content_version"]
    versions = RequirementVersion.objects.filter(requirement__public_id=event.subject, number__in=(number - 1, number))
    contents = dict(versions.values_list("number", "content"))
    before, since = contents.get(number - 1, {}), contents.get(number, {})
    return [reader for reader in SUPPLIERS if shown_to(reader, before) != shown_to(reader, since)]


def _tell(connection: Connection) -> None:
    """No new version: what either side reads of the connection stays the same."""
    connection.requirement_changed_at = None
    connection.save(update_fields=["requirement_changed_at"])
    if connection.standing() in Connection.TALKING:
        tell("connection.requirement_changed", connection, by=ANONYMOUS, to=[Side.SUPPLIER])
