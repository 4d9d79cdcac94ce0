"""Promises 2, 11 and 17: whatever goes wrong is one problem, under the request's id, in the reader's words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection, transaction
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from config.api import problems
from notifications.models import Event
from suppliers.models import SupplierQuerySet
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.routes import operations
from tests.fixtures.world import World

Covered = Callable[[int, str], None]
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors", "request_id"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
pytestmark = pytest.mark.django_db


def check_problem(answer: Any, status: int, code: str, *, instance: str | None = None) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert body.keys() >= MEMBERS
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:problem-type:{code}")
    assert body["request_id"] == answer["X-Request-ID"] != ""
    assert body["title"]
    assert body["detail"]
    assert answer["Cache-Control"] == "private, no-store"
    assert instance is None or body["instance"] == instance


@pytest.fixture
def client(client_for: ClientFor) -> APIClient:
    made = client_for(member("agency"))
    made.raise_request_exception = False
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nowhere",
        "/api/v1/suppliers/",
        "/api/v1",
        "/api/v2/suppliers",
        "/api/v1/%ff%fe",
        "/api/v1/suppliers/%00",
    ],
)
def test_a_path_that_leads_nowhere_is_a_problem(path: str) -> None:
    check_problem(Client().get(path), 404, "not_found")


def test_every_path_refuses_methods_that_it_does_not_answer_and_says_which_it_does(
    client: APIClient, covered: Covered
) -> None:
    answered: dict[str, set[str]] = {}
    for operation in operations():
        answered.setdefault(operation.address(), set()).add(operation.method)
    refused = 0

    for path, methods in answered.items():
        for method in set(METHODS) - methods:
            answer = client.generic(method, path)
            check_problem(answer, 405, "method_not_allowed", instance=path)
            assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == methods
            refused += 1
        options = client.options(path)
        assert (options.status_code, options.content) == (204, b"")
        assert set(options["Allow"].split(", ")) >= methods

    covered(refused, "methods that a path does not answer are a 405 with Allow")


def test_every_operation_answers_json_and_takes_nothing_else(client: APIClient, covered: Covered) -> None:
    world, taken = World.build(), 0

    for operation in operations():
        path = operation.address()
        if operation.path not in ("/api/v1/docs", "/api/v1/schema") and not operation.setting(
            "content_negotiation_class"
        ):
            check_problem(
                client.generic(operation.method, path, headers={"accept": "image/png"}), 406, "not_acceptable"
            )
        if operation.method in ("POST", "PATCH", "PUT"):
            target = next(
                world.path(operation, target, "staff_owner") or path for target in ("own", "public", "waiting")
            )
            answers = [
                world.clients[who].generic(
                    operation.method, target, "<a/>", content_type="text/xml", headers={"if-match": "*"}
                )
                for who in ("staff_owner", "supplier_owner", "buyer_owner")
            ]
            assert 415 in {answer.status_code for answer in answers} or {answer.status_code for answer in answers} <= {
                403,
                404,
            }, str(operation)
            taken += 1

    covered(taken, "operations with a body refuse another media type")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "parse_error"),
        (b'{"name": NaN}', 400, "parse_error"),
        (b"\xff", 400, "parse_error"),
        (b'{"a":' * 100_000, 400, "parse_error"),
        (b'{"name": "' + b"x" * 3_000_000 + b'"}', 413, "content_too_large"),
    ],
    ids=["cut off", "NaN", "not UTF-8", "bottomless", "too large"],
)
def test_a_body_that_cannot_be_read_is_a_problem(client: APIClient, body: bytes, status: int, code: str) -> None:
    refused = client.post("/api/v1/plants", body, content_type="application/json")

    check_problem(refused, status, code, instance="/api/v1/plants")


def test_a_body_in_chunks_is_a_problem_and_not_taken_for_an_empty_one(client: APIClient) -> None:
    for operation in (each for each in operations() if each.method in ("POST", "PUT", "PATCH")):
        headers = {"Transfer-Encoding": "chunked", "If-Match": "*"}
        answer = getattr(client, operation.method.lower())(operation.address(), headers=headers)
        assert answer.status_code in (411, 403, 404), operation

    check_problem(
        client.post("/api/v1/match-preview", headers={"Transfer-Encoding": "chunked"}), 411, "length_required"
    )


def test_a_change_without_csrf_token_is_a_problem() -> None:
    browser = Client(enforce_csrf_checks=True)
    user = member().user
    assert user is not None
    browser.force_login(user)

    check_problem(browser.post("/api/v1/organisations", {}, content_type="application/json"), 403, "csrf_failed")


def test_a_crash_is_a_problem_that_says_nothing_of_its_cause(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: Any) -> None:
        raise RuntimeError("secret cause")

    monkeypatch.setattr(SupplierQuerySet, "visible_to", crash)

    answer = client.get("/api/v1/suppliers")

    check_problem(answer, 500, "internal_error", instance="/api/v1/suppliers")
    assert "secret" not in answer.content.decode()


def test_a_database_that_is_away_is_a_problem_with_a_time_to_come_back(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(SupplierQuerySet, "visible_to", away)

    answer = client.get("/api/v1/suppliers")

    check_problem(answer, 503, "unavailable")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    "not_yet_there",
    [
        "ALTER TABLE suppliers_suppliersearch RENAME TO to_come",
        "ALTER TABLE suppliers_supplier RENAME COLUMN state TO to_come",
        "ALTER TABLE suppliers_supplierchange RENAME TO to_come",
    ],
)
@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("vi", "Cơ sở dữ liệu đang được chuẩn bị cho phiên bản này. Vui lòng thử lại sau ít phút."),
        ("en", "The database is being prepared for this release. Please try again shortly."),
    ],
)
def test_a_database_without_this_release_s_tables_is_a_problem_with_a_time_to_come_back(
    not_yet_there: str, language: str, detail: str
) -> None:
    path = "/api/v1/suppliers/facets" if "change" in not_yet_there else "/api/v1/suppliers"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(not_yet_there)
        answer = Client().get(path, headers={"accept-language": language})
        transaction.set_rollback(True)

    check_problem(answer, 503, "unavailable")
    assert (answer["Retry-After"], answer.json()["detail"]) == ("5", detail)


def test_a_statement_that_is_wrong_in_itself_is_a_fault_of_ours(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misspelt(*_args: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELEKT 1")

    monkeypatch.setattr(SupplierQuerySet, "visible_to", misspelt)

    check_problem(client.get("/api/v1/suppliers"), 500, "internal_error")


def test_a_form_that_django_finds_too_large_is_a_413(settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    request = RequestFactory().post("/api/v1/plants", {"name": "x" * 100}, content_type="application/json")
    assert problems.bad_request(request, RequestDataTooBig()).status_code == 413


def test_words_change_with_the_reader_s_language_and_codes_do_not(client: APIClient, covered: Covered) -> None:
    refusals: list[Callable[[dict[str, str]], Any]] = [
        lambda headers: Client().get("/api/v1/nowhere", headers=headers),
        lambda headers: Client().get("/api/v1/me", headers=headers),
        lambda headers: client.put("/api/v1/me", {}, headers=headers),
        lambda headers: client.get("/api/v1/me", headers={**headers, "accept": "image/png"}),
        lambda headers: client.get("/api/v1/plants?x=1", headers=headers),
        lambda headers: client.patch("/api/v1/me", {}, headers=headers),
        lambda headers: client.patch("/api/v1/me", {}, headers={**headers, "if-match": '"x"'}),
        lambda headers: client.post("/api/v1/plants", {}, headers=headers),
        lambda headers: client.post("/api/v1/plants", {}, headers={**headers, "idempotency-key": ""}),
        lambda headers: client.generic("POST", "/api/v1/plants", "<a/>", content_type="text/xml", headers=headers),
        lambda headers: client.generic("POST", "/api/v1/plants", "{", content_type="application/json", headers=headers),
    ]

    for refuse in refusals:
        vi, en = (refuse({"accept-language": language}).json() for language in ("vi", "en"))
        assert (vi["code"], vi["status"]) == (en["code"], en["status"])
        assert [fault["code"] for fault in vi["errors"]] == [fault["code"] for fault in en["errors"]]
        assert vi["title"] != en["title"], en
        assert vi["detail"] != en["detail"], en

    covered(len(refusals), "kinds of problems speak Vietnamese and English, with the same codes")


def test_the_caller_s_request_id_is_in_answer_problem_log_and_event(
    client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    asked = make.ConnectionFactory.create()
    client = client_for(member(organisation=asked.supplier.organisation))
    path, headers = f"/api/v1/connections/{asked.public_id}/accept", {"x-request-id": "ours-1"}

    done, refused = (client.post(path, {}, headers=headers) for _ in range(2))

    assert (done["X-Request-ID"], refused["X-Request-ID"], refused.json()["request_id"]) == ("ours-1",) * 3
    assert Event.objects.get(topic="connection.accepted").request_id == "ours-1"
    assert {record.msg["request_id"] for record in caplog.records if isinstance(record.msg, dict)} == {"ours-1"}


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
def test_a_request_id_that_could_do_harm_is_replaced(given: str) -> None:
    answer = Client().get("/api/v1/nowhere", headers={"x-request-id": given})

    assert answer["X-Request-ID"] == answer.json()["request_id"] != given


def test_a_refusal_is_short_however_much_is_wrong_and_however_long_it_is(client: APIClient) -> None:
    many = client.post("/api/v1/shortlists", {f"member{number}": 1 for number in range(300)})
    long = client.post("/api/v1/claims", {"supplier": "x" * 1_000_000})

    check_problem(many, 400, "invalid")
    assert [fault["pointer"] for fault in many.json()["errors"]] == [f"/member{number}" for number in range(100)]
    check_problem(long, 400, "invalid")
    (fault,) = long.json()["errors"]
    assert fault["pointer"] == "/supplier"
    assert fault["detail"] == long.json()["detail"] == f"There is nothing with the id “{'x' * 469}…"
