"""An endpoint, something that it is told, and the attempts of a worker."""

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from accounts.principals import Principal
from notifications import relay, services
from notifications.models import Delivery, Event, WebhookEndpoint
from notifications.webhooks import telling
from tests.factories.notifications import connection_requested

TOPIC = "connection.requested"
LEASE = timedelta(minutes=1)


def endpoint_of(owner: Principal, url: str, *topics: str) -> tuple[WebhookEndpoint, str]:
    return services.add_endpoint(values={"url": url, "topics": list(topics or [TOPIC])}, by=owner)


def announce(owner: Principal, **payload: Any) -> Event:
    assert owner.organisation is not None
    event = connection_requested(owner.organisation, **payload)
    relay.fan_out_all()
    return event


def attempt() -> Delivery:
    """Claim what is due and make one attempt, as a worker does."""
    (claimed,) = Delivery.objects.to_endpoints().claim(lease=LEASE, limit=1)
    telling.tell(claimed)
    return Delivery.objects.get(pk=claimed.pk)


def attempt_now() -> Delivery:
    """The same, without waiting for the time to come."""
    Delivery.objects.update(due_at=Now())
    WebhookEndpoint.objects.update(resting_until=None)
    return attempt()
