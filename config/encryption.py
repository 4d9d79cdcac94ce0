"""Encrypting what must be stored but not be read in a copy of the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def cipher(purpose: str) -> MultiFernet:
    """Keys derived from SECRET_KEY and its predecessors, others for each purpose; the first one encrypts."""
    secrets: list[str] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]  # type: ignore[list-item]
    return MultiFernet([Fernet(_key_from(secret, purpose)) for secret in secrets])


def _key_from(secret: str, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())
