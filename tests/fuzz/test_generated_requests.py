"""Requests made up from the OpenAPI document, right ones and wrong ones, from everybody who may ask.

No answer is a fault of ours, each is as the document says, and no body that breaks the document is taken: the
middleware of the test settings looks at every one. The same requests are made each time. `make fuzz` makes many more.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from rest_framework.test import APIClient
from schemathesis import Case, GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from tests.conftest import Covered
from tests.fixtures.contract import broken_promises, document
from tests.fixtures.routes import Operation, operations
from tests.fixtures.world import World
from tests.fuzz.asking import CASES, SEED, ids_for

AnyCase = Case[Any]
SHARDS = 4
CALLERS = (
    *("supplier_owner", "buyer_owner", "staff_owner", "supplier_key_write", "buyer_key_write", "person", "anonymous"),
    *("supplier_viewer", "staff_viewer", "unverified_buyer"),
)


@cache
def generated() -> dict[str, APIOperation[Any, Any, Any, Any]]:
    """What makes requests up, by operation id."""
    generation = GenerationConfig(with_security_parameters=False, database="none")
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    schema = schemathesis.openapi.from_dict(document(), config=config)
    schema.app = get_wsgi_application()
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.definition.raw["operationId"]: operation for operation in found}


def headers_of(client: APIClient) -> dict[str, str]:
    """What a client sends with every request: credentials and language."""
    sent = {name: str(value) for name, value in client.defaults.items()}
    return {name[5:].replace("_", "-"): value for name, value in sent.items() if name.startswith("HTTP_")}


class Fuzzer:
    """Sends what is made up for one operation, each time as somebody else, and undoes what it did."""

    def __init__(self, world: World, operation: Operation) -> None:
        self.world, self.operation = world, operation
        self.statuses: Counter[int] = Counter()

    def send(self, case: AnyCase) -> None:
        number = self.statuses.total()
        who = CALLERS[number % len(CALLERS)]
        if number % 4 and self.operation.collections:  # mostly something that there is
            case.path_parameters = {**(case.path_parameters or {}), **ids_for(self.world, self.operation, who)}
        headers = headers_of(self.world.clients[who])
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        self.statuses[answer.status_code] += 1
        assert not broken_promises, (who, case.as_curl_command())
        assert answer.status_code < 500, (who, case.as_curl_command())


def requests_for(operation: Operation, mode: GenerationMode, count: int) -> Callable[[Callable[[AnyCase], None]], None]:
    """Calls what it is given with so many made-up requests."""

    def each(send: Callable[[AnyCase], None]) -> None:
        strategy = generated()[operation.operation_id].as_strategy(generation_mode=mode)
        quiet = settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        try:
            quiet(seed(SEED)(given(case=strategy)(lambda case: send(case))))()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE

    return each


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests through WSGI keep the test's connection, as Django's own test client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_request_that_can_be_made_up_is_answered_otherwise_than_the_document_says(
    shard: int, covered: Covered
) -> None:
    described = [each for each in operations() if each.operation_id in generated()]
    count = -(-CASES // (2 * len(described)))
    world = World.build()
    statuses: Counter[int] = Counter()
    for operation in described[shard::SHARDS]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            fuzzer = Fuzzer(world, operation)
            requests_for(operation, mode, count)(fuzzer.send)
            statuses += fuzzer.statuses
    covered(len(described[shard::SHARDS]), "operations are sent made-up requests")
    for status, number in statuses.items():
        covered(number, f"made-up requests were answered {status // 100}xx")
