"""Planning in a real browser, in both languages, on a desk and on a tablet, for everybody: plan upgrades, keep the
plan, put it beside another; and look with whom a firm could do what it cannot do alone."""

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.staff import DESK, TABLET, cookie_of, page_for, serious_findings
from tests.factories.accounts import member
from tests.factories.programme import upgrade_scenario
from tests.matchmaking.decisions.scene import shared_requirement, sharing_suppliers
from tests.matchmaking.programme import scene

pytestmark = pytest.mark.django_db(transaction=True)
sizes = pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])


def officer_cookie(url: str) -> Any:
    officer = member("agency", role="editor")
    assert officer.user is not None
    officer.user.is_staff = officer.user.is_superuser = True
    officer.user.save()
    return cookie_of(officer, url)


def trouble(page: Page, viewport: ViewportSize) -> list[str]:
    """What keeps people from using the page as it stands: findings of axe, and what lies beside the screen."""
    width = page.evaluate("document.documentElement.scrollWidth")
    beside = [f"{width} px wide"] if width > viewport["width"] else []
    return [f"{page.url}: {each}" for each in [*serious_findings(page), *beside]]


@pytest.mark.parametrize(
    ("language", "planned", "saved", "differs"),
    [
        ("en", "Firms planned: 1, for 100 of 1,000 VND.", "The scenario is saved.", "What differs is coloured."),
        (
            "vi",
            "Doanh nghiệp trong kế hoạch: 1, chi 100 trên 1.000 đồng.",
            "Đã lưu kịch bản.",
            "Chỗ khác nhau được tô màu.",
        ),
    ],
)
@sizes
def test_upgrades_are_planned_kept_and_compared(
    live_server: LiveServer, language: str, planned: str, saved: str, differs: str, viewport: ViewportSize
) -> None:
    scene.vocabulary()
    for province in ("01", "24"):
        scene.firm(province=province)
    upgrade_scenario("Before")
    cookie, found = officer_cookie(live_server.url), list[str]()

    with page_for(cookie, language=language, viewport=viewport) as (page, watched):
        page.goto(f"{live_server.url}/admin/matchmaking/upgradescenario/add/")
        found += trouble(page, viewport)
        page.locator("[name=budget_vnd]").fill("1.000")
        page.locator("[name=province]").select_option(label="Bắc Ninh" if language == "vi" else "Bắc Ninh (en)")
        page.locator("[name=standard_1]").select_option("iso_9001")
        page.locator("[name=cost_1]").fill("100")
        page.locator("button[value=plan]").click()
        expect(page.get_by_text(planned)).to_be_visible()
        expect(page.locator("main.programme svg").first).to_be_visible()
        found += trouble(page, viewport)
        page.locator("[name=name]").fill("Bắc Ninh")
        page.locator("button[value=save]").click()
        expect(page.get_by_text(saved)).to_be_visible()
        found += trouble(page, viewport)
        page.locator("[name=other]").select_option(index=0)
        page.locator("form[action$=compare] button").click()
        expect(page.get_by_text(differs)).to_be_visible()
        found += trouble(page, viewport)
        page.goto(f"{live_server.url}/admin/matchmaking/upgradescenario/")
        expect(page.locator("#result_list tbody tr")).to_have_count(2)
        found += trouble(page, viewport)

    assert found == []
    assert watched.complaints == []
    assert watched.foreign(live_server.url) == []


@pytest.mark.parametrize(
    ("language", "leads"), [("en", "leads and does 2. hardening, 3. plating"), ("vi", "đứng đầu và làm 2. hardening")]
)
@sizes
def test_staff_look_with_whom_a_firm_could_do_it(
    live_server: LiveServer, language: str, leads: str, viewport: ViewportSize
) -> None:
    turner = sharing_suppliers()["turner"]
    row = shared_requirement(member("buyer"))
    cookie, found = officer_cookie(live_server.url), list[str]()

    with page_for(cookie, language=language, viewport=viewport) as (page, watched):
        page.goto(f"{live_server.url}/admin/suppliers/supplier/{turner.pk}/consortia/")
        found += trouble(page, viewport)
        page.locator("[name=requirement]").select_option(row.public_id)
        page.locator("form[method=get] button[type=submit]").last.click()
        expect(page.get_by_role("heading", name=leads).first).to_be_visible()
        found += trouble(page, viewport)

    assert found == []
    assert watched.complaints == []
    assert watched.foreign(live_server.url) == []
