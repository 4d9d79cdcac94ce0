"""One POST to a receiver that nobody here trusts: to the checked address, within a time, reading little."""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from socket import SHUT_RDWR
from threading import Timer
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from notifications.webhooks.addresses import Resolve, checked_address, parse, resolve_by_system

REPLY_BYTES = 1024
TOO_LATE = gettext_noop("No answer in time.")


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status_code: int
    beginning: str
    retry_after: str = ""
    """Of the header Retry-After, as it came."""


class NoReplyError(Exception):
    """The receiver could not be reached, broke off, or did not answer in time."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    resolve: Resolve = resolve_by_system,
    within_seconds: float | None = None,
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """Send it, and read the status and the beginning of the reply. Redirects are not followed, proxies not used.

    The name is resolved once, here: the connection goes to the address that was checked, while TLS still asks for the
    certificate of the name. A name that changes its mind in between gains nothing.

    Args:
        within_seconds: for everything from the connection on, so that a receiver that trickles is cut off too;
            `settings.WEBHOOK_TIMEOUT_SECONDS` unless given.

    Raises:
        UnfitAddressError: the address may not be told.
        NoReplyError: there was no answer.
    """
    within_seconds = within_seconds or settings.WEBHOOK_TIMEOUT_SECONDS
    target = parse(url)
    address = checked_address(target, resolve)
    connection: HTTPConnection
    if target.is_secure:
        connection = HTTPSConnection(
            address,
            target.port,
            timeout=within_seconds,
            server_hostname=target.host,
            assert_hostname=target.host,
            cert_reqs="CERT_REQUIRED",
            ssl_context=tls or _trusted_roots(),
        )
    else:
        connection = HTTPConnection(address, target.port, timeout=within_seconds)
    deadline = _Deadline(connection, within_seconds)
    try:
        deadline.start()
        connection.connect()
        deadline.socket = connection.sock  # the connection lets go of it before the reply has been read
        all_headers = {**headers, "Host": target.host_header, "Connection": "close", "Accept-Encoding": "identity"}
        connection.request("POST", target.path, body, all_headers, preload_content=False, decode_content=False)
        response = connection.getresponse()
        beginning = response.read(REPLY_BYTES, decode_content=False)
    except (HTTPError, OSError, ValueError, HTTPException) as failure:
        what = TOO_LATE if deadline.has_passed else f"{type(failure).__name__}: {failure}"
        raise NoReplyError(what) from failure
    finally:
        deadline.cancel()
        connection.close()
    if deadline.has_passed:  # what was cut off may look like a whole reply
        raise NoReplyError(TOO_LATE)
    text = beginning.decode(errors="replace").replace("\x00", "\ufffd")
    return Reply(response.status, text, response.headers.get("Retry-After", ""))


class _Deadline(Timer):
    """Ends the conversation from outside when the time is up: whoever waits in it wakes up."""

    def __init__(self, connection: HTTPConnection, seconds: float) -> None:
        super().__init__(seconds, self._cut_off)
        self.daemon = True
        self.has_passed = False
        self.socket: Any = None
        self._connection = connection

    def _cut_off(self) -> None:
        self.has_passed = True
        with suppress(OSError, AttributeError):
            (self.socket or self._connection.sock).shutdown(SHUT_RDWR)


@cache
def _trusted_roots() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
