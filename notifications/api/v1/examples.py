"""Examples of this app's bodies in the OpenAPI document, by name of the serializer."""

from typing import Any

EXAMPLES: dict[str, Any] = {
    "WebhookEndpointWriter": {
        "url": "https://erp.phutung.example/hooks/matchmaking",
        "topics": ["connection.requested", "connection.accepted"],
        "description": "ERP, purchasing",
    },
    "NotificationPreferencesWriter": {"topics": [{"topic": "match.found", "email": "daily", "in_app": "at_once"}]},
    "ReadAllWriter": {"until": "ntf_3f8k2m5q9t1w4z7c6n0p"},
}
