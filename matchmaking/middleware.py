"""Software that asks for a ranking again is told without being looked up again, while nothing that matters changes."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes
from threading import Lock
from typing import NamedTuple

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils import translation
from structlog.contextvars import bind_contextvars

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
_OF_ITS_OWN = ("X-Request-ID", "Content-Length", "RateLimit", "RateLimit-Policy")
"""Headers that each answer has of its own."""
_SECRET = token_bytes(32)


class Place(NamedTuple):
    """Where the rows are that decide about a request, and the digest of all that may matter of it."""

    key: str
    requirement: str
    digest: bytes


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
    headers: Mapping[str, str]
    match: ResolverMatch | None


class AskedAgainMiddleware:
    """Answers a request that is byte for byte one that was let in before, if the rows are still the same by which it
    was, and the key has neither expired nor come elsewhere.

    Everything else goes its usual way, and so does what only the usual way does: noting once a minute that the key is
    in use, refusing, and telling how. Limits count alike. Of a request only a keyed digest is kept.
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
            if isinstance(response, RankingResponse) and response.asked is not None:
                headers = {name: value for name, value in response.items() if name not in _OF_ITS_OWN}
                self._remembered[place.digest] = Remembered(response.asked, rows, headers, request.resolver_match)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)


def place_of(request: HttpRequest) -> Place | None:
    """None of anything but software that reads a ranking, with its key and nothing else to say who it is."""
    meta = request.META
    path = _PATH.fullmatch(request.path_info)
    if path is None or request.method != "GET" or meta.get("HTTP_COOKIE") or meta.get("CONTENT_LENGTH"):
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
    standings = limiter.charge(asked.limit, asked.limit_owner)
    if any(standing.is_exceeded for standing in standings):
        return None
    bind_contextvars(api_key=asked.api_key.public_id, organisation=asked.api_key.organisation.public_id)
    try:
        with translation.override(asked.question.language):
            content = asked.question.answer(now.snapshot)
    except Error:
        connection.close()
        return None
    request.resolver_match = before.match
    return _response(content, before.headers, standings)


def _may_still(api_key: ApiKey, now: Glance, address: str | None) -> bool:
    """Whether a key whose row has not changed lets in from there at this moment, without its use being noted anew."""
    is_noted = ApiKey.is_use_noted(now.used_at, now.used_from, address)
    return is_noted and api_key.is_usable and api_key.may_come_from(address)


def _response(content: bytes, headers: Mapping[str, str], standings: Sequence[Standing]) -> HttpResponse:
    response = HttpResponse(content)
    for name, value in {**headers, **headers_of(standings), "Content-Length": str(len(content))}.items():
        response[name] = value
    return response
