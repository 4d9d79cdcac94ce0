"""Read what mail servers wrote back of e-mails that did not arrive."""

import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.services import note_bounce


class Command(BaseCommand):
    help = (
        "Read delivery status notifications (RFC 3464) that came to the return address: one message from standard "
        "input, as a mail server pipes it, or all of an mbox file or Maildir. Reading them again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mailbox", nargs="?", type=Path, help="mbox file or Maildir; standard input unless given")

    def handle(self, *, mailbox: Path | None, **options: Any) -> None:
        read = bounced = 0
        for message in _messages(mailbox):
            read += 1
            bounced += note_bounce(report=message) is not None
        self.stdout.write(f"{read} read, {bounced} of them e-mails that came back")


def _messages(place: Path | None) -> Iterator[Message]:
    if place is None:
        yield message_from_bytes(sys.stdin.buffer.read())
        return
    if not place.exists():
        raise CommandError(f"{place} is not there.")
    box: mailbox.Mailbox[Any] = (
        mailbox.Maildir(place, create=False) if place.is_dir() else mailbox.mbox(place, create=False)
    )
    try:
        yield from box
    finally:
        box.close()
