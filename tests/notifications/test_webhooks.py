"""Events as the OpenAPI document tells them to software."""

import pytest
from django.urls import resolve

from notifications.topics import TEST_TOPIC, TOPICS, webhook_topics
from tests.fixtures.contract import document, faults_in

WORDS = {
    "supplier_name": "Công ty Cơ khí Phú Tùng",
    "buyer_name": "Hanwa Motors Vietnam",
    "requirement_title": "Shaft",
    "claim": "clm_4k8s1v6b3n9d2g7j5p0q",
    "reason": "capacity",
    "standard": "ISO9001",
    "key_name": "ERP of Kanto Motors",
    "prefix": "mk_4f7a",
    "expires_on": "2026-12-31",
    "address": "203.0.113.7",
    "count": 2,
    "names": ["Phú Tùng", "Sao Mai"],
    "titles": ["Motor shaft, 20 mm"],
    "suppliers": ["sup_7h2m9x4tq8w1r5e3y6z0"],
    "requirement": "req_8c4w1z6p9t2k5m7v3x0d",
    "requirement_state": "awarded",
    "requirements": ["req_8c4w1z6p9t2k5m7v3x0d"],
    "list": "suppliers",
    "rows": 120,
    "organisation_name": "Công ty Cơ khí Phú Tùng",
    "role": "editor",
    "certificate": "cer_9d3k7m1q5t8w2z6c0f4j",
    "row": "cap_1v5z9c3g7k0n4r8t2x6b",
    "facts": ["monthly_capacity"],
    "level": 2,
    "capabilities": ["cap_1v5z9c3g7k0n4r8t2x6b"],
    "observed_on": "2026-08-20",
    "answer_by": "2026-12-10",
    "side": "supplier",
    "initiator": "buyer",
    "state": "sample",
    "status": "ongoing",
    "month": "2027-04-01",
    "deliveries": 12,
    "good": 11,
    "message": "msg_4t8w1z5c9f3h7k2n6q0s",
    "report": "drp_6x1b5d9g3j7m0p4r8t2v",
    "assessment": "asm_2c6f0h4k8n1q5s9v3x7z",
    "visited_on": "2026-11-24",
    "other_name": "Cơ khí Bình Minh",
    "other": "sup_9f3k7n1q5t8w2x6z0b4d",
    "created": 40,
    "updated": 12,
    "skipped": 3,
    "programme": "spr_8b2f6k0p4t9w3z7c1h5m",
    "programme_vi": "Tư vấn ISO 9001",
    "programme_en": "ISO 9001 consulting",
}


TOLD = webhook_topics()


def test_every_topic_that_endpoints_can_be_told_of_is_a_webhook_of_the_document() -> None:
    assert list(document()["webhooks"]) == sorted([*TOLD, TEST_TOPIC])


@pytest.mark.parametrize("topic", TOLD)
def test_what_is_sent_of_an_event_is_what_the_document_says_and_names_nobody(topic: str) -> None:
    operation = document()["webhooks"][topic]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    payload = {word: WORDS[word] for word in TOPICS[topic].words}

    data = TOPICS[topic].thin(subject="sup_7h2m9x4tq8w1r5e3y6z0", payload=payload)

    sent = {"type": topic, "timestamp": "2026-11-25T08:30:00Z", "data": data}
    assert faults_in(sent, schema) == []
    assert faults_in(schema["examples"][0], schema) == []
    assert data["id"] == "sup_7h2m9x4tq8w1r5e3y6z0"
    assert {
        "supplier_name",
        "other_name",
        "buyer_name",
        "requirement_title",
        "key_name",
        "address",
        "organisation_name",
        "names",
        "titles",
        "programme_vi",
        "programme_en",
    }.isdisjoint(data)
    assert operation["summary"]
    assert data["url"].startswith("http://localhost:8000/api/v1/")
    assert resolve(data["url"].removeprefix("http://localhost:8000"))
    assert resolve(schema["examples"][0]["data"]["url"].removeprefix("https://matchmaking.example"))
