"""Requests as no client would send them, byte by byte, to the web server that production runs.

What gunicorn itself refuses never reaches the product. What it lets through is answered, by no fault of ours, before
the asker gives up waiting.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.services import issue_api_key
from config.devstack.valkey import free_port
from suppliers.models import Document, Site
from tests.conftest import Covered
from tests.factories.accounts import member
from tests.factories.suppliers import SupplierFactory
from tests.stack.processes import eventually, started

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20
LIST = b"/api/v1/shortlists"
CLOSED = 0
"""Instead of a status, where there is no answer to give."""


@dataclass
class Server:
    """A running gunicorn, and how its requests are let in."""

    port: int
    pid: int
    key: str
    supplier: str

    def workers(self) -> str:
        return Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()

    def listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex((HOST, self.port)) == 0

    def status(self, request: bytes) -> int:
        """Of the answer to what is sent, after which nothing more will be."""
        received = b""
        with socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS) as wire:
            with suppress(OSError):  # it may have answered and gone before it has heard all
                wire.sendall(request)
                wire.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                while part := wire.recv(65536):
                    received += part
        received = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        return int(received.split(b" ", 2)[1]) if received else CLOSED

    def headers(self, *more: bytes, host: bytes = b"Host: localhost") -> bytes:
        known = (host, b"Connection: close", b"Authorization: Bearer " + self.key.encode())
        return b"".join(line + b"\r\n" for line in (*known, *more) if line) + b"\r\n"

    def get(self, *more: bytes, path: bytes = LIST, host: bytes = b"Host: localhost") -> bytes:
        return b"GET " + path + b" HTTP/1.1\r\n" + self.headers(*more, host=host)

    def post(self, *more: bytes, body: bytes, part: str = "sites") -> bytes:
        path = f"/api/v1/suppliers/{self.supplier}/{part}".encode()
        kind = () if any(line.startswith(b"Content-Type") for line in more) else (b"Content-Type: application/json",)
        return b"POST " + path + b" HTTP/1.1\r\n" + self.headers(*kind, *more) + body


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    """Over the database of this test, with one process and few words."""
    database, port = str(connection.settings_dict["NAME"]), free_port()
    supplier = SupplierFactory.create()
    owner = member(organisation=supplier.organisation)
    key = issue_api_key(name="Raw", scopes=["read", "write"], by=owner)[1]
    environment = {
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
        "REDIS_URL": os.environ["REDIS_URL"],
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "LOG_LEVEL": "CRITICAL",
        "WEB_CONCURRENCY": "1",
    }
    with started("-m", "gunicorn", "-c", "python:config.gunicorn", "-b", f"{HOST}:{port}", **environment) as process:
        running = Server(port, process.pid, key, supplier.public_id)
        assert eventually(lambda: running.listens() and bool(running.workers()), within_seconds=60)
        yield running
        process.terminate()
        process.wait(30)


def addresses(server: Server) -> Iterator[tuple[bytes, int]]:
    for ending, status in {
        b"": 200,
        b"?&&&": 200,
        b"#x": 200,
        b"%": 404,
        b"%zz": 404,
        b"%ff%fe": 404,
        b"%00": 404,
        b"%c0%ae": 404,
        b"/../../etc/passwd": 404,
        b"/%2e%2e/": 404,
        b"/" + b"x" * 3900: 404,
        b"?q=%": 400,
        b"?q=%00": 400,
        b"?%00=1": 400,
        b"?count=%ff": 400,
        b"?count=%ed%a0%80": 400,
        b"?=1": 400,
        b"?a;b": 400,
        b"/\xff\xfe": 400,
        b"/\x00": 400,
        b"/ x": 400,
        b"\t": 400,
        b"?count=\xff": 400,
        b"/t\xe1\xbb\xa5": 400,
        b"/" + b"x" * 5000: 414,
        b"/" + b"x" * 1_000_000: 414,
    }.items():
        yield server.get(path=LIST + ending), status
    for target, status in {b"*": 400, b"api": 400, b"": 400, b"http://[/": 400, b"a.example:80": 400}.items():
        yield server.get(path=target), status
    yield server.get(path=b"//elsewhere.example/"), 404


def request_lines(server: Server) -> Iterator[tuple[bytes, int]]:
    methods = {b"get": 400, b"G\x00T": 400, b"": 400, b"BREW": 405, b"CONNECT": 405, b"TRACE": 405, b"X" * 5000: 414}
    for method, status in methods.items():
        yield method + b" " + LIST + b" HTTP/1.1\r\n" + server.headers(), status
    for version in (b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"ICY", b"", b"HTTP/1.1 x"):
        yield b"GET " + LIST + b" " + version + b"\r\n" + server.headers(), 400
    for host in (b"Host: ", b"Host: a b", b"Host: elsewhere.example", b"Host: \xff", b"Host: a\x00b", b"Host: [::1"):
        yield server.get(host=host), 400
    yield server.get(host=b""), 200
    yield server.get(b"Host: localhost"), 400
    for started_only in (b"", b"GET /api", b"GET / HTTP/1.1\r\n", b'{"a": 1}', b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"):
        yield started_only, CLOSED
    for other in (
        b"\r\n\r\n",
        bytes(range(256)),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"PROXY TCP4 1.1.1.1 1.1.1.1 1 2\r\n",
    ):
        yield other, 400


def headers(server: Server) -> Iterator[tuple[bytes, int]]:
    for header, status in {
        b"X: \xff\xfe": 200,
        b"X-Request-ID: \xff": 200,
        b"Accept-Language: \xff\xfe;q=\x80": 200,
        b"Cookie: \xff=\xff; a": 200,
        b"If-None-Match: \xff": 200,
        b"X-Forwarded-For: \xff, ,": 200,
        b"Under_Score: 1": 200,
        b"Expect: 100-continue": 200,
        b"no colon": 400,
        b": empty": 400,
        b"A B: c": 400,
        b"X: a\x00b": 400,
        b"X: a\rb": 400,
        b"X: a\n b": 400,
        b" folded": 400,
        b"Accept: \xff": 406,
        b"Expect: x": 417,
        b"X: " + b"y" * 9000: 431,
        b"\r\n".join(b"X-%d: 1" % number for number in range(200)): 431,
    }.items():
        yield server.get(header), status


def bodies(server: Server) -> Iterator[tuple[bytes, int]]:
    good = b'{"name": "Works"}'
    for length in (b"-1", b"abc", b"+5", b"0x5", b"5, 5", b"", b"1e3", "٣".encode(), b"1.5", b"2\r\nContent-Length: 3"):
        yield server.post(b"Content-Length: " + length, body=good), 400
    yield server.post(b"Content-Length: " + b"9" * 30, body=good), 413
    yield server.post(b"Content-Length: 999", body=good), 400
    for chunks in (
        *(b"11\r\n" + good + b"\r\n0\r\n\r\n", b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"5\r\n{}", b""),
        *(
            b"f" * 40 + b"\r\n{}",
            b"2;a=b\r\n{}\r\n0\r\n\r\n",
            b"2\r\n{}\r\n0\r\nX: \xff\r\n\r\n",
            b"2\r\n{}XX0\r\n\r\n",
        ),
        *(b"1\r\n \r\n" * 3000 + b"0\r\n\r\n", b"100000\r\n" + b" " * 0x100000 + b"\r\n0\r\n\r\n"),
    ):
        yield server.post(b"Transfer-Encoding: chunked", body=chunks), 411
    for coding, status in {b"gzip": 400, b"identity": 400, b"chunked\r\nContent-Length: 2": 400, b"x": 501}.items():
        yield (
            server.post(b"Transfer-Encoding: " + coding, body=good),
            status,
        )  # RFC 9112, section 6.1: 501
    for kind in (b"\xff", b"multipart/form-data; boundary=", b"text/\x85"):
        yield server.post(b"Content-Type: " + kind, b"Content-Length: 2", body=b"{}"), 415
    yield server.post(b"Content-Length: 2", body=b"{}GET /admin/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400


def uploads(server: Server) -> Iterator[tuple[bytes, int]]:
    """Files that were cut off on their way."""
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    whole = part % (b"kind", b"", b"catalogue") + part % (b"file", b'; filename="a.csv"', b"a,b\r\n1,2") + b"--x--\r\n"
    kind = b"Content-Type: multipart/form-data; boundary=x"
    for end in (len(whole) - 13, len(whole) - 2, 40):
        yield server.post(kind, b"Content-Length: %d" % len(whole), body=whole[:end], part="documents"), 400
    yield (
        server.post(
            kind, b"Transfer-Encoding: chunked", body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(whole), whole), part="documents"
        ),
        411,
    )


def test_no_request_is_our_fault_or_left_waiting_however_broken_it_is(server: Server, covered: Covered) -> None:
    workers = server.workers()
    requests = [asked for kind in (addresses, request_lines, headers, bodies, uploads) for asked in kind(server)]

    found = [(request[:300] + request[-100:], server.status(request), status) for request, status in requests]

    assert [(request, answered, due) for request, answered, due in found if answered != due] == []
    assert (Site.objects.count(), Document.objects.count()) == (0, 0)
    assert server.status(server.get()) == 200
    assert server.workers() == workers
    covered(len(requests), "broken requests are answered by gunicorn as they should be")
