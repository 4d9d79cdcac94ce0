"""Examples of this app's bodies in the OpenAPI document, by name of the serializer."""

from typing import Any

EXAMPLES: dict[str, Any] = {
    "DataRequestWriter": {"kind": "rectification", "details": "My name is written Nguyễn Thị Lan, not Nguyễn Thị Lân."},
}
