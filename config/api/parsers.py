"""The body of a request: strict JSON."""

import codecs
import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

MAX_DEPTH = 64


class ContentTooLarge(APIException):
    status_code = 413
    default_code = "content_too_large"
    default_detail = gettext_lazy("The body is too large.")


class LengthRequired(APIException):
    """A body came in chunks, of which Django reads none: it would be taken for an empty one."""

    status_code = 411
    default_code = "length_required"
    default_detail = gettext_lazy("Say with Content-Length how long the body is. It is not read in chunks.")


class StrictJSONParser(BaseParser):
    """RFC 8259 without its loopholes: no NaN, no duplicate keys, no lone surrogates, no bottomless nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The decoded body.

        Raises:
            ContentTooLarge: it is longer than `settings.DATA_UPLOAD_MAX_MEMORY_SIZE`.
            UnsupportedMediaType: it says of itself that it is in another encoding.
            ParseError: it is not strict JSON in UTF-8, nested deeper than 64 levels, or ends too early.
        """
        announced = check_length((parser_context or {}).get("request", stream))
        charset = parse_header_parameters(media_type or "")[1].get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType(f"{media_type}")
        body = stream.read()
        check_whole(len(body), announced)
        try:
            return loads(body)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except ValueError as error:
            raise ParseError(_("The body is not valid JSON: %(reason)s") % {"reason": error}) from None


def check_length(request: Any) -> int:
    """The length of a body in bytes as it is announced, before it is read; no more than that is ever read.

    Raises:
        ContentTooLarge: it is longer than `settings.DATA_UPLOAD_MAX_MEMORY_SIZE`.
    """
    try:
        announced = int(getattr(request, "META", {}).get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0  # as which Django reads nothing
    if announced > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise ContentTooLarge
    return announced


def check_whole(received: int, announced: int) -> None:
    """Refuse what was cut off on its way, even where it could be read.

    Raises:
        ParseError: fewer bytes came than were announced.
    """
    if received < announced:
        raise ParseError(_("The body ended before its Content-Length."))


def loads(body: bytes) -> Any:
    """Decode strict JSON.

    Raises:
        ValueError: any departure from the standard, or a number beyond float64.
        RecursionError: deeper than 64 levels.
    """
    text = codecs.decode(body, "utf-8")
    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
    _check(value, depth=1)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key occurs twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check(value: Any, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        value.encode()  # a lone surrogate cannot be encoded; UnicodeEncodeError is a ValueError
    elif isinstance(value, list):
        for item in value:
            _check(item, depth=depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            key.encode()
            _check(item, depth=depth + 1)
