"""A mailbox for trying things out: takes every message, delivers none, keeps each as a file and shows them on a page.

python -m config.mailcatcher --folder var/mail --smtp-port 1025 --http-port 8025
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from types import FrameType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ddd}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;padding:1rem}"
)


class Mailbox:
    """A folder of messages, one file each, named by the time they came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, content: bytes) -> None:
        """Write a message under a hidden name first, so that a reader never meets half of one."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{next(self.numbers)}.eml"
        unfinished = self.folder / f".{name}"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        unfinished.rename(self.folder / name)

    def files(self) -> dict[str, Path]:
        """The messages by name, newest first."""
        return {file.name: file for file in sorted(self.folder.glob("[!.]*.eml"), reverse=True)}


class Receiver:
    """What the SMTP server calls for each message."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        self.mailbox.keep(content if isinstance(content, bytes) else str(content).encode())
        return "250 Kept"


class MailPages(ThreadingHTTPServer):
    """The pages of one mailbox."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], mailbox: Mailbox) -> None:
        super().__init__(address, PageRequest)
        self.mailbox = mailbox


class PageRequest(BaseHTTPRequestHandler):
    """`/` lists the messages, `/NAME` shows one, `/NAME?raw` gives it as it came."""

    server: MailPages

    def do_GET(self) -> None:
        name, _, query = self.path.lstrip("/").partition("?")
        files = self.server.mailbox.files()
        if not name:
            self._answer(list_page(files))
        elif name not in files:
            self._answer(page("No such message", "<p>There is no such message.</p>"), status=HTTPStatus.NOT_FOUND)
        elif query == "raw":
            self._answer(files[name].read_bytes(), media_type="text/plain; charset=utf-8")
        else:
            self._answer(message_page(name, parsed(files[name])))

    def _answer(
        self, body: bytes, *, status: HTTPStatus = HTTPStatus.OK, media_type: str = "text/html; charset=utf-8"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)


def parsed(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def list_page(files: dict[str, Path]) -> bytes:
    rows = [_row(name, parsed(file)) for name, file in files.items()]
    head = "<tr><th>Sent</th><th>To</th><th>Subject</th></tr>"
    return page("Mailbox", f"<table>{head}{''.join(rows)}</table>" if rows else "<p>No message has come yet.</p>")


def message_page(name: str, message: EmailMessage) -> bytes:
    """One message: who, when, what. HTML parts are shown as text, so that nothing in them can act."""
    headers = "".join(
        f"<tr><th>{header}</th><td>{escape(str(message[header]))}</td></tr>"
        for header in ("Date", "From", "To", "Subject")
        if message[header]
    )
    body = message.get_body(preferencelist=("plain", "html"))
    text = escape(body.get_content()) if body else ""
    links = f'<p><a href="/">All messages</a> · <a href="/{escape(name)}?raw">As it came</a></p>'
    return page(str(message["Subject"]), f"<table>{headers}</table><pre>{text}</pre>{links}")


def page(title: str, content: str) -> bytes:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><h1>{escape(title)}</h1>{content}</html>"
    ).encode()


def _row(name: str, message: EmailMessage) -> str:
    sent, receiver, subject = (escape(str(message[header] or "")) for header in ("Date", "To", "Subject"))
    return f'<tr><td>{sent}</td><td>{receiver}</td><td><a href="/{escape(name)}">{subject or "(none)"}</a></td></tr>'


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--http-port", type=int, default=8025)
    wishes = parser.parse_args(arguments)
    mailbox = Mailbox(wishes.folder)
    receiving = Controller(Receiver(mailbox), hostname=wishes.host, port=wishes.smtp_port, data_size_limit=40_000_000)
    signal.signal(signal.SIGTERM, _end)
    with MailPages((wishes.host, wishes.http_port), mailbox) as pages:
        receiving.start()
        try:
            pages.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            receiving.stop()


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
