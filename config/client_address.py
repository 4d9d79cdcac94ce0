"""Where a request comes from, as far as proxies of ours tell it."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The caller's IP address in its shortest form, or None where it cannot be told, such as behind a unix socket.

    Each proxy of ours adds the address that it sees to the end of X-Forwarded-For. What stands before those entries
    was sent by the caller and says nothing. An IPv4 address that arrives inside an IPv6 one is told as IPv4.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    ours = min(settings.ALLAUTH_TRUSTED_PROXY_COUNT, len(forwarded))
    told = forwarded[-ours].strip() if ours else ""
    return _parsed(told or request.META.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> str | None:
    for form in (text, text.rpartition(":")[0].strip("[]")):  # some proxies name the port as well
        try:
            address = ip_address(form)
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return str(mapped or address)
    return None
