"""Background work: pass on what is due. Safe to run at any time, any number of times, side by side."""

from celery import shared_task

from jobs.waking import waker
from notifications import relay, sending
from notifications.subscriptions import subscribers_of
from notifications.topics import REPLAYED, REVIVED, TEST_TOPIC, webhook_topics


@shared_task
def deliver_due() -> None:
    """Fan out the events, then send the messages."""
    topics = relay.fan_out_all()
    if REVIVED in topics or any(subscribers_of(topic) for topic in topics):
        waker.wake(react_due)
    if topics.intersection((*webhook_topics(), TEST_TOPIC, REPLAYED, REVIVED)):
        waker.wake(tell_endpoints)
    sending.send_due()


@shared_task
def react_due() -> None:
    """Let the subscribers react. A task of its own, so that slow ones do not hold up the messages."""
    relay.react_to_due()


@shared_task
def tell_endpoints() -> None:
    """Tell webhook endpoints. One such task runs at a time, so that slow receivers hold up no other work."""
    from notifications.webhooks import telling  # which publishes, and so needs this module first

    telling.tell_due()
