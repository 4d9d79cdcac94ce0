"""Secrets of endpoints, and signatures with them (Standard Webhooks, v1: HMAC-SHA-256).

Signing takes the secret itself, so it cannot be stored hashed. It is stored encrypted (Fernet) with a key derived from
SECRET_KEY: a copy of the database alone forges nothing. SECRET_KEY_FALLBACKS are tried for what was stored before.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import InvalidToken

from config.encryption import cipher

PURPOSE = "webhook secrets"
PREFIX = "whsec_"
SECRET_BYTES = 32


class SecretLostError(Exception):
    """The key with which it was encrypted is no longer in the settings."""


def new_secret() -> str:
    """Such as `whsec_…`: 256 random bits in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def encrypted(secret: str) -> str:
    return cipher(PURPOSE).encrypt(secret.encode()).decode()


def decrypted(stored: str) -> str:
    """
    Raises:
        SecretLostError: it was encrypted with a key that the settings no longer have.
    """
    try:
        return cipher(PURPOSE).decrypt(stored.encode()).decode()
    except InvalidToken as failure:
        raise SecretLostError from failure


def headers_for(body: bytes, *, message_id: str, at: datetime, stored_secrets: Iterable[str]) -> dict[str, str]:
    """What receivers verify: the id, the moment, and one signature for each secret, the newest first."""
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(signed, decrypted(stored)) for stored in stored_secrets),
    }


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
