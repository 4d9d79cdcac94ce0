"""Requests that a careful client makes: each under a key of its own, repeated until it is answered."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import product
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.faults.stage import Stage

PATIENCE_SECONDS = 60
TRY_AGAIN = (409, 429, 500, 502, 503)
"""409: a try before this one is still at it. 500 counts as a fault of ours, see `Client.crashes`."""


@dataclass
class Client:
    """Asks the stage's firms for connections, a pair of requirement and firm each time."""

    stage: Stage
    accepted: list[str] = field(default_factory=list)
    """Ids of connections that were answered with 201."""
    crashes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._pairs: Iterator[tuple[str, str]] = product(self.stage.requirements, self.stage.suppliers)
        self._pool = ThreadPoolExecutor(3)

    def ask(self, number: int) -> list[Future[str]]:
        """Begin so many requests, three at a time."""
        return [self._pool.submit(self._until_answered, *next(self._pairs)) for _ in range(number)]

    def _until_answered(self, requirement: str, supplier: str) -> str:
        body = json.dumps({"requirement": requirement, "supplier": supplier}).encode()
        headers = {
            "Authorization": f"Bearer {self.stage.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        last_moment = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._once(body, headers)) is None:
            if time.monotonic() > last_moment:
                raise TimeoutError(f"no answer in {PATIENCE_SECONDS} s")
            time.sleep(0.1)
        with self._lock:
            self.accepted.append(answer)
        return answer

    def _once(self, body: bytes, headers: dict[str, str]) -> str | None:
        """The id of what was made; None where another try may help."""
        request = Request(f"{self.stage.base_url}/api/v1/connections", body, headers)  # noqa: S310 - our own server
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310
                return str(json.load(answer)["id"])
        except HTTPError as refusal:
            if refusal.code not in TRY_AGAIN:
                raise AssertionError(f"{refusal.code}: {refusal.read().decode()}") from refusal
            with self._lock:
                self.crashes += refusal.code == 500
        except (OSError, HTTPException):
            pass  # nobody listens, or who answered was killed, perhaps in the middle of a word
        return None
