"""E-mail on its way: handed to the SMTP server, marked at once."""

from contextlib import closing
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now
from structlog.contextvars import bound_contextvars

from accounts.models import User
from jobs.errors import OutOfReachError, PermanentFailureError
from jobs.models import DueRow
from jobs.working import work_off
from notifications.digest import digest_for, members_of
from notifications.mail import message_for
from notifications.models import Delivery, FailingAddress
from notifications.relay import readers_of

NO_LONGER = "The reader is no longer one of those to be told."

log = structlog.get_logger(__name__)


def send_due() -> None:
    """Send the messages that are due, those of daily e-mails together."""
    rows = Delivery.objects.select_related("event", "recipient")
    # In one round, so that a mail server that is away is tried once.
    work_off(rows.by_email() | rows.for_digests(), _send, lease=settings.EMAIL_LEASE)


def _send(delivery: Delivery) -> None:
    if delivery.channel == Delivery.Channel.DIGEST:
        _send_digest(delivery)
    else:
        _send_at_once(delivery)


def _send_at_once(delivery: Delivery) -> None:
    event = delivery.event
    with bound_contextvars(request_id=event.request_id, event_id=event.public_id, delivery_id=delivery.public_id):
        if delivery.recipient_id not in readers_of([event]).get(event, ()):
            raise PermanentFailureError(NO_LONGER)
        refuse_failing(delivery.reader)
        message = message_for(delivery)
        with closing(opened_connection()) as server:
            give_to(server, message)
            # Nothing may come between the server's answer and this: a kill in between sends the message twice.
            in_time = Delivery.objects.finish(delivery, delivered_at=Now())
        log.info("delivered" if in_time else "delivered_after_the_lease", topic=event.topic)


def _send_digest(first: Delivery) -> None:
    """One message of all that is due for the reader. The first one's lease and fence stand for all."""
    rows = [first, *members_of(first)]
    with bound_contextvars(delivery_id=first.public_id):
        refuse_failing(first.reader)
        message = digest_for(rows)
        if message is None:
            _mark_done(first, rows, delivered_at=None)
            return
        with closing(opened_connection()) as server:
            give_to(server, message)
            in_time = _mark_done(first, rows, delivered_at=Now())
        log.info("delivered" if in_time else "delivered_after_the_lease", topic="digest", events=len(rows))


@transaction.atomic
def _mark_done(first: Delivery, rows: list[Delivery], *, delivered_at: Any) -> bool:
    """False, and nothing marked, where another worker has taken it over since."""
    if not Delivery.objects.finish(first, delivered_at=delivered_at):
        return False
    others = Delivery.objects.filter(pk__in=[row.pk for row in rows], state=DueRow.State.DUE)
    others.update(state=DueRow.State.DONE, delivered_at=delivered_at)
    return True


def refuse_failing(reader: User) -> None:
    """
    Raises:
        PermanentFailureError: e-mails to the reader's address came back for good.
    """
    failing = FailingAddress.objects.of(reader).first()
    if failing is not None:
        raise PermanentFailureError(f"Nothing is sent to this address since an e-mail came back: {failing.reason}")


def hand_over(message: EmailMultiAlternatives) -> None:
    """Give one message to the mail server.

    Raises:
        OutOfReachError: it does not answer.
        PermanentFailureError: it will never take the message.
        OSError: it may take it later.
    """
    with closing(opened_connection()) as server:
        give_to(server, message)


def opened_connection() -> BaseEmailBackend:
    """A conversation with the mail server.

    Raises:
        OutOfReachError: it does not answer.
    """
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except OSError as failure:  # smtplib's own errors are OSErrors
        raise OutOfReachError(f"the mail server: {failure}") from failure
    return server


def give_to(server: BaseEmailBackend, message: EmailMultiAlternatives) -> None:
    """Give the message to the server.

    Raises:
        PermanentFailureError: the server will never take it, or the address is none.
        OSError: it may take it later.
    """
    try:
        server.send_messages([message])
    except SMTPRecipientsRefused as refused:
        for code, answer in refused.recipients.values():
            if code >= 500:
                raise PermanentFailureError(f"{code} {answer.decode(errors='replace')}") from refused
        raise
    except SMTPDataError as refused:
        if refused.smtp_code >= 500:
            raise PermanentFailureError(str(refused)) from refused
        raise
    except ValueError as unfit:
        raise PermanentFailureError(str(unfit)) from unfit
