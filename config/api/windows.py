"""Counting in sliding windows: under all limits of a name or, where one of them is used up, under none. In one step of
Redis, so that many processes share the counts and a request costs one round trip.

The window is approximated from two fixed ones, as in the package limits: of the one before counts the part that the
sliding window still covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from threading import local
from typing import Any

from limits import RateLimitItem
from redis import ConnectionPool, Redis

_TAKE = """
local cost, found, has_room = tonumber(ARGV[1]), {}, true
for i = 1, #KEYS / 2 do
    local previous, current = KEYS[2 * i - 1], KEYS[2 * i]
    local limit, expiry = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1]) * 1000
    local ttl = redis.call('pttl', current)
    if ttl > 0 and ttl < expiry then  -- its time is over: it becomes the one before
        redis.call('rename', current, previous)
        redis.call('set', current, 0, 'PX', ttl + expiry)
    end
    local before = tonumber(redis.call('get', previous) or '0')
    local before_ends_in = math.max(0, redis.call('pttl', previous))
    local used = math.floor(before * before_ends_in / expiry) + tonumber(redis.call('get', current) or '0')
    local fits = used + cost <= limit
    has_room = has_room and fits
    found[i] = {fits and 1 or 0, limit - used, before, before_ends_in}
end
for i = 1, #KEYS / 2 do
    local current, expiry = KEYS[2 * i], tonumber(ARGV[2 * i + 1]) * 1000
    if has_room then
        if redis.call('exists', current) == 1 then
            redis.call('incrby', current, cost)
        else
            redis.call('set', current, cost, 'PX', expiry * 2)
        end
        found[i][2] = found[i][2] - cost
    end
    found[i][5] = tonumber(redis.call('get', current) or '0')
    found[i][6] = math.max(0, redis.call('pttl', current))
end
return found
"""


@dataclass(frozen=True)
class Window:
    """How someone stands with one limit, after a request was counted or refused."""

    fits: bool
    """Whether this limit had room for it."""
    remaining: int
    reset_seconds: int
    """Until more is granted."""


class Windows:
    """Counts that Redis keeps under a prefix.

    Each thread keeps a connection to itself: borrowing one from the pool takes longer than counting.
    """

    def __init__(self, pool: ConnectionPool, *, prefix: str) -> None:
        self._pool = pool
        self._of_thread = local()
        self._prefix = prefix

    def take(self, limits: Sequence[RateLimitItem], *owner: str, cost: int) -> list[Window]:
        """Count `cost` under each of the limits if all have room for it.

        Raises:
            RedisError, OSError: Redis is away.
        """
        names = [f"{self._prefix}:{{{limit.key_for(*owner)}}}" for limit in limits]
        keys = [key for name in names for key in (f"{name}/-1", name)]
        figures = [figure for limit in limits for figure in (limit.amount, limit.get_expiry())]
        found = self._script()(keys, [cost, *figures])
        return [_window(limit, *row) for limit, row in zip(limits, found, strict=True)]

    def _script(self) -> Any:
        if not hasattr(self._of_thread, "script"):
            redis = Redis(connection_pool=self._pool, single_connection_client=True)
            self._of_thread.script = redis.register_script(_TAKE)
        return self._of_thread.script


def _window(
    limit: RateLimitItem, fits: int, remaining: int, before: int, before_ends_ms: int, count: int, ends_ms: int
) -> Window:
    expiry_ms = limit.get_expiry() * 1000
    waits = [0.0] if not (before or count) else []
    if before:
        waits.append(before_ends_ms % (expiry_ms / before))
    if count:
        waits.append(ends_ms % expiry_ms)
    return Window(fits=bool(fits), remaining=max(0, remaining) if fits else 0, reset_seconds=ceil(min(waits) / 1000))
