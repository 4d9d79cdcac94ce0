"""ETag and If-Match (RFC 9110, section 13): nobody overwrites what they have not read."""

import hashlib
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings
from django.utils.translation import get_language
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.problems import PreconditionRequired
from config.errors import StaleVersionError

VERSION_BYTES = 6
DIGEST_BYTES = 10
MOST_VERSIONS = 2**31 - 1
"""What the database counts to."""
NO_VERSION = 0
"""Of lists, and of rows shown to readers who may not know how often they were changed."""


def etag(version: int, representation: Any) -> str:
    """A strong tag: the row's version with a digest of exactly what is sent, in this language.

    The two are encrypted as one block, so that nobody reads from a tag, or from two, how often a row was changed.
    """
    body = JSONRenderer().render(representation) + (get_language() or "").encode()
    block = version.to_bytes(VERSION_BYTES) + hashlib.sha256(body).digest()[:DIGEST_BYTES]
    encryptor = _cipher(settings.SECRET_KEY).encryptor()
    return f'"{(encryptor.update(block) + encryptor.finalize()).hex()}"'


def version_of(tag: str) -> int | None:
    """The version in a tag; None where it is not of our form. Of a tag that is not ours it is a number by chance, which
    hardly ever is a version that any row has."""
    digits = tag[1:-1]
    if not (tag.startswith('"') and tag.endswith('"') and len(digits) == 2 * (VERSION_BYTES + DIGEST_BYTES)):
        return None
    try:
        block = bytes.fromhex(digits)
    except ValueError:
        return None
    decryptor = _cipher(settings.SECRET_KEY).decryptor()
    return int.from_bytes((decryptor.update(block) + decryptor.finalize())[:VERSION_BYTES])


@cache
def _cipher(secret: str) -> Cipher[ECB]:
    """A permutation of single blocks, each of which is a whole tag: chaining would have nothing to chain."""
    return Cipher(AES256(hashlib.sha256(f"etag:{secret}".encode()).digest()), ECB())  # noqa: S305


def required_version(request: Request) -> int | None:
    """The version that a change is based on, from If-Match; None for `*`, which matches any.

    Of several tags the newest of ours is meant, for versions only grow. A weak tag never is: a change asks for the
    strong comparison.

    Raises:
        PreconditionRequired: the header is missing (428).
        StaleVersionError: no tag is one of ours, so none can be current (412).
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired
    if given == "*":
        return None
    named = [version_of(tag.strip()) for tag in given.split(",")]
    possible = [version for version in named if version is not None and version <= MOST_VERSIONS]
    if not possible:
        raise StaleVersionError(given=given)
    return max(possible)


def named_version(request: Request) -> int | None:
    """As `required_version`, but the header may be missing: then any version is meant."""
    return required_version(request) if "If-Match" in request.headers else None


def tagged(request: Request, representation: Any, *, version: int, status: int = 200) -> Response:
    """The representation with its ETag, or 304 where the caller has it already."""
    tag = etag(version, representation)
    known = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if request.method in ("GET", "HEAD") and (tag in known or "*" in known):
        return Response(status=304, headers={"ETag": tag})
    return Response(representation, status=status, headers={"ETag": tag})
