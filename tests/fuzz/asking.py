"""Asking what should not be asked, as somebody who may ask, and looking whether the answer is a fault of ours.

What `make fuzz` sets in the environment makes all of it larger.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.files import File
from django.db import transaction
from rest_framework.test import APIRequestFactory

from tests.conftest import Covered
from tests.fixtures.bodies import body_of
from tests.fixtures.contract import broken_promises
from tests.fixtures.routes import Operation
from tests.fixtures.world import World

AT_LENGTH = "FUZZ_CASES" in os.environ
"""Whether this is `make fuzz`, which asks in full what the tests ask in short."""
CASES = int(os.environ.get("FUZZ_CASES", "600"))
"""Requests that are made up from the document, at least."""
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))
LONGEST_REFUSAL_BYTES = 100_000
"""However much is wrong, and however long it is."""
CALLERS = ("supplier_owner", "buyer_owner", "staff_owner", "person")


def ids_for(world: World, operation: Operation, who: str) -> dict[str, str]:
    """Ids for an operation's path that lead to something: the caller's own if it has such a thing, else anybody's."""
    there = [world.ids("own", who), *world.fixed.values(), *world.own.values()]
    return {
        name: next((ids[collection] for ids in there if collection in ids), "")
        for name, collection in operation.collections.items()
    }


def in_form(value: Any) -> str:
    """A value as part of a form, which has only texts."""
    return str(value).encode("utf-8", "replace").decode()


@dataclass
class Asking:
    """Requests whose effects are undone, and what they were answered."""

    world: World
    statuses: Counter[int] = field(default_factory=Counter)
    allowed: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> APIRequestFactory:
        """Straight to the views: nothing before them looks into bodies and parameters."""
        return self.world.at_once(who)

    def send(self, operation: Operation, who: str, *, query: str = "", body: Any = None) -> int:
        """The status of a request that could succeed, but for the query and body that are given."""
        path = operation.address(**ids_for(self.world, operation, who)) + (f"?{query}" if query else "")
        ask = getattr(self.client(who), operation.method.lower())
        what = f"{operation}?{query} {body!r}"
        if operation.is_safe:
            return self.noted(partial(ask, path), what)
        content = body_of(operation, self.world, who, "own") if body is None else body
        if isinstance(content, dict) and any(isinstance(value, File) for value in content.values()):
            form = {name: value if isinstance(value, File) else in_form(value) for name, value in content.items()}
            return self.noted(partial(ask, path, form, format="multipart", headers={"If-Match": "*"}), what)
        return self.send_bytes(operation, who, json.dumps(content).encode())

    def send_bytes(self, operation: Operation, who: str, body: bytes) -> int:
        """The status of a request with just this body, said to be JSON."""
        path = operation.address(**ids_for(self.world, operation, who))
        ask = partial(getattr(self.client(who), operation.method.lower()), path, body, content_type="application/json")
        return self.noted(partial(ask, headers={"If-Match": "*"}), f"{operation}: {body[:1000]!r}")

    def noted(self, ask: Callable[[], Any], what: str) -> int:
        """The status of an answer that is no fault of ours and as the document says."""
        with transaction.atomic():
            answer = ask()
            transaction.set_rollback(True)
        assert answer.status_code < 500, what[:2000]
        assert broken_promises == [], what[:2000]
        assert answer.status_code < 400 or len(answer.content) < LONGEST_REFUSAL_BYTES, what[:2000]
        self.statuses[answer.status_code] += 1
        return int(answer.status_code)

    def who_may(self, operation: Operation) -> str:
        """Somebody whose request succeeds, else the first."""
        if operation.operation_id not in self.allowed:
            asked = ((who, self.send(operation, who)) for who in CALLERS)
            found = next((who for who, status in asked if 200 <= status < 300), CALLERS[0])
            self.allowed[operation.operation_id] = found
        return self.allowed[operation.operation_id]

    def tell(self, covered: Covered, what: str) -> None:
        """For the end of the run, where the counts of all tests are added up."""
        for status, count in self.statuses.items():
            covered(count, f"requests with {what} were answered {status // 100}xx")
