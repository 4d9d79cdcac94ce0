"""The committed OpenAPI document: what clients are generated from. That it is up to date, `make check` says."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from drf_spectacular.generators import EndpointEnumerator
from rest_framework import serializers
from rest_framework.test import APIClient

from config.api.acts import NothingWriter
from config.api.wording import places
from tests.fixtures.contract import PROJECT, document, operation_of, resolved

BY_DEFAULT = re.compile(r"_(create|update|partial_update|destroy)$")
READS_TWICE = {"POST /api/v1/suppliers/{id}/evidence": "suppliers_check_evidence"}
"""Where the verb of the path is a noun that GET lists."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def acts() -> Iterator[tuple[str, type[Any]]]:
    """The path of each act, and what reads its body."""
    for path, _regex, method, callback in EndpointEnumerator(get_resolver().url_patterns).get_api_endpoints():  # type: ignore[no-untyped-call]
        writer = getattr(callback, "initkwargs", {}).get("writer_class")
        if method == "POST" and writer is not None:
            yield path, writer


def body_of(operation: dict[str, Any]) -> str | None:
    if "requestBody" not in operation:
        return None
    reference: str = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


def test_every_operation_has_an_id_of_its_own_and_a_summary() -> None:
    named = Counter(operation["operationId"] for _method, _path, operation in operations())

    assert [name for name, count in named.items() if count > 1 or not re.fullmatch("[a-z]+(_[a-z]+)*", name)] == []
    assert [path for _method, path, operation in operations() if not operation.get("summary")] == []


def test_acts_are_named_after_what_they_do() -> None:
    named = {
        f"{method} {path}": operation["operationId"]
        for method, path, operation in operations()
        if method == "POST" and re.search(r"/\{id\}/[a-z-]+$", path)
    }

    assert len(named) >= 22
    assert [name for name in named.values() if BY_DEFAULT.search(name)] == []
    for request, name in named.items():
        segments = [part for part in request.partition("/api/v1/")[2].split("/") if "{" not in part]
        assert name == READS_TWICE.get(request, "_".join(segments).replace("-", "_"))


def test_the_body_of_an_act_is_the_one_that_is_read() -> None:
    read = {path: None if writer is NothingWriter else f"{writer.__name__}Request" for path, writer in acts()}
    described = {path: body_of(operation_of("POST", path)) for path in read}

    assert len(read) >= 22
    assert described == read
    assert described["/api/v1/connections/{id}/decline"] == "DeclineWriterRequest"


def test_no_answer_is_either_null_or_anything() -> None:
    """Null is anything too, so it would match both and be neither."""

    def alternatives(schema: Any) -> Iterator[Any]:
        if isinstance(schema, dict):
            yield schema.get("oneOf", [])
        for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
            yield from alternatives(each)

    assert [choices for choices in alternatives(document()) if {} in choices] == []


def test_every_problem_and_header_is_a_shared_component() -> None:
    """Described once, so that all operations say the same."""
    own = [
        f"{method} {path} {status}"
        for method, path, operation in operations()
        for status, answer in operation["responses"].items()
        if status >= "400" and set(answer) != {"$ref"}
    ]
    headers = [
        f"{method} {path} {name}"
        for method, path, operation in operations()
        for answer in operation["responses"].values()
        for name, header in answer.get("headers", {}).items()
        if set(header) != {"$ref"}
    ]

    assert (own, headers) == ([], [])


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "/api/v1/suppliers", "200 304 400 401 403 406 429 500 503"),
        ("GET", "/api/v1/suppliers/{id}", "200 304 400 401 403 404 406 429 500 503"),
        ("POST", "/api/v1/suppliers", "201 400 401 403 406 409 411 413 415 422 429 500 503"),
        ("PATCH", "/api/v1/suppliers/{id}", "200 400 401 403 404 406 409 411 412 413 415 428 429 500 503"),
        ("DELETE", "/api/v1/plants/{id}", "204 400 401 403 404 406 409 412 428 429 500 503"),
    ],
)
def test_each_operation_tells_all_that_it_can_answer(method: str, path: str, statuses: str) -> None:
    assert " ".join(operation_of(method, path)["responses"]) == statuses


def test_each_operation_tells_which_headers_it_reads() -> None:
    def read(method: str, path: str) -> list[str]:
        parameters = map(resolved, operation_of(method, path)["parameters"])
        return [parameter["name"] for parameter in parameters if parameter["in"] == "header"]

    assert read("GET", "/api/v1/suppliers/{id}") == ["Accept-Language", "X-Organisation", "If-None-Match"]
    assert read("PATCH", "/api/v1/suppliers/{id}") == ["Accept-Language", "X-Organisation", "If-Match"]
    assert read("POST", "/api/v1/suppliers") == ["Accept-Language", "X-Organisation", "Idempotency-Key"]


def test_the_served_document_is_the_committed_one_in_the_reader_s_language(anonymous_client: APIClient) -> None:
    def served(**query: str) -> Any:
        return anonymous_client.get("/api/v1/schema", query, headers={"accept-language": "vi"}).json()

    assert served(lang="en") == document()
    assert served()["paths"]["/api/v1/me"]["get"]["summary"] == "Bạn là ai"
    assert served(lang="vi") == served()


def test_all_that_people_read_in_the_document_is_said_in_vietnamese(anonymous_client: APIClient) -> None:
    english = document()
    vietnamese = anonymous_client.get("/api/v1/schema", {"lang": "vi"}).json()
    read = list(zip(places(english), places(vietnamese), strict=True))

    assert len(read) > 400
    same = [holder[word] for (holder, word), (other, _) in read if holder[word] == other[word]]
    assert [text for text in same if not text.startswith("* `")] == []  # choices alone may be names


def test_the_document_does_not_come_in_another_language(anonymous_client: APIClient) -> None:
    refused = anonymous_client.get("/api/v1/schema", {"lang": "fr"})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/lang")
    assert refused.json()["errors"][0]["detail"] == "Any of: vi, en."


def test_who_has_the_document_is_not_sent_it_again(anonymous_client: APIClient) -> None:
    tag = anonymous_client.get("/api/v1/schema")["ETag"]

    again = anonymous_client.get("/api/v1/schema", headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")


def serializer_classes(base: Any = serializers.ModelSerializer) -> Iterator[Any]:
    for below in base.__subclasses__():
        if not below.__module__.startswith(("rest_framework", "drf_spectacular")):
            yield below
        yield from serializer_classes(below)


def test_references_that_can_be_empty_say_so() -> None:
    get_resolver().url_patterns  # noqa: B018  # loads every serializer
    silent = [
        f"{serializer.__name__}.{name}"
        for serializer in serializer_classes()
        if hasattr(serializer, "Meta")
        for name, field in serializer().fields.items()
        if isinstance(field, serializers.RelatedField)
        and field.source is not None
        and "." not in field.source
        and serializer.Meta.model._meta.get_field(field.source).null
        and not field.allow_null
    ]

    assert silent == []


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_signing_in_is_described_without_a_page_that_needs_a_foreign_site(
    form: str, anonymous_client: APIClient
) -> None:
    linked = {
        address
        for path in [*PROJECT.glob("docs/**/*.md"), PROJECT / "README.md"]
        for address in re.findall(r"/auth/openapi\.\w+", path.read_text())
    }

    assert linked <= {"/auth/openapi.yaml", "/auth/openapi.json"}
    assert anonymous_client.get(f"/auth/openapi.{form}").status_code == 200
    assert anonymous_client.get("/auth/openapi.html").status_code == 404
