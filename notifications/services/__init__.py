"""What can be done in notifications: an act a function."""

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
from notifications.services.publishing import publish, wake_workers

__all__ = [
    "add_endpoint",
    "change_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "publish",
    "remove_endpoint",
    "replay_delivery",
    "rotate_secret",
    "send_test_event",
    "wake_workers",
]
