"""JSON for answers that are put together from parts."""

from typing import Any

import orjson


def json_bytes(body: Any) -> bytes:
    """In UTF-8, without spaces, as DRF's renderer writes it but for figures below 0.0001: 8e-6, not 8e-06."""
    written = orjson.dumps(body)
    return written.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")  # of old no JavaScript
