"""Encrypting what must not be read: in a copy of the database, or by who carries it for us."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings


def cipher(purpose: str) -> MultiFernet:
    """Keys derived from SECRET_KEY and its predecessors, others for each purpose; the first one encrypts."""
    return MultiFernet([Fernet(_key_from(secret, purpose)) for secret in _secrets()])


def _key_from(secret: str, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())


class BrokenSealError(ValueError):
    """A text was not sealed by us, or not for this place."""


def seal(value: Any, *, purpose: str, place: Sequence[str]) -> str:
    """JSON that goes out and comes back, and that only we read and make: AES-SIV (RFC 5297), in the letters of a URL.

    The same value has always the same seal, so that what shows one does not change by itself.

    Args:
        place: where it counts. Opened anywhere else, it is none of ours.
    """
    sealed = _sealer(_secrets()[0], purpose).encrypt(json.dumps(value).encode(), _bytes(place))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(text: str, *, purpose: str, place: Sequence[str]) -> Any:
    """
    Raises:
        BrokenSealError: it is none of ours, or belongs to another place.
    """
    try:
        sealed = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError) as fault:
        raise BrokenSealError from fault
    for secret in _secrets():
        try:
            return json.loads(_sealer(secret, purpose).decrypt(sealed, _bytes(place)))
        except (InvalidTag, ValueError):
            continue
    raise BrokenSealError


def _sealer(secret: str, purpose: str) -> AESSIV:
    return AESSIV(hashlib.sha512(f"{purpose}:{secret}".encode()).digest())


def _bytes(place: Sequence[str]) -> list[bytes]:
    return [json.dumps(place).encode()]


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]  # type: ignore[list-item]
