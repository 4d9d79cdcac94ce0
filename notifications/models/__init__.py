"""What notifications stores: the outbox, what is delivered of it, where to, and how people want to be told."""

from notifications.models.dead_letter import DeadLetter
from notifications.models.failing_address import FailingAddress
from notifications.models.outbox import (
    Delivery,
    Event,
    Notification,
    Reaction,
    new_delivery_id,
    new_event_id,
    new_notification_id,
)
from notifications.models.preference import Preference
from notifications.models.webhook import Attempt, WebhookEndpoint

__all__ = [
    "Attempt",
    "DeadLetter",
    "Delivery",
    "Event",
    "FailingAddress",
    "Notification",
    "Preference",
    "Reaction",
    "WebhookEndpoint",
    "new_delivery_id",
    "new_event_id",
    "new_notification_id",
]
