"""How much a caller may ask in how much time: named limits, counted in Redis.

`settings.LIMITS` gives each name its limits ("60/minute;1000/day"). What one of them refuses counts under none. While
Redis is away nobody is refused, but for the names of `LIMITS_THAT_CLOSE`, which guard what must not be tried without
end.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from limits import RateLimitItem, parse_many
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.api.windows import Window, Windows
from config.client_address import client_address

REST_SECONDS = 5.0
"""How long Redis is left alone after a failure, so that its absence costs one request, not each."""
RETRY_WHEN_BACK_SECONDS = 10

log = structlog.get_logger(__name__)


class LimitsUnavailable(APIException):
    """What must be counted cannot be."""

    status_code = 503
    default_code = "unavailable"
    default_detail = _("The service is busy or restarting. Please try again shortly.")
    wait = RETRY_WHEN_BACK_SECONDS


class TooManyRequests(Throttled):
    default_detail = _("Too many requests. Wait as long as Retry-After says.")

    def __init__(self, wait: float | None) -> None:
        super().__init__(detail=str(self.default_detail))
        self.wait = max(1, ceil(wait or 1))


@dataclass(frozen=True)
class Standing:
    """How someone stands with one limit."""

    name: str
    quota: int
    window_seconds: int
    remaining: int
    reset_seconds: int
    is_exceeded: bool

    @property
    def policy(self) -> str:
        """For the header RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.quota};w={self.window_seconds}'

    @property
    def state(self) -> str:
        """For the header RateLimit."""
        return f'"{self.name}";r={self.remaining};t={self.reset_seconds}'


class Limiter:
    """Counts what is asked."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._redis_url = redis_url
        self._resting_until = 0.0

    @cached_property
    def _counts(self) -> Windows:
        url, patience = self._redis_url or settings.REDIS_URL, settings.LIMITS_PATIENCE_SECONDS
        again = Retry(NoBackoff(), 1)  # a connection may have died since its last use
        pool = ConnectionPool.from_url(url, socket_connect_timeout=patience, socket_timeout=patience, retry=again)
        return Windows(pool, prefix=settings.LIMITS_KEY_PREFIX)

    def charge(self, name: str, owner: str, *, cost: int = 1) -> list[Standing]:
        """Count `cost` for `owner` under each limit of that name; under none where one of them would be exceeded.

        Args:
            name: a key of `settings.LIMITS`.
            owner: whose count it is: a public id, or `address_of(request)`.

        Returns:
            How the owner stands now; nothing while Redis is away.

        Raises:
            LimitsUnavailable: Redis is away, and the name is one of `settings.LIMITS_THAT_CLOSE`.
        """
        try:
            if time.monotonic() < self._resting_until:
                raise ConnectionError("Redis was away a moment ago")
            limits = _parsed(settings.LIMITS[name])
            windows = self._counts.take(limits, name, owner, cost=cost)
            return [_standing(name, limit, window) for limit, window in zip(limits, windows, strict=True)]
        except (RedisError, OSError) as failure:
            self._rest(failure)
        if name in settings.LIMITS_THAT_CLOSE:
            raise LimitsUnavailable
        return []

    def _rest(self, failure: Exception) -> None:
        if time.monotonic() >= self._resting_until:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("limits_not_counted", error=str(failure))


limiter = Limiter()


def _standing(name: str, limit: RateLimitItem, window: Window) -> Standing:
    return Standing(
        name=f"{name}-{limit.GRANULARITY.name}",
        quota=limit.amount,
        window_seconds=limit.get_expiry(),
        remaining=window.remaining,
        reset_seconds=window.reset_seconds,
        is_exceeded=not window.fits,
    )


@cache
def _parsed(limits: str) -> Sequence[RateLimitItem]:
    return parse_many(limits)


def address_of(request: HttpRequest | Request) -> str:
    """Whom an address stands for: itself, or of IPv6 the network of 64 bits that one household or office has."""
    address = client_address(request)
    if address is None:
        return "unknown"
    parsed = ip_address(address)
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address


def headers_of(standings: Sequence[Standing]) -> dict[str, str]:
    """What an answer tells of them; nothing while they are not counted."""
    if not standings:
        return {}
    return {
        "RateLimit-Policy": ", ".join(standing.policy for standing in standings),
        "RateLimit": ", ".join(standing.state for standing in standings),
    }


def check(standings: Sequence[Standing]) -> None:
    """
    Raises:
        TooManyRequests: one of the limits is exceeded.
    """
    waits = [standing.reset_seconds for standing in standings if standing.is_exceeded]
    if waits:
        raise TooManyRequests(max(waits))


class NamedLimits(BaseThrottle):
    """DRF's door to the limiter. The view says which name counts, and for whom."""

    def allow_request(self, request: Request, view: Any) -> bool:
        view.standings = limiter.charge(view.limit_name(), view.limit_owner())
        check(view.standings)
        return True
