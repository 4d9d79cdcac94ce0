"""Personal data in events and messages."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, Func, Value

from config.personal_data import Erasure, Person, Reference, Trace, references, traces
from notifications.models import Event

references += [
    Reference(
        path="notifications.Event.actor",
        section="events",
        shows=("public_id", "topic", "subject", "reason", "created_at"),
        erasure=Erasure.KEPT,
        because="What happened to firms, requirements and connections must stay traceable.",
    ),
    Reference(
        path="notifications.Delivery.recipient",
        section="messages",
        shows=("event__topic", "event__subject", "channel", "created_at", "delivered_at", "read_at"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="notifications.FailingAddress.person",
        section="failing_addresses",
        shows=("email", "reason", "since"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="notifications.Preference.person",
        section="notification_preferences",
        shows=("topic", "channel", "frequency"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="notifications.WebhookEndpoint.created_by",
        section="webhook_endpoints",
        shows=("public_id", "url", "created_at"),
        erasure=Erasure.KEPT,
        because="It says only which account set the endpoint up; the endpoint is the organisation's.",
    ),
]


def _told(person: Person) -> Iterator[Mapping[str, Any]]:
    yield from Event.objects.filter(people__contains=[person.pk]).values("public_id", "topic", "created_at")


def _tell_no_more(person: Person) -> None:
    without = Func(F("people"), Value(person.pk), function="array_remove")
    Event.objects.filter(people__contains=[person.pk]).update(people=without)


traces.append(Trace(section="events_told", rows=_told, erase=_tell_no_more))
