"""Announcements within the process."""

from django.dispatch import Signal

job_ended = Signal()
"""Sent with the `job` in the transaction in which it ends, however that is. A receiver that raises undoes the end."""
