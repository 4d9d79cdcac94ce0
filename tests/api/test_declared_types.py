"""Promise 5 and the documents' types: what is not as declared is refused and named, never guessed at or passed over."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from buyers.models import Requirement
from matchmaking.models import SavedSearch
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.buyers import buyer_member

pytestmark = pytest.mark.django_db
REQUIREMENT = {"title": "Trục", "operations": [{"process": "cnc_turning"}]}


def faults(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


@pytest.mark.parametrize("query", ["process=", "state=%20", "process__in=", "q=", "near=&within_km="])
def test_an_empty_parameter_is_refused_and_does_not_find_everything(query: str, client_for: ClientFor) -> None:
    make.published_supplier()
    names = [part.partition("=")[0] for part in query.split("&")]

    answer = client_for(member("agency")).get(f"/api/v1/suppliers?{query}")

    assert faults(answer) == (400, [(f"/{name}", "no_value") for name in names])


def test_an_empty_filter_is_not_saved_and_not_exported(client_for: ClientFor) -> None:
    client = client_for(member("agency"))

    saved = client.post("/api/v1/saved-searches", {"name": "All", "kind": "suppliers", "filters": {"process": ""}})
    exported = client.post("/api/v1/exports", {"kind": "suppliers", "filters": {"process": " "}})

    assert faults(saved) == (400, [("/filters/process", "no_value")])
    assert exported.status_code == 400
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("target_price", 1.1, "not_text"),
        ("target_price", "1e3", "not_text"),
        ("target_price", "Infinity", "not_text"),
        ("target_price", "-1", "not_positive"),
        ("nda_needed", "yes", "invalid"),
        ("nda_needed", 1, "invalid"),
        ("plant", "", "does_not_exist"),
        ("needed_on", "0001-01-01", "out_of_range"),
        ("answer_by", "9999-12-31", "out_of_range"),
        ("target_price_currency", "ZZZ", "unknown_currency"),
        ("target_price_currency", "vnd", "unknown_currency"),
    ],
)
def test_a_value_of_another_type_or_from_no_list_is_refused(
    field: str, value: object, code: str, client_for: ClientFor
) -> None:
    make.process()
    price = {"target_price": "10.50", "target_price_currency": "VND"}

    answer = client_for(buyer_member()).post("/api/v1/requirements", {**REQUIREMENT, **price, field: value})

    assert faults(answer) == (400, [(f"/{field}", code)])
    assert not Requirement.objects.exists()


def test_languages_are_those_of_iso_639(client_for: ClientFor) -> None:
    make.process()

    answer = client_for(buyer_member()).post("/api/v1/requirements", {**REQUIREMENT, "languages": ["vi", "zz"]})

    assert faults(answer) == (400, [("/languages/1", "unknown_language")])


def test_a_body_in_another_encoding_is_refused(client_for: ClientFor) -> None:
    client: APIClient = client_for(buyer_member())

    def sent(charset: str) -> int:
        kind = f"application/json; charset={charset}"
        return int(client.generic("POST", "/api/v1/requirements", "{}", content_type=kind).status_code)

    assert [sent(charset) for charset in ("utf-16", "latin-1", "utf-8", "UTF-8")] == [415, 415, 400, 400]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200),
        ("*/*", 200),
        ("application/json;q=0.1", 200),
        ("text/html, application/json;q=0", 406),
        ("application/json;q=0.000", 406),
        ("text/html", 406),
    ],
)
def test_accept_says_what_is_taken(accept: str, status: int, anonymous_client: APIClient) -> None:
    assert anonymous_client.get("/api/v1/suppliers", headers={"accept": accept}).status_code == status


def test_why_a_change_without_csrf_token_is_refused_is_said_in_the_readers_language(client_for: ClientFor) -> None:
    person = member("buyer").user
    client = APIClient(enforce_csrf_checks=True)
    assert person is not None
    client.force_login(person)

    said = {
        language: client.patch("/api/v1/me", {}, headers={"accept-language": language}).json()
        for language in ("vi", "en")
    }

    assert {body["code"] for body in said.values()} == {"csrf_failed"}
    assert "X-CSRFToken" in said["vi"]["detail"]
    assert said["vi"]["detail"] != said["en"]["detail"]


def test_a_percent_sign_in_a_saved_filter_is_refused_as_it_was_sent(client_for: ClientFor) -> None:
    body = {"name": "All", "kind": "suppliers", "filters": {"process__in": "50%s"}}

    answer = client_for(member("agency")).post("/api/v1/saved-searches", body, headers={"accept-language": "en"})

    assert faults(answer) == (400, [("/filters/process__in", "unknown_code")])
    assert "“50%s”" in answer.json()["detail"]
    assert not SavedSearch.objects.exists()
