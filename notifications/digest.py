"""The daily e-mail: all that a reader wants to be told of once a day, in one message."""

from collections.abc import Sequence

from django.core.mail import EmailMultiAlternatives

from notifications.mail import composed, filled, in_short, language_of, link_of, one_line
from notifications.models import Delivery, Event, Notification
from notifications.relay import readers_of
from notifications.topics import TOPICS
from notifications.unsubscribing import EVERY_DAILY, unsubscribe_link

MOST_EVENTS = 100
"""In one message. What is beyond goes into a second one."""


def members_of(first: Delivery) -> list[Delivery]:
    """What else is due for the reader of a claimed delivery, oldest first."""
    waiting = Delivery.objects.due().filter(
        state=Delivery.State.DUE, channel=Delivery.Channel.DIGEST, recipient=first.recipient
    )
    return list(waiting.exclude(pk=first.pk).select_related("event", "recipient").order_by("pk")[: MOST_EVENTS - 1])


def digest_for(rows: Sequence[Delivery]) -> EmailMultiAlternatives | None:
    """The message; None where nothing is left to tell. Its id is the first delivery's.

    Left out is what the reader may no longer be told, what lacks words, and what was read in the product meanwhile.
    """
    first, reader = rows[0], rows[0].reader
    told = _still_to_tell([row.event for row in rows], reader_id=reader.pk)
    if not told:
        return None
    language, end = language_of(reader), unsubscribe_link(reader, EVERY_DAILY)
    items = [(*in_short(event, language), link_of(event)) for event in told]
    context = {"items": items, "count": len(items), "reader": one_line(reader.full_name), "unsubscribe": end}
    subject, text = filled("notifications/{language}/digest.txt", language, context)
    links = {link for *_, link in items}
    return composed(
        to=reader.email,
        subject=subject,
        text=text,
        key=first.public_id,
        links=links,
        unsubscribe=end,
    )


def _still_to_tell(events: Sequence[Event], *, reader_id: int) -> list[Event]:
    read = Notification.objects.filter(recipient=reader_id, event__in=events).exclude(read_at=None)
    already_read = set(read.values_list("event_id", flat=True))
    return [
        event
        for event, readers in readers_of(events).items()
        if reader_id in readers and event.pk not in already_read and not TOPICS[event.topic].missing(event.payload)
    ]
