"""Fixtures of the whole suite."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import translation
from rest_framework.test import APIClient

from accounts.principals import ANONYMOUS, Principal
from tests.fixtures.catalogue import own_catalogue
from tests.fixtures.contract import broken_promises
from tests.fixtures.files import empty_storage
from tests.fixtures.jobs import ask_for, reports_within
from tests.fixtures.logs import log_lines
from tests.fixtures.mail import smtp_inbox
from tests.fixtures.receiver import receiver
from tests.fixtures.vocabulary import vocabulary
from tests.fixtures.worker import start_worker

__all__ = [
    "ask_for",
    "empty_storage",
    "log_lines",
    "own_catalogue",
    "receiver",
    "reports_within",
    "smtp_inbox",
    "start_worker",
    "vocabulary",
]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the walks over all operations have covered. What several tests cover together is added up."""
    total: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties if report.when == "call" else ():
            if name == "covered":
                count, _space, what = str(value).partition(" ")
                total[what] += int(count)
    if total:
        terminalreporter.section("covered")
        terminalreporter.write_line("\n".join(f"{total[what]} {what}" for what in sorted(total)))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Dropping the database at the end may take longer than a request's statement, where much else runs."""
    yield
    connection.close()
    connection.settings_dict["OPTIONS"]["options"] = "-c statement_timeout=60000"


ClientFor = Callable[[Principal], APIClient]
Covered = Callable[[int, str], None]


@pytest.fixture
def client_for() -> ClientFor:
    """Makes a client whose requests come from that principal, in English."""

    def make(principal: Principal) -> APIClient:
        client = APIClient(headers={"accept-language": "en"})
        if principal is not ANONYMOUS:
            client.force_authenticate(user=principal.user, token=principal)
        return client

    return make


@pytest.fixture
def covered(record_property: Callable[[str, object], None]) -> Callable[[int, str], None]:
    """Tells the summary of the run how much a walk has covered; a walk that covers nothing proves nothing."""

    def tell(count: int, what: str) -> None:
        assert count > 0, what
        record_property("covered", f"{count} {what}")

    return tell


@pytest.fixture
def anonymous_client(client_for: ClientFor) -> APIClient:
    return client_for(ANONYMOUS)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Outside requests, which choose for themselves, tests speak English and can quote what is said."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def as_documented() -> Iterator[None]:
    """Fails a test in which anything under /api/v1/ was not as the OpenAPI document says, whoever asked."""
    broken_promises.clear()
    yield
    assert not broken_promises
