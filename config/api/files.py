"""Files as answers: never kept on the way, and downloaded; only staff have some shown."""

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


SHOWN = {
    "application/pdf": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
    "image/png": "default-src 'none'; sandbox",
    "image/jpeg": "default-src 'none'; sandbox",
}
"""Media types that a browser shows, each with its content security policy: the viewer of PDF needs to run."""


def shown(content: Iterable[bytes], *, name: str, media_type: str, length: int) -> StreamingHttpResponse:
    """As `attachment`, but shown in the browser where that is safe. The file was checked when it was taken."""
    response = attachment(content, name=name, media_type=media_type, length=length)
    if media_type in SHOWN:
        response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
        response["Content-Security-Policy"] = SHOWN[media_type]
    return response
