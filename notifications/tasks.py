"""Background work: pass on what is due. Safe to run at any time, any number of times, side by side."""

from celery import shared_task

from jobs.waking import waker
from notifications import mail, relay


@shared_task
def deliver_due() -> None:
    """Fan out the events, then send the messages."""
    if relay.fan_out_all():
        waker.wake(react_due)
    mail.send_due()


@shared_task
def react_due() -> None:
    """Let the subscribers react. A task of its own, so that slow ones do not hold up the messages."""
    relay.react_to_due()
