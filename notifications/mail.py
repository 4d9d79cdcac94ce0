"""Messages by e-mail: written in the reader's language, handed to the SMTP server, marked at once."""

import re
from contextlib import closing
from email.header import Header
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation
from structlog.contextvars import bound_contextvars

from accounts.models import User
from jobs.errors import OutOfReachError, PermanentFailureError
from jobs.working import work_off
from notifications.models import Delivery, Event
from notifications.relay import readers_of
from notifications.topics import TOPICS

log = structlog.get_logger(__name__)


def send_due() -> None:
    """Send the messages that are due."""
    work_off(Delivery.objects.by_email().select_related("event", "recipient"), _send, lease=settings.EMAIL_LEASE)


def message_for(delivery: Delivery) -> EmailMultiAlternatives:
    """The message. Its id is the delivery's, so a mailbox can tell a repeat."""
    subject, text = written(delivery.event, delivery.reader)
    link = link_of(delivery.event)
    return composed(to=delivery.reader.email, subject=subject, text=text, key=delivery.public_id, link=link)


def composed(*, to: str, subject: str, text: str, key: str, link: str = "") -> EmailMultiAlternatives:
    """A message as plain text and as HTML. `key` makes its Message-ID; a paragraph that is `link` becomes one."""
    message = EmailMultiAlternatives(
        subject=folded(subject),
        body=text,
        to=[to],
        headers={
            "Message-ID": f"<{key}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    paragraphs = {"paragraphs": text.strip().split("\n\n"), "subject": subject, "link": link}
    message.attach_alternative(render_to_string("notifications/layout.html", paragraphs), "text/html")
    return message


def written(event: Event, reader: User) -> tuple[str, str]:
    """Subject and text of a message: the first line of the filled template, and the rest."""
    language = reader.language if reader.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    words = {key: _tidy(value) for key, value in event.payload.items()}
    context = {**words, "note": one_line(event.reason), "reader": one_line(reader.full_name), "link": link_of(event)}
    with translation.override(language):
        filled = render_to_string(f"notifications/{language}/{event.topic}.txt", context)
    subject, _, text = filled.partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def folded(subject: str) -> str:
    """The subject in encoded words (RFC 2047) of which the first fits on the line that says `Subject:`.

    Django leaves that line empty where it encodes a long subject, and then some readers see a space in front.
    """
    charset = None if subject.isascii() else "utf-8"
    return Header(subject, charset, header_name="Subject").encode(linesep="")


def one_line(words: str) -> str:
    """What somebody typed, without line breaks and invisible signs, so that it stays within the place meant for it."""
    return "".join(sign for sign in " ".join(words.split()) if sign.isprintable())


def _tidy(value: Any) -> Any:
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    return one_line(value) if isinstance(value, str) else value


def link_of(event: Event) -> str:
    """Where the reader goes on."""
    ids = {key: quote(value) for key, value in event.payload.items() if isinstance(value, str)}
    return settings.SITE_URL.rstrip("/") + TOPICS[event.topic].page.format_map({**ids, "subject": event.subject})


def _send(delivery: Delivery) -> None:
    event = delivery.event
    with bound_contextvars(request_id=event.request_id, event_id=event.public_id, delivery_id=delivery.public_id):
        if delivery.recipient_id not in readers_of([event]).get(event, ()):
            raise PermanentFailureError("The reader is no longer one of those to be told.")
        message = message_for(delivery)
        with closing(_opened_connection()) as server:
            _hand_over(message, server)
            # Nothing may come between the server's answer and this: a kill in between sends the message twice.
            in_time = Delivery.objects.finish(delivery, delivered_at=Now())
        log.info("delivered" if in_time else "delivered_after_the_lease", topic=event.topic)


def hand_over(message: EmailMultiAlternatives) -> None:
    """Give one message to the mail server.

    Raises:
        OutOfReachError: it does not answer.
        PermanentFailureError: it will never take the message.
        OSError: it may take it later.
    """
    with closing(_opened_connection()) as server:
        _hand_over(message, server)


def _opened_connection() -> BaseEmailBackend:
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except OSError as failure:  # smtplib's own errors are OSErrors
        raise OutOfReachError(f"the mail server: {failure}") from failure
    return server


def _hand_over(message: EmailMultiAlternatives, server: BaseEmailBackend) -> None:
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
