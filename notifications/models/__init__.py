"""What notifications stores: the outbox, what is delivered of it, and where to."""

from notifications.models.outbox import Delivery, Event, Reaction, new_delivery_id, new_event_id
from notifications.models.webhook import Attempt, WebhookEndpoint

__all__ = ["Attempt", "Delivery", "Event", "Reaction", "WebhookEndpoint", "new_delivery_id", "new_event_id"]
