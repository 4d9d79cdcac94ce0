"""What every answer tells browsers, found by walking all routes, and what plain HTTP and other origins get."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.fixtures import Settings

from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
IDS = {"id": "sup_00000000000000000000", "object_id": "1", "app_label": "accounts", "content_type_id": "1"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """A path for every route of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield filled(path)


def filled(path: str) -> str:
    """The route with something in place of its parameters, whether written as <id> or as (?P<id>…)."""
    path = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", lambda found: IDS.get(found[1], "1"), path)
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: IDS.get(found[1], "1"), path)
    return "/" + re.sub(r"\\[AZ.]|\(\?:.*?\)|[\^$?\\]", "", path)


PATHS = sorted({*routes(), "/nowhere", "/api/v1/nowhere", "/static/nowhere.css"})


def browser_of(principal: str) -> Client:
    """Of `nobody`, or of `staff`."""
    browser = Client(raise_request_exception=False)
    if principal == "staff":
        staff = member("agency")
        assert staff.user is not None
        browser.force_login(staff.user)
    return browser


def test_the_walk_finds_the_site() -> None:
    assert {"/healthz", "/admin/", "/accounts/login/", "/api/v1/suppliers", "/auth/app/v1/auth/login"} <= set(PATHS)
    assert len(PATHS) > 150


@pytest.mark.parametrize("principal", ["nobody", "staff"])
def test_every_answer_carries_the_security_headers(principal: str) -> None:
    browser, lacking = browser_of(principal), []
    for path in PATHS:
        answer = browser.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        if {name: answer.headers.get(name) for name in ALWAYS} != ALWAYS:
            lacking.append(path)
        if "frame-ancestors 'none'" not in policy or "default-src 'none'" not in policy:
            lacking.append(path)
        if "camera=()" not in answer.headers.get("Permissions-Policy", "") or answer.status_code >= 500:
            lacking.append(f"{path} {answer.status_code}")

    assert lacking == []


@pytest.mark.parametrize(
    "path", ["/auth/app/v1/auth/session", "/auth/app/v1/config", "/accounts/login/", "/admin/", "/"]
)
def test_no_cache_keeps_what_lies_beside_the_api(path: str) -> None:
    assert "no-store" in Client().get(path)["Cache-Control"]


def test_only_pages_may_run_scripts_and_none_inline_ones() -> None:
    policies = {path: Client().get(path).headers["Content-Security-Policy"] for path in PATHS}

    with_scripts = {path for path, policy in policies.items() if "script-src" in policy}
    assert {path.split("/")[1] for path in with_scripts} <= {"admin", "accounts", "api", "unsubscribe"}
    assert {path for path in with_scripts if path.startswith("/api/")} == {"/api/v1/docs"}
    for policy in policies.values():
        assert not re.search(r"script-src[^;]*('unsafe-inline'|\*|https?:)", policy)


def test_pages_have_no_script_that_their_policy_would_refuse() -> None:
    staff = member("agency")
    assert staff.user is not None
    browser = Client()
    browser.force_login(staff.user)
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son[a-z]+=\"|href=\"javascript:", re.IGNORECASE
    )

    for path in ("/admin/", "/admin/accounts/organisation/", "/admin/accounts/organisation/add/", "/api/v1/docs"):
        page = browser.get(path)
        assert page.status_code == 200
        assert inline.findall(page.content.decode()) == []
    for path in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"):
        assert inline.findall(Client().get(path).content.decode()) == []


@pytest.mark.parametrize("path", ["/api/v1/suppliers", "/auth/app/v1/config", "/healthz", "/api/v1/schema"])
@pytest.mark.parametrize("origin", ["https://stranger.example", "null", "https://testserver.stranger.example"])
def test_other_origins_may_read_nothing(path: str, origin: str) -> None:
    preflight = {"origin": origin, "access-control-request-method": "GET", "access-control-request-headers": "x"}

    asked = [Client().get(path, headers={"origin": origin})]
    if path != "/api/v1/suppliers":  # OPTIONS there is nothing that the API document promises
        asked.append(Client().options(path, headers=preflight))
    for answer in asked:
        assert [name for name in answer.headers if name.lower().startswith("access-control-")] == []


def test_plain_http_is_told_so_by_the_api_and_redirected_for_people(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz$"]

    for path in ("/api/v1/taxonomy/processes", "/auth/app/v1/config"):
        refused = Client(headers={"accept-language": "en"}).get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "https_required")
        assert refused["Content-Type"] == "application/problem+json"
        assert refused["X-Request-ID"] == refused.json()["request_id"]
        assert Client().get(path, secure=True).status_code == 200
    page = Client().get("/accounts/login/")
    assert (page.status_code, page["Location"]) == (301, "https://testserver/accounts/login/")
    assert Client().get("/healthz").status_code == 200


def test_browsers_are_told_to_come_by_https_only(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True

    for path in ("/api/v1/taxonomy/processes", "/accounts/login/", "/nowhere"):
        assert Client().get(path, secure=True)["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("host", ["stranger.example", "testserver.stranger.example", "testserver:80@stranger.example"])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    answer = Client(headers={"host": host}).get("/api/v1/taxonomy/processes")

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert "stranger" not in answer.content.decode()


def test_a_forwarded_host_is_never_believed() -> None:
    answer = Client(headers={"x-forwarded-host": "stranger.example"}).get("/api/v1/taxonomy/processes?page_size=1")

    assert answer.json()["next"].startswith("http://testserver/") if answer.json()["next"] else True
    assert "stranger" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/api/v1/suppliers", "/admin/", "/auth/app/v1/config"])
def test_trace_is_not_answered(path: str) -> None:
    answer = Client().generic("TRACE", path, headers={"x-probe": "echo-me"})

    assert "echo-me" not in answer.content.decode()
    assert answer.status_code in (302, 401, 403, 405)
