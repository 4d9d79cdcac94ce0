"""The API's documentation in a real browser: nothing comes from elsewhere, and operations can be tried out."""

import re

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import Watched, browser
from tests.factories import matchmaking as make


@pytest.mark.parametrize(
    ("language", "summary"), [("vi", "Các công nghệ gia công đang dùng"), ("en", "Processes in use")]
)
@pytest.mark.django_db(transaction=True)
def test_the_documentation_needs_no_other_site_and_its_operations_can_be_tried_out(
    live_server: LiveServer, language: str, summary: str
) -> None:
    make.process("cnc_turning", below="machining")

    with browser() as started:
        page = started.new_page(locale=language)
        page.set_default_timeout(120_000)  # the viewer goes through the whole document before it opens an operation
        watched = Watched(page)
        # The page draws what is in sight only; a link to an operation opens it.
        answer = page.goto(f"{live_server.url}/api/v1/docs#/taxonomy/taxonomy_processes_list")
        operation = page.locator("#operations-taxonomy-taxonomy_processes_list")
        expect(operation).to_contain_text(summary)
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("button", name="Execute").click()

        expect(operation.locator(".live-responses-table td.response-col_status:not(.col_header)")).to_have_text("200")
        expect(operation.locator(".live-responses-table")).to_contain_text("cnc_turning")

    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert re.findall(r"script-src[^;]*", policy) == ["script-src 'self'"]
    assert watched.foreign(live_server.url) == []
    of_every_underscore = "Deprecated: escaping deep link whitespace"  # the viewer says so of any link with one
    assert [said for said in watched.complaints if not said.startswith(of_every_underscore)] == []
    assert f"{live_server.url}/api/v1/schema" in watched.requests


@pytest.mark.django_db(transaction=True)
def test_the_language_of_the_documentation_can_be_chosen(live_server: LiveServer) -> None:
    with browser() as started:
        page = started.new_page(locale="vi")
        page.goto(f"{live_server.url}/api/v1/docs")
        page.get_by_role("link", name="English").click()

        expect(page.locator("#operations-me-me_retrieve")).to_contain_text("Who you are")
