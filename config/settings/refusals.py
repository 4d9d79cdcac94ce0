"""What production refuses to start with: secrets that can be guessed, servers that let anybody in."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

SHORTEST_SECRET = 50
SHORTEST_PASSWORD = 16
FEWEST_SIGNS = 8
DEFAULTS = (
    *("admin", "app", "changeme", "default", "development", "django-insecure", "example", "guest", "letmein"),
    *("matchmaking", "passw0rd", "password", "postgres", "redis", "root", "secret", "test-only", "valkey"),
)
"""Beginnings of what manuals and examples use."""
NOT_FOR_PEOPLE = ("console", "dummy", "filebased", "locmem")
"""Mail backends that put codes and addresses elsewhere than into mailboxes, such as into logs."""


def faults_of(
    *,
    secrets: Mapping[str, str],
    allowed_hosts: Collection[str],
    site_url: str,
    database: Mapping[str, Any],
    redis_url: str,
    email_backend: str,
) -> list[str]:
    """What is wrong with a production's environment, a sentence each, without repeating any secret."""
    return [
        *_faults_of_secrets(secrets),
        *_faults_of_addresses(allowed_hosts, site_url),
        *_faults_of_database(database),
        *_faults_of_redis(redis_url),
        *(["EMAIL_URL must name a mail server"] if email_backend.split(".")[-2] in NOT_FOR_PEOPLE else []),
    ]


def _faults_of_secrets(secrets: Mapping[str, str]) -> Iterator[str]:
    for name, secret in secrets.items():
        if len(secret) < SHORTEST_SECRET or is_weak(secret):
            yield f"{name} must have at least {SHORTEST_SECRET} random characters"
    if len(set(secrets.values())) < len(secrets):
        yield f"{' and '.join(secrets)} must differ"


def _faults_of_addresses(allowed_hosts: Collection[str], site_url: str) -> Iterator[str]:
    if not allowed_hosts or any(host.strip(".") in ("", "*") for host in allowed_hosts):
        yield "ALLOWED_HOSTS must name the hosts that the site answers to"
    if urlsplit(site_url).scheme != "https":
        yield "SITE_URL must begin with https://"


def _faults_of_database(database: Mapping[str, Any]) -> Iterator[str]:
    is_socket = str(database.get("HOST") or "").startswith("/")  # there the operating system knows who asks
    if not is_socket and is_weak_password(str(database.get("PASSWORD") or "")):
        yield f"DATABASE_URL must have a random password of at least {SHORTEST_PASSWORD} characters"


def _faults_of_redis(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme != "unix" and is_weak_password(unquote(parts.password or "")):
        yield f"REDIS_URL must have a random password of at least {SHORTEST_PASSWORD} characters"


def is_weak_password(password: str) -> bool:
    return len(password) < SHORTEST_PASSWORD or is_weak(password)


def is_weak(secret: str) -> bool:
    """The same few signs over and over, or a default with something behind it."""
    return len(set(secret)) < FEWEST_SIGNS or secret.casefold().startswith(DEFAULTS)
