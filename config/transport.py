"""Whether what leaves this machine goes over TLS to a server that was checked: warnings of `check --deploy`."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning

HINTS = {
    "DATABASE_URL": "Add ?sslmode=verify-full.",
    "REDIS_URL": "Begin with rediss://.",
    "EMAIL_URL": "Begin with smtp+tls://.",
}


@register(Tags.security, deploy=True)
def check_transport(**_options: Any) -> Sequence[CheckMessage]:
    """One warning for each server elsewhere that is spoken to in the clear, or without asking who it is."""
    return warnings_of(
        database=settings.DATABASES["default"],
        redis_url=settings.REDIS_URL,
        mail={"host": settings.EMAIL_HOST, "is_secure": settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL},
    )


def warnings_of(*, database: Mapping[str, Any], redis_url: str, mail: Mapping[str, Any]) -> list[CheckMessage]:
    redis = urlsplit(redis_url)
    servers = (
        ("W001", "DATABASE_URL", database.get("HOST"), database.get("OPTIONS", {}).get("sslmode") == "verify-full"),
        ("W002", "REDIS_URL", redis.hostname, redis.scheme == "rediss"),
        ("W003", "EMAIL_URL", mail["host"], mail["is_secure"]),
    )
    return [
        CheckWarning(f"{name} leads elsewhere without TLS.", hint=HINTS[name], id=f"config.{number}")
        for number, name, host, is_secure in servers
        if is_elsewhere(str(host or "")) and not is_secure
    ]


def is_elsewhere(host: str) -> bool:
    """Whether a host is another machine. Sockets and loopback are not, nor names without a dot: in the network of the
    compose file they are containers of this machine.
    """
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return "." in host and not host.startswith("/")
