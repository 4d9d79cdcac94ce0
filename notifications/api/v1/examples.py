"""Examples of this app's bodies in the OpenAPI document, by name of the serializer."""

from typing import Any

EXAMPLES: dict[str, Any] = {
    "WebhookEndpointWriter": {
        "url": "https://erp.phutung.example/hooks/matchmaking",
        "topics": ["connection.requested", "connection.accepted"],
        "description": "ERP, purchasing",
    },
}
