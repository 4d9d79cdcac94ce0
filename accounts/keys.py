"""The form of an API key: a visible prefix, a dot, a secret. Only the prefix and a keyed hash are ever stored."""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

from config.models import new_public_id

KEY = re.compile(r"(mk_[0-9a-z]{8})\.([A-Za-z0-9_-]{43})")


def new_key() -> tuple[str, str]:
    """A visible prefix such as `mk_4k7m2c9x`, and the whole key: the prefix, a dot and 256 random bits in base64."""
    prefix = new_public_id("mk")[: len("mk_") + 8]
    return prefix, f"{prefix}.{secrets.token_urlsafe(32)}"


def prefix_of(key: str) -> str | None:
    """The visible prefix, or None where the text has not the form of a key."""
    matched = KEY.fullmatch(key)
    return matched[1] if matched else None


def contains_key(text: str) -> bool:
    """Whether a whole key stands somewhere in the text."""
    return KEY.search(text) is not None


def digest(key: str) -> str:
    """HMAC-SHA-256 of the whole key with the pepper, in hex."""
    return hmac.new(settings.API_KEY_PEPPER.encode(), key.encode(), hashlib.sha256).hexdigest()


def matches(key: str, stored_digest: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest(key), stored_digest)
