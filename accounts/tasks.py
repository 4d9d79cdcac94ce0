"""Background work of accounts. Every task is safe to run at any time and any number of times."""

from celery import shared_task

from accounts import services


@shared_task
def warn_of_expiring_keys() -> None:
    """Tell owners which of their API keys end soon."""
    services.warn_of_expiring_keys()


@shared_task
def expire_invitations() -> None:
    """End invitations that nobody answered in time."""
    services.expire_lapsed_invitations()
