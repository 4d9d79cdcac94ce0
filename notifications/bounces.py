"""Reading delivery status notifications (RFC 3464): what mail servers write back of e-mails that did not arrive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr

FAILED = "failed"
MESSAGE_ID = re.compile(r"<(dlv_[0-9a-z]+)@[^<>@\s]+>")
"""As notifications.mail makes them. Nobody guesses one without the e-mail, so it proves what the report is of."""
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a report says of one of our e-mails.

    Attributes:
        delivery: public id.
        to: the address to which it was written, in small letters, as it stood in the e-mail.
        status: enhanced status code (RFC 3463), such as 5.1.1; empty where the report has none.
        words: of the server that refused it.
    """

    delivery: str
    to: str
    status: str
    words: str

    @property
    def is_hard(self) -> bool:
        """Whether the address fails for good, and not a server that was away or a mailbox that was full for long."""
        return self.status.startswith("5.") and self.status != "5.2.2"


def bounce_in(report: Message) -> Bounce | None:
    """What the report says of an e-mail that did not arrive; None where it is no report, is of no e-mail of ours, or
    tells of a delay or an arrival alone."""
    if report.get_content_type() != "multipart/report" or report.get_param("report-type") != "delivery-status":
        return None
    sent = next((headers for headers in _returned(report) if _delivery_of(headers)), None)
    failure = next((block for block in _recipients(report) if _said(block, "Action").lower() == FAILED), None)
    if sent is None or failure is None:
        return None
    status = STATUS.search(_said(failure, "Status"))
    words = _said(failure, "Diagnostic-Code") or _said(failure, "Status")
    to = parseaddr(_said(sent, "To"))[1].lower()
    return Bounce(delivery=_delivery_of(sent), to=to, status=status[0] if status else "", words=words)


def _recipients(report: Message) -> Iterator[Message]:
    """The blocks of the machine-readable part: the first is about the report as a whole, others about recipients."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _inner(part)


def _returned(report: Message) -> Iterator[Message]:
    """What came back, whole or its headers alone."""
    for part in report.walk():
        if part.get_content_type() == "message/rfc822":
            yield from _inner(part)
        elif part.get_content_type() == "text/rfc822-headers":
            yield message_from_bytes(bytes(part.get_payload(decode=True) or b"").lstrip())


def _delivery_of(sent: Message) -> str:
    found = MESSAGE_ID.search(_said(sent, "Message-ID"))
    return found[1] if found else ""


def _inner(part: Message) -> Iterator[Message]:
    content = part.get_payload()
    yield from (each for each in content if isinstance(each, Message)) if isinstance(content, list) else ()


def _said(headers: Message, name: str) -> str:
    """A header on one line, without the type in front of what a server said (`smtp; 550 …`)."""
    value = " ".join(str(headers.get(name, "")).replace("\x00", " ").split())
    kind, parted, rest = value.partition(";")
    return rest.strip() if parted and kind.strip().lower() in ("smtp", "x-unix", "rfc822") else value
