"""Background work of the app itself."""

from celery import shared_task

from jobs.models import IdempotencyKey


@shared_task
def forget_answered_requests() -> None:
    """Delete idempotency keys that have expired. Safe to run at any time and any number of times."""
    IdempotencyKey.objects.forget_expired()
