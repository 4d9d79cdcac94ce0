"""A client made from the committed OpenAPI document does the main job on a running server, by no other means."""

import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from config.checks.api_document import DOCUMENT
from taxonomy.services import load_taxonomy
from tests.factories.accounts import PASSWORD, UserFactory, member, tax_code
from tests.fixtures.contract import PROJECT

NAME = "matchmaking_client"
HANOI = {"province": "2025:01", "latitude": 21.0285, "longitude": 105.8542}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The generated client, imported. A warning of the generator is a fault of the document."""
    folder = tmp_path_factory.mktemp("client")
    tools = Path(sys.executable).parent
    made = subprocess.run(
        [
            *(str(tools / "openapi-python-client"), "generate", "--path", str(PROJECT / DOCUMENT), "--meta", "none"),
            *("--output-path", str(folder / NAME), "--fail-on-warning"),
        ],
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert (made.returncode, "arning" in made.stdout) == (0, False), made.stdout
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))


class Caller:
    """Somebody who knows the API through the generated client alone, and what they did."""

    def __init__(self, package: ModuleType, site: str, who: str, log: list[str], **credentials: Any) -> None:
        self.folder = Path(inspect.getfile(package)).parent
        self.who, self.log = who, log
        if "key" in credentials:
            self.client = package.AuthenticatedClient(base_url=site, token=credentials["key"])
        else:
            self.client = package.Client(base_url=site, headers={"X-Session-Token": credentials["session"]})

    def close(self) -> None:
        self.client.get_httpx_client().close()

    def __call__(self, operation: str, *path: str, body: Any = None, expected: int = 200, **parameters: Any) -> Any:
        """The parsed answer of an operation, named by its id."""
        [found] = self.folder.glob(f"api/*/{operation}.py")
        module = importlib.import_module(f"{NAME}.api.{found.parent.name}.{operation}")
        if body is not None:
            parameters["body"] = model_of(module.sync_detailed).from_dict(body)
        answer = module.sync_detailed(*path, client=self.client, accept_language="en", **parameters)
        assert answer.status_code == expected, answer.content
        self.log.append(f"{self.who}: {operation} → {expected}")
        return answer.parsed


def model_of(operation: Callable[..., Any]) -> Any:
    """The class of the body that an operation takes."""
    annotation = inspect.signature(operation).parameters["body"].annotation
    kinds = getattr(annotation, "__args__", (annotation,))
    return next(kind for kind in kinds if hasattr(kind, "from_dict"))


@pytest.fixture
def caller(package: ModuleType, live_server: LiveServer) -> Iterator[Callable[..., Caller]]:
    """Makes callers, whose connections are closed at the end."""
    with ExitStack() as stack:
        yield lambda who, log, **credentials: stack.enter_context(
            closing(Caller(package, live_server.url, who, log, **credentials))
        )


def signed_in(site: str, email: str) -> str:
    """The session token of a person, from allauth's own API, which ours does not describe."""
    body = {"email": email, "password": PASSWORD}
    answer = httpx.post(f"{site}/auth/app/v1/auth/login", json=body).raise_for_status()
    return str(answer.json()["meta"]["session_token"])


@pytest.mark.django_db(transaction=True)
def test_a_generated_client_does_the_main_job(
    caller: Callable[..., Caller], live_server: LiveServer, record_property: Callable[[str, object], None]
) -> None:
    cache.clear()
    load_taxonomy(parks=False)
    log: list[str] = []
    site = live_server.url
    officer = member("agency").user
    assert officer is not None
    staff = caller("staff", log, session=signed_in(site, officer.email))

    def software_of(kind: str, name: str, serial: int) -> Caller:
        """The software of a new organisation: a person registers it and makes a key."""
        person = UserFactory.create()
        session = signed_in(site, person.email)
        owner = caller(f"{kind}'s owner", log, session=session)
        registration = {"kind": kind, "legal_name": name, "country": "VN", "tax_code": tax_code(serial)}
        owner("organisations_create", body=registration, expected=201)
        issued = owner("api_keys_issue", body={"name": "ERP", "scopes": ["read", "write"]}, expected=201)
        return caller(f"{kind}'s software", log, key=issued.key)

    seller = software_of("supplier", "Công ty TNHH Cơ khí Chính xác Phú Tùng", 7)
    buyer = software_of("buyer", "Kanto Motors Việt Nam", 8)

    firm = seller("suppliers_create", body={"languages": ["vi", "en"], "employees_total": 80}, expected=201).id
    shop = seller("suppliers_sites_add", firm, body={"name": "Nhà máy", **HANOI}, expected=201).id
    turning = {"process": "MACH.CNC_TURN", "site": shop, "tolerance_mm": 0.01, "lead_time_days": 30}
    seller("suppliers_capabilities_add", firm, body=turning, expected=201)
    expires = str(timezone.localdate() + timedelta(days=700))
    seller("suppliers_certificates_add", firm, body={"standard": "ISO9001", "expires_on": expires}, expected=201)
    seller("suppliers_submit", firm)
    staff("suppliers_publish", firm)

    account = buyer("buyers_create", body={"parent_country": "JP"}, expected=201).id
    staff("buyers_verify", account)
    plant = buyer("plants_create", body={"name": "Hanoi plant", **HANOI}, expected=201).id
    asked = {
        "title": "Shaft ⌀20",
        "plant": plant,
        "operations": [{"process": "MACH.CNC_TURN", "tolerance_mm": 0.02}],
        "standards_required": ["ISO9001"],
    }
    requirement = buyer("requirements_create", body=asked, expected=201).id
    buyer("requirements_open", requirement)
    ranking = buyer("requirements_matches", requirement, top=5)
    sides = {"requirement": requirement, "supplier": ranking.results[0].supplier, "message": "500 a month?"}
    connection = buyer("connections_request", body=sides, expected=201)
    accepted = seller("connections_accept", connection.id)
    read = buyer("connections_retrieve", connection.id)

    assert [line.supplier for line in ranking.results] == [firm]
    assert (accepted.state.value, read.state.value) == ("accepted", "accepted")
    assert [contact.role for contact in read.contacts] == ["owner"]
    record_property("covered", "\n  ".join((f"{len(log)} calls of the generated client did the main job:", *log)))
