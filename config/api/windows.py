"""Counting in sliding windows: under all limits of a name or, where one of them is used up, under none. In one step of
Redis, so that many processes share the counts and a request costs one round trip.

The window is approximated from two fixed ones, as in the package limits: of the one before counts the part that the
sliding window still covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha1
from math import ceil
from threading import local
from typing import Any

from limits import RateLimitItem
from redis import ConnectionPool, Redis
from redis.exceptions import NoScriptError

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
    found[i] = table.concat(found[i], ' ')
end
return table.concat(found, ' ')  -- one text is read in a fraction of the time that lists of numbers take
"""
_SHA = sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()
"""The name under which Redis knows the script once it has run it."""


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

    Each thread keeps a connection to itself: borrowing one from the pool takes longer than counting. The script is
    asked over it directly, since all that a client does about any command takes longer than that as well.
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
        keys = [key for limit in limits for key in _keys(self._prefix, limit, owner)]
        figures = [figure for limit in limits for figure in (limit.amount, limit.get_expiry())]
        found = [int(figure) for figure in self._found(len(keys), *keys, cost, *figures).split()]
        return [_window(limit, *found[6 * place : 6 * place + 6]) for place, limit in enumerate(limits)]

    def _found(self, *arguments: str | int) -> bytes:
        """What the script answers. A connection that has died is made anew, as often as the pool allows."""
        connection = self._connection()

        def ask() -> bytes:
            try:
                connection.send_command("EVALSHA", _SHA, *arguments)
                answer: bytes = connection.read_response()
            except NoScriptError:  # Redis was restarted
                connection.send_command("EVAL", _TAKE, *arguments)
                answer = connection.read_response()
            return answer

        found: bytes = connection.retry.call_with_retry(ask, lambda _error: connection.disconnect())
        return found

    def _connection(self) -> Any:
        if not hasattr(self._of_thread, "client"):
            self._of_thread.client = Redis(connection_pool=self._pool, single_connection_client=True)
        return self._of_thread.client.connection


@lru_cache(maxsize=4096)
def _keys(prefix: str, limit: RateLimitItem, owner: tuple[str, ...]) -> tuple[str, str]:
    """Of the window before and of the one that runs; braces keep them on one node of a cluster."""
    name = f"{prefix}:{{{limit.key_for(*owner)}}}"
    return f"{name}/-1", name


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
