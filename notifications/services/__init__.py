"""What can be done in notifications: an act a function."""

from notifications.services.bounces import note_bounce, trust_address
from notifications.services.dead_letters import replay_dead_letter
from notifications.services.endpoints import (
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    enable_endpoint,
    remove_endpoint,
    replay_delivery,
    rotate_secret,
    send_test_event,
)
from notifications.services.preferences import change_preferences, mark_all_read, mark_read, unsubscribe
from notifications.services.publishing import publish, publish_all, untold, wake_workers

__all__ = [
    "add_endpoint",
    "change_endpoint",
    "change_preferences",
    "disable_endpoint",
    "enable_endpoint",
    "mark_all_read",
    "mark_read",
    "note_bounce",
    "publish",
    "publish_all",
    "remove_endpoint",
    "replay_dead_letter",
    "replay_delivery",
    "rotate_secret",
    "send_test_event",
    "trust_address",
    "unsubscribe",
    "untold",
    "wake_workers",
]
