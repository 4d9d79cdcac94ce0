"""Connections that use the API as its users do, each with an identity of its own, and what they saw."""

import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

API = "/api/v1"
LOST = 0
"""What counts as the status of a request to which no answer came."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One request: what it was, what was answered, and how long that took."""

    kind: str
    status: int
    milliseconds: float


@dataclass(frozen=True, kw_only=True)
class World:
    """What the requests are about: a supplier's or buyer's key with what is its own, and what everybody reads."""

    suppliers: Sequence[Mapping[str, str]]
    buyers: Sequence[Mapping[str, Any]]
    published: Sequence[str]
    processes: Sequence[str]


@dataclass
class Caller:
    """One connection, kept open, that sends one request after another."""

    port: int
    world: World
    number: int
    samples: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)  # noqa: S311 (varied, not secret)
        self.supplier = self.world.suppliers[self.number % len(self.world.suppliers)]
        self.buyer = self.world.buyers[self.number % len(self.world.buyers)]
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.drafts: list[str] = []

    def send(
        self, kind: str, method: str, path: str, *, key: str = "", body: Any = None, **headers: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and note it. Status LOST where the connection broke; the next request opens a new one."""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        payload = None if body is None else json.dumps(body).encode()
        if payload is not None:
            headers["Content-Type"] = "application/json"
        started = time.perf_counter()
        try:
            self.connection.request(method, path, payload, headers)
            answer = self.connection.getresponse()
            status, told, content = answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, HTTPException):
            self.connection.close()
            status, told, content = LOST, {}, b""
        took = 1000 * (time.perf_counter() - started)
        self.samples.append(Sample(kind=kind, status=status, milliseconds=took))
        return status, told, content

    # What users do. Each function sends one request, or two where a change follows what was read.

    def list_suppliers(self) -> None:
        choices = ("", f"&process={self.chance.choice(self.world.processes)}", "&province=2025:01", "&standard=ISO9001")
        path = f"{API}/suppliers?page_size=20{self.chance.choice(choices)}"
        self.send("list", "GET", path, key=self.buyer["key"])

    def read_supplier(self) -> None:
        path = f"{API}/suppliers/{self.chance.choice(self.world.published)}"
        self.send("detail", "GET", path, key=self.buyer["key"])

    def list_requirements(self) -> None:
        self.send("list", "GET", f"{API}/requirements?page_size=20", key=self.supplier["key"])

    def read_requirement(self) -> None:
        path = f"{API}/requirements/{self.chance.choice(self.buyer['requirements'])}"
        self.send("detail", "GET", path, key=self.buyer["key"])

    def look_up_a_word(self) -> None:
        self.send("taxonomy", "GET", f"{API}/taxonomy/processes?q=ti%E1%BB%87n")

    def rank(self) -> None:
        path = f"{API}/requirements/{self.chance.choice(self.buyer['requirements'])}/matches?top=20"
        self.send("matches", "GET", path, key=self.buyer["key"])

    def change_a_capability(self) -> None:
        path = f"{API}/suppliers/{self.supplier['supplier']}/capabilities/{self.supplier['capability']}"
        status, told, _ = self.send("detail", "GET", path, key=self.supplier["key"])
        if status == 200:
            body = {"lead_time_days": self.chance.randint(5, 60)}
            self.send("change", "PATCH", path, key=self.supplier["key"], body=body, **{"If-Match": told["ETag"]})

    def draft_a_requirement(self) -> None:
        """And discard an earlier draft, so that the data does not grow."""
        body = {"title": "Load", "operations": [{"process": self.chance.choice(self.world.processes)}]}
        unique = {"Idempotency-Key": uuid.uuid4().hex}
        key = self.buyer["key"]
        status, _, content = self.send("create", "POST", f"{API}/requirements", key=key, body=body, **unique)
        if status == 201:
            self.drafts.append(json.loads(content)["id"])
        if len(self.drafts) > 1:
            path = f"{API}/requirements/{self.drafts.pop(0)}"
            self.send("remove", "DELETE", path, key=key, **{"If-Match": "*"})

    def look_alive(self) -> None:
        """The peer: what any answer costs here, through the same server and middleware."""
        self.send("peer", "GET", "/healthz")


Habit = Mapping[Callable[[Caller], None], int]
"""How often each thing is done, of a hundred."""

READING: Habit = {
    Caller.list_suppliers: 35,
    Caller.read_supplier: 45,
    Caller.list_requirements: 10,
    Caller.read_requirement: 10,
}
MIXED: Habit = {
    Caller.list_suppliers: 26,
    Caller.read_supplier: 36,
    Caller.list_requirements: 8,
    Caller.read_requirement: 8,
    Caller.look_up_a_word: 6,
    Caller.rank: 6,
    Caller.change_a_capability: 6,
    Caller.draft_a_requirement: 4,
}
PEER: Habit = {Caller.look_alive: 100}


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What all connections together saw."""

    samples: Sequence[Sample]
    seconds: float

    def of(self, *kinds: str) -> "Traffic":
        return Traffic(samples=[sample for sample in self.samples if sample.kind in kinds], seconds=self.seconds)

    @property
    def per_second(self) -> float:
        return len(self.samples) / self.seconds

    @property
    def statuses(self) -> dict[int, int]:
        return dict(sorted(Counter(sample.status for sample in self.samples).items()))

    def percentile_ms(self, percent: float) -> float:
        times = sorted(sample.milliseconds for sample in self.samples)
        return times[min(len(times) - 1, int(len(times) * percent / 100))] if times else float("nan")


def drive(port: int, world: World, habit: Habit, *, connections: int, seconds: float) -> Traffic:
    """Let so many connections do what the habit says, each as fast as it is answered, for so long."""
    callers = [Caller(port=port, world=world, number=number) for number in range(connections)]
    acts, weights = list(habit), list(habit.values())
    started = time.perf_counter()

    def work(caller: Caller) -> None:
        while time.perf_counter() - started < seconds:
            caller.chance.choices(acts, weights)[0](caller)
        caller.connection.close()

    threads = [threading.Thread(target=work, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    return Traffic(samples=[sample for caller in callers for sample in caller.samples], seconds=took)
