"""The start page of the admin in a real browser: in both languages, on a desk and on a tablet, for everybody."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from matchmaking.programme.quarters import Quarter
from matchmaking.programme.reports import make_report
from tests.browser.chromium import Watched, browser
from tests.browser.staff import DESK, TABLET, serious_findings
from tests.factories.accounts import member
from tests.matchmaking.programme import scene


def session_of_an_officer(url: str) -> Any:
    """A cookie for the browser. Made before it starts: its loop lets nobody at the database."""
    client = Client()
    client.force_login(User.objects.create_superuser("officer@agency.example"))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.mark.parametrize(
    ("language", "waits", "state"),
    [("vi", "Việc đang chờ", "Tình hình chương trình"), ("en", "What waits for you", "The state of the programme")],
)
@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.django_db(transaction=True)
def test_the_start_page_is_drawn_and_can_be_used_by_everybody(
    live_server: LiveServer, language: str, waits: str, state: str, viewport: ViewportSize
) -> None:
    scene.supply()
    scene.demand()
    session = session_of_an_officer(live_server.url)

    with browser() as started:
        context = started.new_context(locale=language, viewport=viewport)
        context.add_cookies([session])
        page = context.new_page()
        watched = Watched(page)
        page.goto(f"{live_server.url}/admin/")
        expect(page.get_by_role("heading", name=waits)).to_be_visible()
        expect(page.get_by_role("heading", name=state)).to_be_visible()
        expect(page.locator("svg.map rect.firms")).to_have_count(2)
        width = page.evaluate("document.documentElement.scrollWidth")
        findings = serious_findings(page)
        page.locator("svg.map a").first.click()
        expect(page.locator("#result_list tbody tr")).to_have_count(4)

    assert width <= viewport["width"]
    assert findings == []
    assert watched.complaints == []
    assert watched.foreign(live_server.url) == []


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.django_db(transaction=True)
def test_a_report_is_drawn_and_can_be_read_by_everybody(live_server: LiveServer, language: str) -> None:
    scene.supply()
    scene.demand()
    report = make_report(quarter=Quarter.of(timezone.localdate()), by=member("agency"))
    session = session_of_an_officer(live_server.url)

    with browser() as started:
        context = started.new_context(viewport=DESK)
        context.add_cookies([session])
        page = context.new_page()
        watched = Watched(page)
        page.goto(f"{live_server.url}/admin/matchmaking/programmereport/{report.pk}/page/{language}")
        expect(page.locator("svg.map rect.firms")).to_have_count(2)
        findings = serious_findings(page)

    assert findings == []
    assert watched.complaints == []
    assert watched.foreign(live_server.url) == []
