"""Background work of jobs. Every task is safe to run at any time, any number of times, side by side."""

from celery import shared_task

from jobs import expiry, running
from jobs.models import IdempotencyKey


@shared_task(soft_time_limit=540, time_limit=570)  # within the broker's visibility timeout
def run_due() -> None:
    """Do the jobs that are due."""
    running.run_due_jobs()


@shared_task
def delete_expired() -> None:
    """Delete the files of jobs that have been kept long enough, and jobs that ended long ago."""
    expiry.delete_expired()


@shared_task
def forget_answered_requests() -> None:
    """Delete idempotency keys that have expired."""
    IdempotencyKey.objects.forget_expired()
