"""Announcements within the process."""

from django.dispatch import Signal

event_published = Signal()
"""Sent by `publish` with the `event`, in its transaction: for what may not wait for a worker. A receiver that raises
undoes the act; what can wait subscribes instead."""
