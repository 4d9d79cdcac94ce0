"""Messages by e-mail, written in the reader's language. `notifications.sending` sends them."""

import re
from collections.abc import Collection, Mapping
from email.header import Header
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from jobs.errors import PermanentFailureError
from notifications.models import Delivery, Event
from notifications.topics import TOPICS
from notifications.unsubscribing import unsubscribe_link


def message_for(delivery: Delivery) -> EmailMultiAlternatives:
    """The message. Its id is the delivery's, so a mailbox can tell a repeat.

    Raises:
        PermanentFailureError: the event lacks words that the message shows, as one of an older release may.
    """
    event, reader = delivery.event, delivery.reader
    _refuse_gaps(event)
    end = "" if TOPICS[event.topic].is_essential else unsubscribe_link(reader, event.topic)
    subject, text = written(event, reader, unsubscribe=end)
    links = [link_of(event)]
    return composed(to=reader.email, subject=subject, text=text, key=delivery.public_id, links=links, unsubscribe=end)


def composed(
    *, to: str, subject: str, text: str, key: str, links: Collection[str] = (), unsubscribe: str = ""
) -> EmailMultiAlternatives:
    """A message as plain text and as HTML.

    Args:
        key: makes its Message-ID.
        links: a paragraph that is one of them, or `unsubscribe`, can be clicked.
        unsubscribe: where such messages are ended, with one click in programs that know RFC 8058.
    """
    ending = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=folded(subject),
        body=text,
        from_email=settings.RETURN_ADDRESS,
        to=[to],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": f"<{key}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            **(ending if unsubscribe else {}),
        },
    )
    paragraphs = {"paragraphs": text.strip().split("\n\n"), "subject": subject, "links": {*links, unsubscribe}}
    message.attach_alternative(render_to_string("notifications/layout.html", paragraphs), "text/html")
    return message


def filled(template: str, language: str, words: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text of a message: the first line of the filled template, and the rest without the gaps of what was
    left out.

    Args:
        template: such as `notifications/{language}/invitation.txt`.
    """
    with translation.override(language):
        whole = render_to_string(template.format(language=language), dict(words))
    subject, _, text = whole.strip().partition("\n")
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def written(event: Event, reader: User, *, unsubscribe: str = "") -> tuple[str, str]:
    """Subject and text of the message of an event."""
    return _filled(event, language_of(reader), reader=one_line(reader.full_name), unsubscribe=unsubscribe)


def in_short(event: Event, language: str) -> tuple[str, str]:
    """The same without address, link and signature, in that language: as it stands in a list."""
    return _filled(event, language, in_short=True)


def language_of(reader: User) -> str:
    """The reader's, or the site's own where that is no longer offered."""
    return reader.language if reader.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _filled(event: Event, language: str, **context: Any) -> tuple[str, str]:
    words = {key: _tidy(value) for key, value in event.payload.items()}
    all_words = {**words, "note": one_line(event.reason), "link": link_of(event), **context}
    return filled(f"notifications/{{language}}/{event.topic}.txt", language, all_words)


def _refuse_gaps(event: Event) -> None:
    """
    Raises:
        PermanentFailureError: see `message_for`.
    """
    if missing := TOPICS[event.topic].missing(event.payload):
        raise PermanentFailureError(f"The event lacks {', '.join(missing)}: nothing is sent with a gap.")


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
