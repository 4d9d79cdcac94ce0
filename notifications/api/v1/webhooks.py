"""What the OpenAPI document says of events that are sent to software, in the envelope of Standard Webhooks.

The table of topics is the only source. Data are thin: the id of what it happened to, and codes. Whoever wants more
reads it through the API, and then sees what they may see at that moment.
"""

from typing import Any

from notifications.topics import TOPICS, Topic, webhook_topics

EXAMPLES = {
    "id": "con_7h2m9x4tq8w1r5e3y6z0",
    "claim": "clm_4k8s1v6b3n9d2g7j5p0q",
    "reason": "capacity",
    "standard": "ISO9001",
    "expires_on": "2026-12-31",
    "list": "suppliers",
}
MEANINGS = {
    "id": "Id of what it happened to.",
    "claim": "Id of the claim.",
    "reason": "Why, as a code.",
    "standard": "Code of the standard.",
    "expires_on": "Last day of validity.",
    "list": "Which list, as in /exports.",
}
MOMENT = "2026-11-25T08:30:00Z"


def described() -> dict[str, Any]:
    """The document's `webhooks`, by topic."""
    return {topic: {"post": _operation(topic, TOPICS[topic])} for topic in webhook_topics()}


def _operation(topic: str, told: Topic) -> dict[str, Any]:
    return {
        "operationId": "on_" + topic.replace(".", "_"),
        "summary": told.summary,
        "tags": ["webhook-endpoints"],
        "parameters": [{"$ref": f"#/components/parameters/Webhook{part}"} for part in ("Id", "Timestamp", "Signature")],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _envelope(topic, told)}}},
        "responses": {"2XX": {"description": "Received. Anything else, or no answer in time, is tried again."}},
        "security": [{}],
    }


def _envelope(topic: str, told: Topic) -> dict[str, Any]:
    members = ("id", *told.codes)
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "enum": [topic]},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {
                "type": "object",
                "required": list(members),
                "properties": {name: {"type": "string", "description": MEANINGS[name]} for name in members},
            },
        },
        "examples": [{"type": topic, "timestamp": MOMENT, "data": {name: EXAMPLES[name] for name in members}}],
    }
