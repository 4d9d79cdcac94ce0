"""The mailbox for trying things out."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from smtplib import SMTP

import pytest

from config.devstack.valkey import free_port
from tests.stack.processes import eventually, started


@dataclass(frozen=True)
class RunningMailbox:
    folder: Path
    smtp_port: int
    http_port: int

    def send(self, subject: str, text: str, html: str = "") -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "from@example.com", "người.nhận@example.com", subject
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        with SMTP("127.0.0.1", self.smtp_port) as client:
            client.send_message(message, "from@example.com", ["to@example.com"])

    def page(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.page("/")[0] == 200
        except OSError:
            return False


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[RunningMailbox]:
    running = RunningMailbox(tmp_path / "mail", free_port(), free_port())
    ports = ("--smtp-port", str(running.smtp_port), "--http-port", str(running.http_port))
    with started("-m", "config.mailcatcher", "--folder", str(running.folder), *ports) as process:
        assert eventually(running.answers)
        yield running
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_an_empty_mailbox_says_so(mailbox: RunningMailbox) -> None:
    assert "No message has come yet." in mailbox.page("/")[1]


def test_messages_are_listed_newest_first_and_kept_as_private_files(mailbox: RunningMailbox) -> None:
    mailbox.send("Kết nối mới", "Xin chào")
    mailbox.send("Second", "Hello")

    page = mailbox.page("/")[1]
    assert page.index("Second") < page.index("Kết nối mới")
    assert [file.stat().st_mode & 0o777 for file in mailbox.folder.iterdir()] == [0o600, 0o600]


def test_a_message_shows_its_text_and_its_source(mailbox: RunningMailbox) -> None:
    mailbox.send("Mã xác nhận", "Mã của bạn: 123456", html="<p>Mã của bạn: <b>123456</b></p>")
    name = next(mailbox.folder.iterdir()).name

    status, page = mailbox.page(f"/{name}")
    assert status == 200
    assert "<h1>Mã xác nhận</h1>" in page
    assert "<pre>Mã của bạn: 123456" in page
    assert mailbox.page(f"/{name}?raw")[1].startswith("From: from@example.com")


def test_what_a_message_contains_cannot_act_in_the_page(mailbox: RunningMailbox) -> None:
    mailbox.send("<script>alert(1)</script>", "<img src=x onerror=alert(2)>")
    name = next(mailbox.folder.iterdir()).name

    for page in (mailbox.page("/")[1], mailbox.page(f"/{name}")[1]):
        assert "<script" not in page
        assert "<img" not in page


@pytest.mark.parametrize("path", ["/unknown.eml", "/../secret_key", "/%2e%2e/secret_key", "//etc/passwd"])
def test_only_messages_can_be_read(mailbox: RunningMailbox, path: str) -> None:
    (mailbox.folder.parent / "secret_key").write_text("secret")

    assert mailbox.page(path)[0] == 404
