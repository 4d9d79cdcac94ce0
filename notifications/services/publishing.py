"""Telling the world what happened. `publish` is called inside the transaction in which it happened."""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.principals import Principal
from config.models import Resource
from config.storing import store_all
from jobs.waking import waker
from notifications.models import Event
from notifications.signals import event_published
from notifications.tasks import deliver_due
from notifications.topics import TOPICS


def publish(
    topic: str,
    *,
    subject: Resource | Event,
    actor: Principal,
    audience: Iterable[int | None] = (),
    people: Iterable[int | None] = (),
    payload: dict[str, Any] | None = None,
    reason: str = "",
    fact: str = "",
) -> Event:
    """Write an event to the outbox. It is sent on only if the surrounding transaction commits.

    Args:
        topic: what happened, past tense, such as `connection.accepted`; see notifications.topics for those mailed.
        audience: ids of the organisations whose members are to be told.
        people: ids of persons to be told who are members of none of them.
        payload: public ids, codes, and the words that the topic's message shows to every reader.
        fact: names what is told, such as `certificate.expiring cer_1 30`: told once, however often it is published.
        reason: why, in the actor's words, where the act asks for a reason; every reader sees it too.

    Returns:
        The event; of a fact that was told before, the one that told it.

    Raises:
        TransactionManagementError: there is no transaction that the event could belong to.
        MissingWordsError: the payload lacks words that the topic's message shows.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError(f"{topic} must be published in the transaction in which it happened")
    known = TOPICS.get(topic)
    event = Event(
        topic=topic,
        subject=subject.public_id,
        audience=_ids(audience),
        people=_ids(people),
        payload=known.payload(payload or {}, subject) if known else payload or {},
        actor=actor.user,
        actor_organisation=actor.organisation,
        reason=reason,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        fact=fact,
    )
    written = _written(event)
    if written.public_id != event.public_id:
        return written
    event = written
    event_published.send(sender=Event, event=event)
    transaction.on_commit(lambda: wake_workers(), robust=True)
    return event


def publish_all(topic: str, *, subjects: Sequence[Resource], actor: Principal) -> None:
    """Write that the same happened to many things, of which nobody is told: an event of each, in one statement.

    Raises:
        TransactionManagementError: there is no transaction that the events could belong to.
        ValueError: people are told of this topic.
    """
    if topic in TOPICS:
        raise ValueError(f"{topic} needs words and readers of its own each time")
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError(f"{topic} must be published in the transaction in which it happened")
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    by = {
        "actor_id": actor.user.pk if actor.user else None,
        "actor_organisation_id": actor.organisation_id,
        "request_id": request_id,
    }
    events = [Event(topic=topic, subject=each.public_id, **by) for each in subjects]
    store_all(events)
    for event in events:
        event_published.send(sender=Event, event=event)
    transaction.on_commit(lambda: wake_workers(), robust=True)


def untold(facts: Iterable[str]) -> list[str]:
    """Those of the facts of which no event tells yet, in their order."""
    asked = list(facts)
    told = set(Event.objects.filter(fact__in=asked).values_list("fact", flat=True)) if asked else set()
    return [fact for fact in asked if fact not in told]


def _written(event: Event) -> Event:
    """The event as it is stored, or the one that told the same fact before, or at this moment."""
    if event.fact:
        Event.objects.bulk_create([event], ignore_conflicts=True)
        return Event.objects.get(fact=event.fact)
    event.save()
    return event


def wake_workers() -> None:
    """Ask a worker to look for due rows now. The schedule would find them anyway, a few seconds later."""
    waker.wake(deliver_due)


def _ids(given: Iterable[int | None]) -> list[int]:
    return sorted({pk for pk in given if pk is not None})
