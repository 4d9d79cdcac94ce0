"""Encrypting what must not be read: in a copy of the database, or by who carries it for us."""

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings


def cipher(purpose: str) -> MultiFernet:
    """Keys derived from SECRET_KEY and its predecessors, others for each purpose; the first one encrypts."""
    secrets: list[str] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]  # type: ignore[list-item]
    return MultiFernet([Fernet(_key_from(secret, purpose)) for secret in secrets])


def _key_from(secret: str, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())


class BrokenSealError(ValueError):
    """A text was not sealed by us, or not for this purpose."""


def seal(value: Any, *, purpose: str) -> str:
    """JSON that goes out and comes back, and that only we read and make. The same value has always the same seal."""
    sealed = _sealer(purpose).encrypt(json.dumps(value, ensure_ascii=False).encode(), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(text: str, *, purpose: str) -> Any:
    """
    Raises:
        BrokenSealError: it is none of ours.
    """
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return json.loads(_sealer(purpose).decrypt(sealed, None))
    except (InvalidTag, binascii.Error, ValueError) as fault:
        raise BrokenSealError(text) from fault


def _sealer(purpose: str) -> AESSIV:
    return AESSIV(hashlib.sha512(f"{purpose}:{settings.SECRET_KEY}".encode()).digest())
