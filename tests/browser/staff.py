"""An officer at a page of the admin: signed in, watched, and asked by axe."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, ViewportSize

from accounts.principals import Principal
from tests.browser.chromium import Watched, browser

DESK: ViewportSize = {"width": 1440, "height": 900}
TABLET: ViewportSize = {"width": 820, "height": 1180}


def cookie_of(officer: Principal, url: str) -> Any:
    """Of a session. Made before the browser starts: its loop lets nobody at the database."""
    client = Client()
    assert officer.user is not None
    client.force_login(officer.user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@contextmanager
def page_for(cookie: Any, *, language: str = "en", viewport: ViewportSize = DESK) -> Iterator[tuple[Page, Watched]]:
    with browser() as started:
        context = started.new_context(locale=language, viewport=viewport)
        context.add_cookies([cookie])
        page = context.new_page()
        yield page, Watched(page)


def serious_findings(page: Page) -> list[str]:
    """What axe finds that keeps people from using a part of the page, once nothing fades in or moves any more."""
    fading = "document.getAnimations().filter(each => each instanceof CSSTransition)"
    page.evaluate(f"Promise.all({fading}.map(each => each.finished.catch(() => null))).then(() => null)")
    found = Axe().run(page).response["violations"]
    return [
        f"{finding['id']}: {node['target']} {node['failureSummary']}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]
