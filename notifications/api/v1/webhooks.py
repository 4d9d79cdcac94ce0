"""What the OpenAPI document says of events that are sent to software, in the envelope of Standard Webhooks.

The table of topics is the only source. Data are thin: the id of what it happened to, and codes. Whoever wants more
reads it through the API, and then sees what they may see at that moment.
"""

from typing import Any

from django.conf import settings

from notifications.topics import TEST, TEST_TOPIC, TOPICS, Topic, webhook_topics

SUBJECTS = {
    "invitation": "inv_3f8k2m5q9t1w4z7c6n0p",
    "organisation": "org_5d1h7j3n9r4v8x2b6g0k",
    "api_key": "key_8b3f6j1n4r7v0z5c9g2k",
    "buyer": "buy_5t8r2n6k9c3x7w1m4q0z",
    "connection": "con_7h2m9x4tq8w1r5e3y6z0",
    "delivery_report": "con_7h2m9x4tq8w1r5e3y6z0",
    "message": "con_7h2m9x4tq8w1r5e3y6z0",
    "export": "job_6q1w4e7r0t3y8m5n2b9v",
    "match": "req_8c4w1z6p9t2k5m7v3x0d",
    "requirement": "req_8c4w1z6p9t2k5m7v3x0d",
    "support_application": "spa_7c3k9m5x1z6t0w4v8n2q",
    "webhook": "whk_2f5j8m1q4t7x0b3d6g9k",
}
SUPPLIER = "sup_3m5k561dh8wnx3jzcg06"
"""What events happen to, by the first word of their topic; else to a firm."""
EXAMPLES = {
    "claim": "clm_4k8s1v6b3n9d2g7j5p0q",
    "reason": "capacity",
    "standard": "ISO9001",
    "expires_on": "2026-12-31",
    "list": "suppliers",
    "suppliers": [SUPPLIER],
    "requirement": "req_8c4w1z6p9t2k5m7v3x0d",
    "requirement_state": "awarded",
    "requirements": ["req_8c4w1z6p9t2k5m7v3x0d"],
    "certificate": "cer_9d3k7m1q5t8w2z6c0f4j",
    "row": "cap_1v5z9c3g7k0n4r8t2x6b",
    "facts": ["monthly_capacity"],
    "level": 2,
    "assessment": "asm_5w8z2c6g0k3n7r1t4x9b",
    "other": "sup_9f3k7n1q5t8w2x6z0b4d",
    "visited_on": "2026-11-18",
    "capabilities": ["cap_1v5z9c3g7k0n4r8t2x6b"],
    "observed_on": "2026-08-20",
    "answer_by": "2026-12-10",
    "role": "editor",
    "side": "supplier",
    "initiator": "buyer",
    "state": "sample",
    "status": "ongoing",
    "message": "msg_2n6v9c3x7k1m5t8r0w4q",
    "report": "drp_7t1k4w8c2v6n9x3m5r0z",
    "month": "2026-11",
    "programme": "spr_4f8c2v6n1s9k3w7x0d5h",
}
MEANINGS = {
    "role": "In which the person is to belong to the organisation: `owner`, `editor` or `viewer`.",
    "id": "Id of what it happened to.",
    "url": "Address of what it is about. With your own credentials you read there what you may see by then.",
    "claim": "Id of the claim.",
    "reason": "Why, as a code.",
    "standard": "Code of the standard.",
    "expires_on": "Last day of validity, or for an answer.",
    "side": "Who did it: `buyer`, `supplier` or `agency`.",
    "initiator": "Who asked: `buyer`, `supplier` or `agency`.",
    "state": "The state that was reached.",
    "certificate": "Id of the certificate.",
    "row": "Id of the supplier, capability or certificate whose facts were checked.",
    "facts": "Names of the facts.",
    "level": "How well they are proved now, from 0 to 4.",
    "assessment": "Id of the assessment.",
    "other": "Id of the other of two firms.",
    "visited_on": "Day of the visit.",
    "capabilities": "Ids of the capabilities, at most 200.",
    "observed_on": "The day of the oldest figure.",
    "answer_by": "Last day for answers.",
    "status": "What came of it: `ongoing`, `ended` or `never_started`.",
    "message": "Id of the message.",
    "report": "Id of the delivery report.",
    "month": "Year and month.",
    "list": "Which list, as in /exports.",
    "suppliers": "Ids of suppliers, the best first; at most 200.",
    "requirement": "Id of the requirement.",
    "requirement_state": "How it ended: `awarded`, `closed_no_award` or `withdrawn`.",
    "requirements": "Ids of requirements, the best first; at most 200.",
    "programme": "Id of the support programme.",
}
EXAMPLE_SITE = "https://matchmaking.example"
MOMENT = "2026-11-25T08:30:00Z"


def described() -> dict[str, Any]:
    """The document's `webhooks`, by topic."""
    topics = {**{topic: TOPICS[topic] for topic in webhook_topics()}, TEST_TOPIC: TEST}
    return {topic: {"post": _operation(topic, told)} for topic, told in sorted(topics.items())}


def _operation(topic: str, told: Topic) -> dict[str, Any]:
    return {
        "operationId": "on_" + topic.replace(".", "_"),
        "summary": str(told.summary),
        "tags": ["webhook-endpoints"],
        "parameters": [{"$ref": f"#/components/parameters/Webhook{part}"} for part in ("Id", "Timestamp", "Signature")],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _envelope(topic, told)}}},
        "responses": {"2XX": {"description": "Received. Anything else, or no answer in time, is tried again."}},
        "security": [{}],
    }


def _envelope(topic: str, told: Topic) -> dict[str, Any]:
    example = told.thin(subject=SUBJECTS.get(topic.partition(".")[0], SUPPLIER), payload=EXAMPLES)
    example["url"] = example["url"].replace(settings.SITE_URL.rstrip("/"), EXAMPLE_SITE)
    members: dict[str, dict[str, Any]] = {
        name: {**_type_of(value), "description": MEANINGS[name]} for name, value in example.items()
    }
    members["url"]["format"] = "uri"
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "enum": [topic], "description": "What happened."},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {"type": "object", "required": list(members), "properties": members},
        },
        "examples": [{"type": topic, "timestamp": MOMENT, "data": example}],
    }


def _type_of(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "integer" if isinstance(value, int) else "string"}
