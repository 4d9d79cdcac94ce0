"""Software that asks for a ranking again is told without being looked up again, while nothing that matters changes."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes
from threading import Lock
from typing import NamedTuple, Self

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.urls import ResolverMatch
from django_structlog.middlewares import RequestMiddleware
from structlog import get_logger
from structlog.contextvars import bound_contextvars

from accounts.keys import prefix_of
from accounts.models import ApiKey
from config.api.throttling import Standing, headers_of, limiter
from config.client_address import client_address
from matchmaking.api.v1.ranking_questions import Asked, RankingResponse
from matchmaking.glance import Glance, Rows

MOST_REMEMBERED = 5_000
_PATH = re.compile(r"/api/v1/requirements/(req_[0-9a-z]+)/matches")
_SAYS_NOTHING = frozenset({"HTTP_X_REQUEST_ID", "HTTP_X_CORRELATION_ID", "HTTP_TRACEPARENT", "HTTP_TRACESTATE"})
"""Headers that name a request, and change with each."""
_OF_ITS_OWN = ("Content-Length", "RateLimit", "RateLimit-Policy")
"""Headers that each answer has of its own."""
_BODY = ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")
_SECRET = token_bytes(32)

log = get_logger(RequestMiddleware.__module__)
"""That of the line in which any other request ends."""


class Place(NamedTuple):
    """Where the rows are that decide about a request, and the digest of all that may matter of it."""

    key: str
    requirement: str
    digest: bytes


class CopiedHeaders(ResponseHeaders):
    """Those of another response, which has checked them."""

    def __init__(self, headers: ResponseHeaders) -> None:
        self._store = {**headers._store}  # noqa: SLF001 - its own kind

    def without(self, names: Iterable[str]) -> Self:
        for name in names:
            self.pop(name)
        return self

    def with_own(self, headers: Mapping[str, str]) -> Self:
        """With some that we have written ourselves, in ASCII and without line breaks."""
        for name, value in headers.items():
            self._store[name.lower()] = (name, value)
        return self


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was let in, and what it asked.

    Attributes:
        rows: as they were before it was let in; None where nobody looked.
        headers: of the answer.
        match: its route, under which requests are counted.
    """

    asked: Asked
    rows: Rows | None
    headers: ResponseHeaders
    match: ResolverMatch | None


class AskedAgainMiddleware:
    """Answers a request that is byte for byte one that was let in before, if the rows are still the same by which it
    was, and the key has neither expired nor come elsewhere.

    Everything else goes its usual way, and so does what only the usual way does: noting once a minute that the key is
    in use, refusing, and telling how. Limits count alike. Of a request only a keyed digest is kept.

    Stands before all that the usual way passes through, so that what is told again has the headers of the answer that
    did, and a line in the log like it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._lock = Lock()
        self._remembered: OrderedDict[bytes, Remembered] = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = place_of(request)
        if place is None or connection.in_atomic_block:
            return self.get_response(request)
        before = self._find(place)
        now = _glance(place) if before else None
        again = _told_again(request, before, now) if before and now else None
        if again is not None:
            return again
        response = self.get_response(request)
        self._remember(place, request, response, now.rows if now else before.rows if before else None)
        return response

    def _find(self, place: Place) -> Remembered | None:
        with self._lock:
            if place.digest in self._remembered:
                self._remembered.move_to_end(place.digest)
            return self._remembered.get(place.digest)

    def _remember(self, place: Place, request: HttpRequest, response: HttpResponse, rows: Rows | None) -> None:
        """With the rows as they were before the request was let in: what has changed since is found out next time."""
        with self._lock:
            self._remembered.pop(place.digest, None)
            if isinstance(response, RankingResponse) and response.asked is not None and not response.cookies:
                headers = CopiedHeaders(response.headers).without(_OF_ITS_OWN)
                self._remembered[place.digest] = Remembered(response.asked, rows, headers, request.resolver_match)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)


def place_of(request: HttpRequest) -> Place | None:
    """None of anything but software that reads a ranking, with its key and nothing else to say who it is."""
    meta = request.META
    path = _PATH.fullmatch(request.path_info)
    if path is None or request.method != "GET" or meta.get("HTTP_COOKIE") or any(map(meta.get, _BODY)):
        return None
    scheme, _space, key = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
    prefix = prefix_of(key) if scheme == "Bearer" else None
    return None if prefix is None else Place(prefix, path[1], _digest(request))


def _digest(request: HttpRequest) -> bytes:
    """Of all that the answer may depend on: the address, every header, and from where it comes."""
    meta = request.META
    headers = [f"{name}:{value}" for name, value in meta.items() if name[:5] == "HTTP_" and name not in _SAYS_NOTHING]
    whence = [str(request.scheme), request.path, *(meta.get(name, "") for name in ("QUERY_STRING", "REMOTE_ADDR"))]
    said = "\0".join([*whence, *sorted(headers)])
    return blake2b(said.encode("utf-8", "surrogateescape"), key=_SECRET, digest_size=32).digest()


def _glance(place: Place) -> Glance | None:
    """None where the database cannot tell now. The statement shows whether the connection is alive, so it is not asked
    before; a broken one is not used again."""
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs lack it
    try:
        return Glance.at(key=place.key, requirement=place.requirement)
    except Error:
        connection.close()
        return None


def _told_again(request: HttpRequest, before: Remembered, now: Glance) -> HttpResponse | None:
    """None where it must go the usual way."""
    asked, address = before.asked, client_address(request)
    if before.rows != now.rows or not _may_still(asked.api_key, now, address):
        return None
    with bound_contextvars(**_bound(request, asked.api_key, address)):
        standings = limiter.charge(asked.limit, asked.limit_owner)
        if any(standing.is_exceeded for standing in standings):
            return None
        try:
            content = asked.question.answer(now.snapshot)
        except Error:
            connection.close()
            return None
        log.info("request_finished", code=200, **_told_of(request))
    request.resolver_match = before.match
    return _response(content, before.headers, standings)


def _bound(request: HttpRequest, api_key: ApiKey, address: str | None) -> dict[str, object]:
    """What every line in the log tells of a request with a key."""
    return {
        "request_id": request.META["HTTP_X_REQUEST_ID"],
        "ip": address,
        "api_key": api_key.public_id,
        "organisation": api_key.organisation.public_id,
    }


def _told_of(request: HttpRequest) -> dict[str, object]:
    """What the line in which it ends tells besides."""
    return {"request": RequestMiddleware.format_request(request), "user_agent": request.META.get("HTTP_USER_AGENT")}


def _may_still(api_key: ApiKey, now: Glance, address: str | None) -> bool:
    """Whether a key whose row has not changed lets in from there at this moment, without its use being noted anew."""
    is_noted = ApiKey.is_use_noted(now.used_at, now.used_from, address)
    return is_noted and api_key.is_usable and api_key.may_come_from(address)


def _response(content: bytes, headers: ResponseHeaders, standings: Sequence[Standing]) -> HttpResponse:
    response = HttpResponse(content)
    response.headers = CopiedHeaders(headers).with_own({**headers_of(standings), "Content-Length": str(len(content))})
    return response
