"""Poking the workers through the broker. Only an accelerator: the schedule finds every row without it."""

from __future__ import annotations

from functools import cached_property
from time import monotonic
from typing import Any

import structlog
from celery import Task
from kombu import pools
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.celery import app

IMPATIENT = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3, "max_retries": 0, "interval_start": 0}
REST_SECONDS = 10.0
"""How long the broker is left alone after a failure, so that its absence costs one request, not each."""

log = structlog.get_logger(__name__)


class Waker:
    """Pokes that never fail and hardly ever wait."""

    def __init__(self, broker_url: str | None = None) -> None:
        self._broker_url = broker_url
        self._resting_until = 0.0

    @cached_property
    def _producers(self) -> pools.ProducerPool:
        """Connections of our own: those of the workers are patient, a web request is not."""
        connection = app.connection_for_write(self._broker_url, transport_options=IMPATIENT)
        pool: pools.ProducerPool = pools.producers[connection]
        return pool

    @property
    def is_resting(self) -> bool:
        return monotonic() < self._resting_until

    def wake(self, task: Task[..., Any]) -> None:
        """Have a worker run a task now, unless the broker is away."""
        if self.is_resting:
            return
        try:
            with self._producers.acquire(block=True, timeout=IMPATIENT["socket_timeout"]) as producer:
                task.apply_async(producer=producer, retry=False, expires=5)
        except (KombuError, RedisError, OSError) as failure:
            self._resting_until = monotonic() + REST_SECONDS
            log.warning("broker_away", error=str(failure))


waker = Waker()
