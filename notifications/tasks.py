"""Background work: deliver what is due."""

from celery import shared_task


@shared_task
def deliver_due() -> None:
    """Fan out due events and send due deliveries. Safe to run at any time and any number of times."""
