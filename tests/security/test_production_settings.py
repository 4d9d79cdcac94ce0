"""What production refuses to start with, and what it sets whatever it is told."""

import json
import secrets
import subprocess
import sys
from typing import Any

import pytest

from config.checks.__main__ import production_environment
from config.settings.refusals import faults_of
from tests.stack.processes import PROJECT, clean_environment

GOOD: dict[str, Any] = {
    "secrets": {"SECRET_KEY": secrets.token_urlsafe(64), "API_KEY_PEPPER": secrets.token_urlsafe(64)},
    "allowed_hosts": ["matchmaking.example"],
    "site_url": "https://matchmaking.example",
    "database": {"HOST": "database", "PASSWORD": secrets.token_urlsafe(24)},
    "redis_url": f"redis://:{secrets.token_urlsafe(24)}@broker:6379/0",
    "email_backend": "django.core.mail.backends.smtp.EmailBackend",
}
ONE = secrets.token_urlsafe(64)
SHOWN = (
    *("DEBUG", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"),
    *("CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_NAME", "LANGUAGE_COOKIE_SECURE"),
    *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "STAFF_MFA_REQUIRED"),
)
SHOW = (
    "import json; from django.conf import settings;"
    f"print(json.dumps({{name: getattr(settings, name) for name in {SHOWN!r}}}))"
)


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**clean_environment(), **production_environment(), **changes}
    given = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run([sys.executable, "-c", SHOW], cwd=PROJECT, env=given, capture_output=True, text=True)


def test_a_complete_environment_has_no_faults() -> None:
    assert faults_of(**GOOD) == []
    assert faults_of(**{**GOOD, "database": {"HOST": "/run/postgresql"}, "redis_url": "unix:///run/valkey.sock"}) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"secrets": {"SECRET_KEY": "a1b2c3d4e5", "API_KEY_PEPPER": ONE}}, "SECRET_KEY must have at least 50 random"),
        ({"secrets": {"SECRET_KEY": ONE, "API_KEY_PEPPER": "ab" * 40}}, "API_KEY_PEPPER must have at least 50 random"),
        ({"secrets": {"SECRET_KEY": "django-insecure-" + ONE, "API_KEY_PEPPER": ONE[::-1]}}, "SECRET_KEY must have"),
        ({"secrets": {"SECRET_KEY": "development-only-" + ONE, "API_KEY_PEPPER": ONE[::-1]}}, "SECRET_KEY must have"),
        ({"secrets": {"SECRET_KEY": ONE, "API_KEY_PEPPER": ONE}}, "SECRET_KEY and API_KEY_PEPPER must differ"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS must name"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS must name"),
        ({"allowed_hosts": ["matchmaking.example", "."]}, "ALLOWED_HOSTS must name"),
        ({"site_url": "http://matchmaking.example"}, "SITE_URL must begin with https://"),
        ({"database": {"HOST": "database", "PASSWORD": ""}}, "DATABASE_URL must have a random password"),
        ({"database": {"HOST": "database", "PASSWORD": None}}, "DATABASE_URL must have a random password"),
        ({"database": {"HOST": "database", "PASSWORD": "postgres"}}, "DATABASE_URL must have a random password"),
        ({"database": {"HOST": "", "PASSWORD": "Postgres-password-2026"}}, "DATABASE_URL must have a random password"),
        ({"redis_url": "redis://broker:6379/0"}, "REDIS_URL must have a random password"),
        ({"redis_url": "redis://:changeme@broker:6379/0"}, "REDIS_URL must have a random password"),
        ({"redis_url": "rediss://:aaaaaaaaaaaaaaaaaaaaaaaa@broker:6379/0"}, "REDIS_URL must have a random password"),
        ({"email_backend": "django.core.mail.backends.console.EmailBackend"}, "EMAIL_URL must name a mail server"),
    ],
)
def test_what_can_be_guessed_is_a_fault_and_is_not_repeated(change: dict[str, Any], fault: str) -> None:
    [found] = faults_of(**{**GOOD, **change})

    assert found.startswith(fault)
    assert not any(value in found for value in change.get("secrets", {}).values())


def test_production_is_as_it_must_be_whatever_the_environment_says() -> None:
    ran = start(DEBUG="true", STAFF_MFA_REQUIRED=None)

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {
        "DEBUG": False,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_NAME": "__Host-language",
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_SSL_REDIRECT": True,
        "STAFF_MFA_REQUIRED": True,
    }


def test_production_does_not_start_with_weak_secrets_and_names_all_faults_at_once() -> None:
    ran = start(SECRET_KEY="short", REDIS_URL="redis://broker:6379/0", ALLOWED_HOSTS="*", SITE_URL=None)

    assert ran.returncode == 1
    message = ran.stderr.strip().splitlines()[-1]
    for named in ("SECRET_KEY", "REDIS_URL", "ALLOWED_HOSTS", "SITE_URL"):
        assert named in message
    assert "short" not in message


@pytest.mark.parametrize("missing", ["SECRET_KEY", "API_KEY_PEPPER", "ALLOWED_HOSTS"])
def test_production_does_not_start_without_them(missing: str) -> None:
    ran = start(**{missing: None})

    assert ran.returncode == 1
    assert missing in ran.stderr.strip().splitlines()[-1]
