"""Servers elsewhere are spoken to over TLS, or `check --deploy` says so."""

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from config.transport import is_elsewhere, warnings_of

HERE: dict[str, Any] = {
    "database": {"HOST": "database"},
    "redis_url": "redis://:secret@broker:6379/0",
    "mail": {"host": "localhost", "is_secure": False},
}
ELSEWHERE: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"database": {"HOST": "/var/run/postgresql"}, "redis_url": "unix:///run/valkey.sock"}, []),
    ({"database": {"HOST": "db.firm.example"}}, ["config.W001"]),
    ({"database": {"HOST": "10.0.0.5", "OPTIONS": {"sslmode": "require"}}}, ["config.W001"]),
    ({"database": {"HOST": "db.firm.example", "OPTIONS": {"sslmode": "verify-full"}}}, []),
    ({"redis_url": "redis://:secret@valkey.firm.example:6379/0"}, ["config.W002"]),
    ({"redis_url": "redis://:secret@[2001:db8::5]:6379/0"}, ["config.W002"]),
    ({"redis_url": "rediss://:secret@valkey.firm.example:6379/0"}, []),
    ({"mail": {"host": "mail.firm.example", "is_secure": False}}, ["config.W003"]),
    ({"mail": {"host": "mail.firm.example", "is_secure": True}}, []),
]


@pytest.mark.parametrize(("changes", "expected"), ELSEWHERE)
def test_a_server_elsewhere_without_tls_is_a_warning(changes: dict[str, Any], expected: list[str]) -> None:
    assert [warning.id for warning in warnings_of(**{**HERE, **changes})] == expected


@pytest.mark.parametrize(
    ("host", "elsewhere"),
    [("", False), ("127.0.0.1", False), ("::1", False), ("localhost", False), ("10.1.2.3", True), ("fd00::1", True)],
)
def test_another_machine_is_known(host: str, elsewhere: bool) -> None:
    assert is_elsewhere(host) is elsewhere


def test_the_check_is_one_of_those_of_a_deployment(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:secret@valkey.firm.example:6379/0"

    warned = {message.id for message in run_checks(tags=["security"], include_deployment_checks=True)}

    assert "config.W002" in warned
    assert "config.W002" not in {message.id for message in run_checks(tags=["security"])}
