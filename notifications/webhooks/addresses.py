"""Which addresses may be told of events: only public ones, so that nobody reaches our own network through us.

What an address looks like is checked when it is stored. Where its name leads is checked at every delivery, and the
connection then goes to exactly what was checked: see `notifications.webhooks.transport`.
"""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
"""Finds the IP addresses of a name, for a port."""

LONGEST = 500
PORTS = frozenset({443, 8443})
# Printable ASCII that needs no escaping, and no "@", "#" or "\": what programs read differently, nobody smuggles past.
URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:%/?-]*)?)"
)
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
LOOPBACK = "127.0.0.1"

NOT_ON_THE_INTERNET = frozenset(
    {
        "localhost",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "arpa",
        "onion",
        "alt",
    }
    | {"test", "invalid"}
)
"""Last labels of names that lead nowhere, or into somebody's own network (RFC 6761, 6762, 7686, 8375, ICANN)."""

# What Python's table of global addresses leaves open: addresses that carry another address inside them, or relay to it.
CARRIERS: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "192.88.99.0/24",  # 6to4 relays
        "192.0.0.0/24",  # protocol assignments
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "::ffff:0:0/96",  # IPv4 in IPv6
    )
)
GLOBAL_UNICAST = ip_network("2000::/3")


class UnfitAddressError(ValueError):
    """Nothing is sent there. `reason` says why, for people."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """Where a webhook goes, taken apart."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        usual = 443 if self.is_secure else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def parse(url: str) -> Target:
    """Take an address apart.

    Raises:
        UnfitAddressError: it is none that webhooks are sent to, whatever its name leads to.
    """
    matched = URL.fullmatch(url) if len(url) <= LONGEST and url.isascii() else None
    if matched is None:
        raise UnfitAddressError(
            _("An address such as https://hooks.firm.example/path is required, in ASCII and without user or fragment.")
        )
    host, is_secure = matched["host"].lower(), matched["scheme"] == "https"
    port = int(matched["port"] or (443 if is_secure else 80))
    target = Target(is_secure, host, port, _path(matched["target"]))
    if settings.WEBHOOKS_MAY_GO_TO_LOOPBACK and host == LOOPBACK and 1 <= port <= 65535:
        return target
    if not is_secure:
        raise UnfitAddressError(_("Only https is used."))
    if port not in PORTS:
        raise UnfitAddressError(_("The port must be 443 or 8443."))
    _check_name(host)
    return target


def checked_address(target: Target, resolve: Resolve) -> str:
    """The IP address to connect to: the first of those that the name leads to, if all of them are public.

    Raises:
        UnfitAddressError: the name leads nowhere, or somewhere that is not public.
    """
    try:
        found = [ip_address(text) for text in resolve(target.host, target.port)]
    except (OSError, UnicodeError, ValueError) as failure:
        raise UnfitAddressError(_("The name cannot be resolved.")) from failure
    if not found:
        raise UnfitAddressError(_("The name cannot be resolved."))
    if not all(_is_allowed(address) for address in found):
        raise UnfitAddressError(_("The name leads to an address that is not public."))
    return str(found[0])


def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses that the operating system finds."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: Address) -> bool:
    """Whether everybody on the Internet finds the same behind it."""
    if any(address in network for network in CARRIERS if network.version == address.version):
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or address not in GLOBAL_UNICAST):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _is_allowed(address: Address) -> bool:
    return is_public(address) or (settings.WEBHOOKS_MAY_GO_TO_LOOPBACK and str(address) == LOOPBACK)


def _check_name(host: str) -> None:
    """Names only: what looks like a number is read as an address by some programs, in many ways."""
    labels = host.split(".")
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise UnfitAddressError(_("This is no name of a host."))
    if len(labels) < 2 or labels[-1] in NOT_ON_THE_INTERNET or not TOP_LEVEL.fullmatch(labels[-1]):
        raise UnfitAddressError(_("A name that leads to a public address is required, not a number."))


def _path(target: str) -> str:
    return target if target.startswith("/") else f"/{target}"
