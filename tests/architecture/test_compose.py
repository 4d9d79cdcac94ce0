"""docker-compose.yml: valid, complete, and with nothing secret in it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.devstack.postgres import DISCREET

PROJECT = Path(__file__).resolve().parent.parent.parent
COMPOSE = PROJECT / "docker-compose.yml"
SECRETS = {"SECRET_KEY", "API_KEY_PEPPER", "POSTGRES_PASSWORD", "POSTGRES_APP_PASSWORD", "VALKEY_PASSWORD"}
OWN_SERVICES = {"migrate", "web", "worker", "scheduler", "mail"}
DEVELOPMENT_ONLY = {"DEBUG"}

services: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]


def interpolated() -> dict[str, str]:
    """Every variable that compose fills in, with what follows its name."""
    return dict(re.findall(r"\$\{([A-Z_]+)([^}]*)\}", COMPOSE.read_text()))


def documented() -> dict[str, str]:
    """Every variable of .env.example, also those that are commented out, with its value."""
    return dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE))


def read_by_settings() -> set[str]:
    sources = "".join(file.read_text() for file in (PROJECT / "config" / "settings").glob("*.py"))
    return set(re.findall(r"""\benv(?:\.\w+)?\(\s*["']([A-Z_]+)["']""", sources))


def test_it_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    checked = subprocess.run(command, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def test_every_variable_it_asks_for_is_explained_in_the_example() -> None:
    assert interpolated().keys() - documented().keys() == set()


def test_every_variable_the_settings_read_is_explained_and_passed_on() -> None:
    passed = {name for service in OWN_SERVICES for name in services[service].get("environment", {})}

    assert read_by_settings() - documented().keys() - DEVELOPMENT_ONLY == set()
    assert read_by_settings() - passed - DEVELOPMENT_ONLY == set()


def test_the_example_explains_nothing_that_does_not_exist() -> None:
    assert documented().keys() - interpolated().keys() - read_by_settings() == set()


def test_the_example_says_what_holds_unless_it_is_set() -> None:
    defaults = {name: rest[2:] for name, rest in interpolated().items() if rest.startswith(":-")}

    assert {name: documented()[name] for name in defaults} == defaults


def test_the_database_logs_no_values() -> None:
    command = services["database"]["command"].split()

    assert command[0] == "postgres"
    assert set(command[2::2]) == set(DISCREET)


def test_secrets_have_no_default_and_are_refused_when_missing() -> None:
    assert {name: interpolated()[name][:2] for name in SECRETS} == dict.fromkeys(SECRETS, ":?")
    assert {name: documented()[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


@pytest.mark.parametrize("name", sorted(services))
def test_every_service_is_confined(name: str) -> None:
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert name in OWN_SERVICES or service["user"] in {"postgres", "valkey"}


@pytest.mark.parametrize("name", sorted(services.keys() - {"migrate", "web"}))
def test_every_lasting_service_says_whether_it_is_well(name: str) -> None:
    assert services[name]["healthcheck"]["test"]


def test_the_database_is_postgresql_18_and_keeps_its_data_where_that_image_does() -> None:
    assert services["database"]["image"] == "postgres:18"
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql"]


def test_the_product_starts_once_the_database_is_migrated_and_the_broker_answers() -> None:
    after = {"migrate": {"condition": "service_completed_successfully"}, "broker": {"condition": "service_healthy"}}

    assert {name: services[name]["depends_on"] for name in ("web", "worker", "scheduler")} == dict.fromkeys(
        ("web", "worker", "scheduler"), after
    )
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_only_loopback_addresses_are_published_unless_asked_otherwise() -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]

    assert published == ["${WEB_ADDRESS:-127.0.0.1:8000}:8000", "127.0.0.1:8025:8025"]


def test_trying_out_needs_its_profile() -> None:
    assert {name for name, service in services.items() if service.get("profiles")} == {"mail"}
