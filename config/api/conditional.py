"""ETag and If-Match (RFC 9110, section 13): nobody overwrites what they have not read."""

import hashlib
import re
from typing import Any

from django.utils.translation import get_language
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.problems import PreconditionRequired
from config.errors import StaleVersionError

_ETAG = re.compile(r'"v(\d{1,9})\.[0-9a-f]{16}"')


def etag(version: int, representation: Any) -> str:
    """A strong tag: the row's version, then a digest of exactly what is sent, in this language."""
    body = JSONRenderer().render(representation) + (get_language() or "").encode()
    return f'"v{version}.{hashlib.sha256(body).hexdigest()[:16]}"'


def required_version(request: Request) -> int | None:
    """The version that a change is based on, from If-Match; None for `*`, which matches any.

    Of several tags only the newest can be current, for versions only grow. A weak tag never is: a change asks for
    the strong comparison.

    Raises:
        PreconditionRequired: the header is missing (428).
        StaleVersionError: no tag is one of ours, so none can be current (412).
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired
    if given == "*":
        return None
    ours = [matched for tag in given.split(",") if (matched := _ETAG.fullmatch(tag.strip()))]
    if not ours:
        raise StaleVersionError(given=given)
    return max(int(matched[1]) for matched in ours)


def tagged(request: Request, representation: Any, *, version: int, status: int = 200) -> Response:
    """The representation with its ETag, or 304 where the caller has it already."""
    tag = etag(version, representation)
    known = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if request.method in ("GET", "HEAD") and (tag in known or "*" in known):
        return Response(status=304, headers={"ETag": tag})
    return Response(representation, status=status, headers={"ETag": tag})
