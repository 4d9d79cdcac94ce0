"""What holds for every endpoint: problems, moments in UTC, strict parameters also of the API's own description."""

import ast
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member

PROJECT = Path(__file__).resolve().parent.parent.parent


def test_no_moment_is_told_in_local_time() -> None:
    """DRF's DateTimeField tells moments in the zone of the settings; ours tells them in UTC with a Z."""
    naming = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sorted(PROJECT.glob("*/api/**/*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("serializers.DateTimeField", "DateTimeField")
    ]

    assert naming == []


@pytest.mark.parametrize("page", ["schema", "docs"])
def test_the_description_refuses_parameters_that_it_does_not_know(page: str, anonymous_client: APIClient) -> None:
    refused = anonymous_client.get(f"/api/v1/{page}", {"x": "1"})

    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [("/x", "invalid")]
    assert anonymous_client.get(f"/api/v1/{page}").status_code == 200


def test_the_page_s_script_is_served(anonymous_client: APIClient) -> None:
    script = anonymous_client.get("/api/v1/docs", {"script": ""})

    assert script.status_code == 200
    assert b"SwaggerUIBundle" in script.content


def test_a_problem_s_type_names_its_code(anonymous_client: APIClient) -> None:
    body = anonymous_client.get("/api/v1/nowhere").json()

    assert (body["code"], body["type"]) == ("not_found", "urn:problem-type:not_found")


@pytest.mark.django_db
def test_a_reference_to_nothing_is_explained_in_the_reader_s_language(client_for: ClientFor) -> None:
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)
    body = {"requirement": "req_0000", "supplier": "sup_0000"}

    told = {
        language: client_for(buyer)
        .post("/api/v1/connections", body, format="json", headers={"accept-language": language})
        .json()["errors"][0]
        for language in ("en", "vi")
    }

    assert told["en"] == {
        "pointer": "/requirement",
        "code": "does_not_exist",
        "detail": "There is nothing with the id “req_0000” here.",
    }
    assert told["vi"]["detail"] == "Ở đây không có mục nào mang mã “req_0000”."
