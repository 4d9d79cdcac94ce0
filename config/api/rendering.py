"""JSON for answers that are put together from parts, byte for byte as DRF's renderer writes it."""

from typing import Any

from rest_framework.renderers import JSONRenderer

_renderer = JSONRenderer()


def json_bytes(body: Any) -> bytes:
    """In UTF-8, without spaces."""
    rendered: bytes = _renderer.render(body)
    return rendered
