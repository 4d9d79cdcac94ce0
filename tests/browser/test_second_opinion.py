"""A viewer reads what other methods make of a shortlist, in a real browser, in both languages."""

import pytest
from playwright.sync_api import ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from matchmaking import services
from tests.browser.staff import DESK, TABLET, cookie_of, page_for, serious_findings
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers


@pytest.mark.parametrize(
    ("language", "link", "show", "viewport"),
    [("vi", "Ý kiến thứ hai", "Xem", TABLET), ("en", "Second opinion", "Show", DESK)],
)
@pytest.mark.django_db(transaction=True)
def test_a_viewer_reads_the_orders_side_by_side(
    live_server: LiveServer, language: str, link: str, show: str, viewport: ViewportSize
) -> None:
    buyer, firms = member("buyer"), example_suppliers()
    requirement = example_requirement(buyer)
    row = services.create_shortlist(values={"name": "Candidates", "requirement": requirement}, by=buyer)
    services.add_entries(shortlist_id=row.pk, items=[{"supplier": firm} for firm in firms.values()], by=buyer)
    cookie = cookie_of(member("agency", "viewer"), live_server.url)

    with page_for(cookie, language=language, viewport=DESK) as (page, watched):
        page.goto(f"{live_server.url}/admin/matchmaking/shortlist/{row.pk}/change/")
        page.get_by_role("link", name=link).click()
        page.set_viewport_size(viewport)
        expect(page.locator("svg.ranks polyline")).to_have_count(4)
        page.locator("select[name=normalisation]").select_option("minmax")
        page.get_by_role("button", name=show, exact=True).click()
        expect(page.get_by_role("cell", name="minmax")).to_be_visible()
        width = page.evaluate("document.documentElement.scrollWidth")
        findings = serious_findings(page)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="csv").click()
        lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()

    assert width <= viewport["width"]
    assert findings == []
    assert (watched.complaints, watched.foreign(live_server.url)) == ([], [])
    assert len(lines) == 5
