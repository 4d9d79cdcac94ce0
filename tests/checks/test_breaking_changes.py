"""What the check of the API document calls a break, and what it lets pass."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from config.checks.breaking_changes import Comparison, unintended

Change = Callable[[Any], None]
CLAIM = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "state": {"type": "string", "enum": ["pending", "approved"]},
        "decided_at": {"type": ["string", "null"], "format": "date-time"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Claim"}},
    },
    "required": ["id", "state"],
}
CLAIM_REQUEST = {
    "type": "object",
    "properties": {
        "note": {"type": "string", "maxLength": 100},
        "role": {"oneOf": [{"enum": ["owner", "agent"], "type": "string"}, {"enum": [""]}]},
        "share_pct": {"type": "number", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["note"],
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/claims": {
            "get": {
                "operationId": "claims_list",
                "parameters": [{"in": "query", "name": "state", "schema": {"type": "string", "enum": ["a", "b"]}}],
                "security": [{"api_key": []}, {"cookie": []}],
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array"}}}}},
            },
            "post": {
                "operationId": "claims_open",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ClaimRequest"}}}
                },
                "responses": {
                    "201": {
                        "headers": {"Location": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Claim"}}},
                    },
                    "400": {},
                },
            },
        }
    },
    "components": {"schemas": {"Claim": CLAIM, "ClaimRequest": CLAIM_REQUEST}},
}


def breaks_after(change: Change) -> list[str]:
    changed = deepcopy(DOCUMENT)
    change(changed)
    return list(Comparison(DOCUMENT, changed).breaks())


def get(document: Any) -> Any:
    return document["paths"]["/claims"]["get"]


def post(document: Any) -> Any:
    return document["paths"]["/claims"]["post"]


def answer(document: Any) -> Any:
    return document["components"]["schemas"]["Claim"]


def body(document: Any) -> Any:
    return document["components"]["schemas"]["ClaimRequest"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["paths"].pop("/claims"), "GET /claims: removed"),
        (lambda d: d["paths"]["/claims"].pop("get"), "GET /claims: removed"),
        (lambda d: get(d).update(operationId="x"), "GET /claims: operationId was claims_list, is x"),
        (lambda d: get(d)["security"].pop(), "GET /claims: no longer accepts cookie"),
        (lambda d: get(d)["parameters"].pop(), "GET /claims: parameter state removed"),
        (lambda d: get(d)["parameters"][0].update(required=True), "GET /claims: parameter state is newly required"),
        (
            lambda d: get(d)["parameters"].append({"in": "header", "name": "If-Match", "required": True, "schema": {}}),
            "GET /claims: parameter If-Match is newly required",
        ),
        (
            lambda d: get(d)["parameters"][0]["schema"].update(enum=["a", "c"]),
            "GET /claims parameter state: no longer takes b",
        ),
        (
            lambda d: get(d)["parameters"][0]["schema"].update(type="integer", enum=["a", "b"]),
            "GET /claims parameter state: retyped, no longer string",
        ),
        (lambda d: post(d).pop("requestBody"), "POST /claims: a body of application/json is no longer read"),
        (lambda d: post(d)["requestBody"].update(required=True), "POST /claims: a body is newly required"),
        (lambda d: post(d)["responses"].pop("201"), "POST /claims 201: no longer answered"),
        (lambda d: post(d)["responses"]["201"].pop("headers"), "POST /claims 201: header Location removed"),
        (
            lambda d: post(d)["responses"]["201"].update(content={"text/csv": {"schema": {}}}),
            "POST /claims 201: application/json is no longer answered",
        ),
        (lambda d: answer(d)["properties"].pop("state"), "POST /claims 201/state: removed"),
        (
            lambda d: answer(d)["properties"]["id"].update(type="integer"),
            "POST /claims 201/id: retyped, may now be integer",
        ),
        (
            lambda d: answer(d)["properties"]["id"].update(type=["string", "null"]),
            "POST /claims 201/id: retyped, may now be null",
        ),
        (
            lambda d: answer(d)["properties"]["decided_at"].update(format="date"),
            "POST /claims 201/decided_at: format was ['date-time'], is ['date']",
        ),
        (lambda d: answer(d).update(required=["id"]), "POST /claims 201/state: may now be missing"),
        (lambda d: body(d)["properties"].pop("share_pct"), "POST /claims body/share_pct: removed"),
        (lambda d: body(d)["required"].append("role"), "POST /claims body/role: newly required"),
        (lambda d: body(d)["properties"]["note"].update(maxLength=99), "POST /claims body/note: maxLength is now 99"),
        (lambda d: body(d)["properties"]["note"].update(minLength=1), "POST /claims body/note: minLength is now 1"),
        (lambda d: body(d)["properties"]["note"].update(pattern="^a"), "POST /claims body/note: pattern is now ^a"),
        (lambda d: body(d)["properties"]["tags"].update(maxItems=9), "POST /claims body/tags: maxItems is now 9"),
        (
            lambda d: body(d)["properties"]["tags"]["items"].update(type="integer"),
            "POST /claims body/tags/[]: retyped, no longer string",
        ),
        (
            lambda d: body(d)["properties"]["share_pct"].update(minimum=1),
            "POST /claims body/share_pct: minimum is now 1",
        ),
        (
            lambda d: body(d)["properties"]["share_pct"].update(exclusiveMaximum=100),
            "POST /claims body/share_pct: exclusiveMaximum is now 100",
        ),
        (lambda d: body(d)["properties"]["role"]["oneOf"].pop(), "POST /claims body/role: no longer takes "),
        (
            lambda d: body(d)["properties"]["role"]["oneOf"][0].update(enum=["owner"]),
            "POST /claims body/role: no longer takes agent",
        ),
        (
            lambda d: body(d)["properties"]["note"].update(enum=["yes"]),
            "POST /claims body/note: no longer takes any value",
        ),
    ],
)
def test_what_is_removed_or_retyped_or_asks_for_more_is_a_break(change: Change, said: str) -> None:
    assert said in breaks_after(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(info={}),
        lambda d: d["paths"].update({"/more": {"get": {"operationId": "more", "responses": {}}}}),
        lambda d: get(d)["parameters"].append({"in": "query", "name": "q", "schema": {"type": "string"}}),
        lambda d: get(d)["parameters"][0]["schema"].update(enum=["a", "b", "c"]),
        lambda d: get(d)["security"].append({"session_token": []}),
        lambda d: post(d)["responses"].pop("400"),
        lambda d: post(d)["responses"]["201"]["headers"].update(ETag={}),
        lambda d: answer(d)["properties"].update(more={"type": "string"}),
        lambda d: answer(d)["required"].append("decided_at"),
        lambda d: answer(d)["properties"]["state"]["enum"].append("rejected"),
        lambda d: answer(d)["properties"]["decided_at"].update(type="string"),
        lambda d: body(d)["properties"].update(more={"type": "string"}),
        lambda d: body(d).pop("required"),
        lambda d: body(d)["properties"]["note"].update(maxLength=101, type=["string", "null"]),
        lambda d: body(d)["properties"]["note"].pop("maxLength"),
        lambda d: body(d)["properties"]["share_pct"].pop("minimum"),
        lambda d: body(d)["properties"]["role"]["oneOf"][0]["enum"].append("lawyer"),
    ],
)
def test_additions_pass(change: Change) -> None:
    assert breaks_after(change) == []


def test_breaks_that_were_decided_on_pass_as_long_as_they_happen() -> None:
    assert unintended(["a: removed", "b: removed"], {"a: removed"}) == ["b: removed"]
    assert unintended([], {"a: removed"}) == ["a: removed: intended, and does not happen"]
