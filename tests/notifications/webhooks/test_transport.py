"""What is sent over the network, to receivers of every kind."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from notifications.webhooks.addresses import UnfitAddressError
from notifications.webhooks.transport import NoReplyError, post
from tests.fixtures.certificates import certificate_for
from tests.fixtures.receiver import Receiver, reset, serve, status

NAME = "hooks.firm.example"


def to_loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def test_the_body_arrives_and_the_beginning_of_the_reply_comes_back(receiver: Receiver) -> None:
    receiver.answers = [status(200, body="đã nhận".encode())]

    reply = post(f"{receiver.url}?a=1", b'{"a":1}', {"webhook-id": "dlv_1"}, resolve=to_loopback)

    (request,) = receiver.received
    assert (reply.status_code, reply.beginning) == (200, "đã nhận")
    assert (request.path, request.body) == ("/hooks?a=1", b'{"a":1}')
    assert request.headers["webhook-id"] == "dlv_1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert "authorization" not in request.headers


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(code: int, receiver: Receiver) -> None:
    receiver.answers = [status(code, Location=receiver.url), status(200)]

    assert post(receiver.url, b"{}", {}, resolve=to_loopback).status_code == code
    assert len(receiver.received) == 1


def test_of_a_huge_reply_only_the_beginning_is_read(receiver: Receiver) -> None:
    receiver.answers = [status(200, body=b"x" * 10_000_000)]

    assert post(receiver.url, b"{}", {}, resolve=to_loopback).beginning == "x" * 1024


def test_what_cannot_be_stored_or_read_as_text_does_no_harm(receiver: Receiver) -> None:
    receiver.answers = [status(200, body=b"\x00\xff")]

    assert post(receiver.url, b"{}", {}, resolve=to_loopback).beginning == "\ufffd\ufffd"


def test_a_receiver_that_hangs_or_trickles_is_cut_off(receiver: Receiver) -> None:
    for answer in (receiver.hang, receiver.trickle, receiver.trickle_body):
        receiver.answers = [answer]
        with pytest.raises(NoReplyError, match=r"No answer in time|timed out"):
            post(receiver.url, b"{}", {}, resolve=to_loopback, within_seconds=0.2)


def test_a_receiver_that_breaks_off_or_is_not_there_is_a_clear_failure(receiver: Receiver) -> None:
    receiver.answers = [reset]
    with pytest.raises(NoReplyError):
        post(receiver.url, b"{}", {}, resolve=to_loopback)
    with pytest.raises(NoReplyError, match="refused"):
        post("http://127.0.0.1:1/", b"{}", {}, resolve=to_loopback)


def test_a_name_that_changes_its_mind_after_the_check_gains_nothing(receiver: Receiver) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]]

    assert post(receiver.url, b"{}", {}, resolve=lambda _host, _port: answers.pop(0)).status_code == 204
    assert len(answers) == 2


def test_nothing_is_sent_where_an_address_is_not_public(receiver: Receiver, settings: Settings) -> None:
    with pytest.raises(UnfitAddressError):
        post(receiver.url, b"{}", {}, resolve=lambda _host, _port: ["127.0.0.1", "10.0.0.1"])
    settings.WEBHOOKS_MAY_GO_TO_LOOPBACK = False
    with pytest.raises(UnfitAddressError):
        post(f"https://{NAME}/", b"{}", {}, resolve=to_loopback)
    assert receiver.received == []


@pytest.fixture
def secure_receiver(receiver: Receiver, tmp_path: Path) -> Iterator[tuple[Receiver, ssl.SSLContext, list[str | None]]]:
    """One that speaks TLS with a certificate for `NAME`; who trusts it; and the names that callers ask for."""
    certificate, key = certificate_for(NAME, tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    listening = Receiver()
    server = serve(listening, tls=context)
    yield listening, ssl.create_default_context(cafile=str(certificate)), asked
    server.shutdown()
    server.server_close()


def test_tls_asks_for_the_name_at_the_checked_address_and_checks_its_certificate(
    secure_receiver: tuple[Receiver, ssl.SSLContext, list[str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    listening, trusting, asked = secure_receiver
    monkeypatch.setattr("notifications.webhooks.addresses.PORTS", frozenset({listening.port}))
    address = f"https://{NAME}:{listening.port}/hooks"

    assert post(address, b"{}", {}, resolve=to_loopback, tls=trusting).status_code == 204
    assert asked == [NAME]
    assert listening.received[0].headers["host"] == f"{NAME}:{listening.port}"
    with pytest.raises(NoReplyError, match=r"(?i)certificate"):
        post(f"https://other.example:{listening.port}/", b"{}", {}, resolve=to_loopback, tls=trusting)
    with pytest.raises(NoReplyError, match=r"(?i)certificate"):
        post(address, b"{}", {}, resolve=to_loopback)
    assert len(listening.received) == 1
