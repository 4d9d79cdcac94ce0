"""An officer works in the admin by keys alone: nothing is out of reach or holds the focus, and it is always seen."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from suppliers.models import Capability, Evidence, Supplier
from tests.browser.staff import DESK, cookie_of, page_for, serious_findings
from tests.browser.test_checking import submitted_by_its_owner
from tests.factories.accounts import member
from tests.factories.suppliers import SupplierFactory

FURTHEST = 60
"""Presses of Tab that anything on these pages takes, from the content on."""
IS_SEEN = """() => {
    const outlined = (element) => getComputedStyle(element).outlineStyle !== "none";
    const at = document.activeElement;
    const isPainted = at !== document.body;  // a page that is not yet takes no keys
    return !isPainted || (at.checkVisibility() && (outlined(at) || outlined(at.parentElement)));
}"""
HAS_FOCUS = "element => element === document.activeElement"


def go_to(page: Page, wanted: Locator, *, key: str = "Tab") -> None:
    for _ in range(FURTHEST):
        page.keyboard.press(key)
        assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate(HAS_FOCUS):
            return
    pytest.fail(f"out of reach: {wanted}")


def skip_to_content(page: Page) -> None:
    """The first stop of Tab."""
    go_to(page, page.get_by_role("link", name="Skip to main content"))
    page.keyboard.press("Enter")


@pytest.mark.django_db(transaction=True)
def test_an_officer_finds_a_firm_checks_a_fact_and_publishes_by_keys_alone(live_server: LiveServer) -> None:
    supplier, officer = submitted_by_its_owner(), member("agency")
    SupplierFactory.create_batch(3)
    capability, name = Capability.objects.get(), str(supplier)
    cookie = cookie_of(officer, live_server.url)

    with page_for(cookie, viewport=DESK) as (page, watched):
        keys, content = page.keyboard, page.locator("#content")
        page.goto(f"{live_server.url}/admin/suppliers/supplier/")
        skip_to_content(page)
        go_to(page, page.locator("#searchbar"))
        keys.type(name)
        keys.press("Enter")
        page.wait_for_url("**q=**")  # it begins at the content, too
        go_to(page, content.get_by_role("link", name="Review", exact=True))
        keys.press("Enter")
        row = page.locator(f"#{capability.public_id}-tolerance_mm")
        expect(row).to_be_visible()
        skip_to_content(page)
        go_to(page, row.locator("select[name=level]"))
        keys.type("L3")
        go_to(page, row.locator("input[name=note]"))
        keys.type("Five shafts measured.")
        keys.press("Enter")
        expect(row).to_contain_text("Five shafts measured.")
        go_to(page, content.get_by_role("link", name="Publish", exact=True), key="Shift+Tab")
        keys.press("Enter")
        page.wait_for_url("**/publish/")
        skip_to_content(page)
        go_to(page, content.get_by_role("button", name="Publish"))
        keys.press("Enter")
        page.wait_for_url("**/change/**")

    assert watched.complaints == []
    line = Evidence.objects.get(act="checked", fact="tolerance_mm")
    assert (line.level, line.note, line.asserted_by) == (3, "Five shafts measured.", officer.user)
    assert Supplier.objects.get(pk=supplier.pk).state == "published"


@pytest.mark.django_db(transaction=True)
def test_several_firms_are_chosen_and_sent_back_by_keys_alone(live_server: LiveServer) -> None:
    SupplierFactory.create_batch(2, state="submitted")
    cookie = cookie_of(member("agency"), live_server.url)

    with page_for(cookie, viewport=DESK) as (page, watched):
        page.goto(f"{live_server.url}/admin/suppliers/supplier/")
        skip_to_content(page)
        go_to(page, page.locator("#action-toggle"))
        page.keyboard.press("Space")
        go_to(page, page.locator("select[name=action]"))
        page.keyboard.type("Request")
        go_to(page, page.get_by_role("button", name="Run"))
        page.keyboard.press("Enter")
        expect(page.locator("textarea[name=reason]")).to_be_visible()
        go_to(page, page.locator("textarea[name=reason]"))
        page.keyboard.type("Which machines?")
        go_to(page, page.locator("#content").get_by_role("button", name="Request changes"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("Request changes: 2 done, 0 refused.")).to_be_visible()

    assert watched.complaints == []
    assert list(Supplier.objects.values_list("state", flat=True)) == ["changes_requested"] * 2


@pytest.mark.django_db(transaction=True)
def test_what_opens_takes_the_focus_and_gives_it_back(live_server: LiveServer) -> None:
    SupplierFactory.create()
    cookie = cookie_of(member("agency"), live_server.url)

    with page_for(cookie, viewport=DESK) as (page, watched):
        page.goto(f"{live_server.url}/admin/suppliers/supplier/")
        for control, inside in (
            (page.get_by_role("button", name="Filters"), page.locator("#changelist-filter")),
            (page.locator("[role=button]", has_text="unfold_more"), page.get_by_role("button", name="Log out")),
        ):
            control.focus()
            page.keyboard.press("Enter")
            expect(inside).to_be_visible()
            expect(control).not_to_be_focused()
            findings = serious_findings(page)
            page.keyboard.press("Escape")
            expect(inside).to_be_hidden()
            expect(control).to_be_focused()
            assert findings == []

    assert watched.complaints == []
