"""Files as answers: always downloaded, never shown, never kept on the way."""

from collections.abc import Iterable
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AnyMediaType(BaseContentNegotiation):
    """For routes that answer with a file of the type it has; problems are JSON, whatever the caller accepts."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type


def attachment(content: Iterable[bytes], *, name: str, media_type: str, length: int) -> StreamingHttpResponse:
    """A private file to be saved under `name`, which may be in any script; `length` in bytes."""
    headers: dict[str, Any] = {
        "Content-Disposition": content_disposition_header(True, name),
        "Content-Length": str(length),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingHttpResponse(content, content_type=media_type, headers=headers)
