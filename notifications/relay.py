"""From events to what is done about them: one delivery per reader and channel, one reaction per subscriber."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from structlog.contextvars import bound_contextvars

from accounts.models import Membership, User
from jobs.models import DueRow
from jobs.working import work_off
from notifications.models import Delivery, Event, Reaction
from notifications.subscriptions import handler_of, subscribers_of
from notifications.topics import TOPICS

BATCH = 200


def fan_out_all() -> bool:
    """Fan out every due event. True where subscribers have something to react to now."""
    called_for = False
    while events := fan_out():
        called_for = called_for or any(subscribers_of(event.topic) for event in events)
    return called_for


@transaction.atomic
def fan_out(limit: int = BATCH) -> list[Event]:
    """Write the deliveries and reactions of up to `limit` due events.

    Claim, rows and mark commit together: where the worker is killed the events are due again at once, without waiting
    for a lease. What an earlier run has written stays as it is.
    """
    events = Event.objects.claim(lease=timedelta(minutes=1), limit=limit)
    deliveries = [
        Delivery(event=event, recipient_id=reader, channel=Delivery.Channel.EMAIL)
        for event, readers in readers_of(events).items()
        for reader in sorted(readers)
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    Reaction.objects.bulk_create(_reactions(events), ignore_conflicts=True)
    Event.objects.filter(pk__in=[event.pk for event in events]).update(state=DueRow.State.DONE, lease_until=None)
    return events


def react_to_due() -> None:
    """Call the subscribers for whom reactions are due."""
    work_off(Reaction.objects.select_related("event"), _react, lease=settings.REACTION_LEASE)


def readers_of(events: Iterable[Event]) -> dict[Event, set[int]]:
    """Ids of the active users who are to be told of each event: the audience's members and the named people.

    Of a personal topic only those who are both. Whoever did it is not told, and of topics without a message nobody is.
    """
    mailed = [event for event in events if event.topic in TOPICS]
    members = _active_members({pk for event in mailed for pk in event.audience})
    active = User.objects.filter(pk__in={pk for event in mailed for pk in event.people}, is_active=True)
    people = set(active.values_list("pk", flat=True)) if any(event.people for event in mailed) else set()
    return {event: _told(event, members, people) for event in mailed}


def _told(event: Event, members: dict[int, list[tuple[int, str]]], people: set[int]) -> set[int]:
    topic = TOPICS[event.topic]
    of_audience = {user for pk in event.audience for user, kind in members[pk] if topic.to in ("", kind)}
    named = people.intersection(event.people)
    told = of_audience & named if topic.is_personal else of_audience | named
    return told if event.actor_id is None or topic.tells_actor else told - {event.actor_id}


def _active_members(organisations: set[int]) -> defaultdict[int, list[tuple[int, str]]]:
    """User id and kind of organisation, by organisation."""
    members: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    active = Membership.objects.filter(organisation_id__in=organisations, user__is_active=True)
    for organisation, user, kind in active.values_list("organisation_id", "user_id", "organisation__kind"):
        members[organisation].append((user, kind))
    return members


def _reactions(events: Iterable[Event]) -> Iterator[Reaction]:
    for event in events:
        for subscriber in subscribers_of(event.topic):
            yield Reaction(event=event, subscriber=subscriber)


def _react(reaction: Reaction) -> None:
    event = reaction.event
    with bound_contextvars(request_id=event.request_id, event_id=event.public_id):
        handler_of(event.topic, reaction.subscriber)(event.public_id)
        Reaction.objects.finish(reaction)
