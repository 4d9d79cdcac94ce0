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
from notifications.models import Delivery, Event, Reaction, WebhookEndpoint
from notifications.preferences import Wishes
from notifications.subscriptions import handler_of, subscribers_of
from notifications.topics import TEST_TOPIC, TOPICS, webhook_topics
from notifications.webhooks.waiting import TRIES

BATCH = 200


def fan_out_all() -> set[str]:
    """Fan out every due event. Says of which topics they were."""
    topics: set[str] = set()
    while events := fan_out():
        topics |= {event.topic for event in events}
    return topics


@transaction.atomic
def fan_out(limit: int = BATCH) -> list[Event]:
    """Write the deliveries and reactions of up to `limit` due events.

    Claim, rows and mark commit together: where the worker is killed the events are due again at once, without waiting
    for a lease. What an earlier run has written stays as it is.
    """
    events = Event.objects.claim(lease=timedelta(minutes=1), limit=limit)
    Delivery.objects.bulk_create([*_to_people(events), *_to_endpoints(events)], ignore_conflicts=True)
    Reaction.objects.bulk_create(_reactions(events), ignore_conflicts=True)
    Event.objects.filter(pk__in=[event.pk for event in events]).update(state=DueRow.State.DONE, lease_until=None)
    return events


def react_to_due() -> None:
    """Call the subscribers for whom reactions are due."""
    work_off(Reaction.objects.select_related("event"), _react, lease=settings.REACTION_LEASE)


def readers_of(events: Iterable[Event]) -> dict[Event, set[int]]:
    """Ids of the active users who are to be told of each event: the audience's members and the named people.

    Of a personal topic only those who are both, where there is an audience. Whoever did it is not told, and of topics
    without a message nobody is.
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
    told = of_audience & named if topic.is_personal and event.audience else of_audience | named
    return told if event.actor_id is None or topic.tells_actor else told - {event.actor_id}


def _active_members(organisations: set[int]) -> defaultdict[int, list[tuple[int, str]]]:
    """User id and kind of organisation, by organisation."""
    members: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    active = Membership.objects.filter(organisation_id__in=organisations, user__is_active=True)
    for organisation, user, kind in active.values_list("organisation_id", "user_id", "organisation__kind"):
        members[organisation].append((user, kind))
    return members


def _to_people(events: Iterable[Event]) -> Iterator[Delivery]:
    """As each reader wishes: by e-mail at once or with the next digest, in the product, or not at all."""
    told = readers_of(events)
    wishes = Wishes.of(people={reader for readers in told.values() for reader in readers})
    for event, readers in told.items():
        for reader in sorted(readers):
            yield from wishes.deliveries(event, reader)


def _to_endpoints(events: Iterable[Event]) -> Iterator[Delivery]:
    """One delivery for each active endpoint of the audience's organisations that wants to hear of the topic."""
    offered = set(webhook_topics())
    told = [event for event in events if event.topic in offered]
    organisations = {pk for event in told for pk in event.audience}
    endpoints = WebhookEndpoint.objects.filter(is_active=True, organisation_id__in=organisations)
    rows = list(endpoints.select_related("organisation").order_by("pk")) if organisations else []
    for event in told:
        for endpoint in rows:
            if wants(endpoint, event):
                yield webhook_delivery(endpoint, event)


def webhook_delivery(endpoint: WebhookEndpoint, event: Event) -> Delivery:
    """An unsaved delivery of the event to the endpoint."""
    return Delivery(event=event, endpoint=endpoint, channel=Delivery.Channel.WEBHOOK, give_up_after=TRIES)


def wants(endpoint: WebhookEndpoint, event: Event) -> bool:
    """Whether the endpoint is to be told of it."""
    return event.topic in endpoint.topics and may_hear(endpoint, event)


def may_hear(endpoint: WebhookEndpoint, event: Event) -> bool:
    """What an organisation may not know its endpoints are not told, whatever they ask for."""
    if event.topic == TEST_TOPIC:
        return event.subject == endpoint.public_id
    return event.topic in webhook_topics(endpoint.organisation.kind) and endpoint.organisation_id in event.audience


def _reactions(events: Iterable[Event]) -> Iterator[Reaction]:
    for event in events:
        for subscriber in subscribers_of(event.topic):
            yield Reaction(event=event, subscriber=subscriber)


def _react(reaction: Reaction) -> None:
    event = reaction.event
    with bound_contextvars(request_id=event.request_id, event_id=event.public_id):
        handler_of(event.topic, reaction.subscriber)(event.public_id)
        Reaction.objects.finish(reaction)
