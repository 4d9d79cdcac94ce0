"""An officer makes one firm of two by mouse, and takes the list as a file, in a real browser."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from suppliers.models import Site, Supplier, SupplierMerge
from tests.browser.staff import DESK, TABLET, cookie_of, page_for, serious_findings
from tests.factories.accounts import member
from tests.factories.suppliers import SiteFactory, SupplierFactory


def duplicate_of(firm: Supplier) -> Supplier:
    """As another list spells it, with a site of its own."""
    spelled = {"legal_name": firm.organisation.legal_name.upper(), "trade_name": "", "tax_code": ""}
    other = SupplierFactory.create(**{f"organisation__{name}": text for name, text in spelled.items()})
    SiteFactory.create(supplier=other)
    return other


@pytest.mark.django_db(transaction=True)
def test_an_officer_merges_two_firms_side_by_side(live_server: LiveServer) -> None:
    firm, officer = SupplierFactory.create(), member("agency")
    other, cookie = duplicate_of(firm), cookie_of(officer, live_server.url)
    name = str(other)

    with page_for(cookie, viewport=TABLET) as (page, watched):
        page.goto(f"{live_server.url}/admin/suppliers/supplier/{firm.pk}/merge/")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("columnheader", name=name)).to_be_visible()
        page.locator("textarea[name=reason]").fill("The same address.")
        findings = serious_findings(page)
        page.get_by_role("button", name="Make one firm of the two").click()
        expect(page.get_by_text("The two are one firm now.")).to_be_visible()

    assert findings == []
    assert (watched.complaints, watched.foreign(live_server.url)) == ([], [])
    assert (SupplierMerge.objects.get().survivor, Site.objects.get().supplier) == (firm, firm)


@pytest.mark.django_db(transaction=True)
def test_an_officer_takes_the_list_as_a_file(live_server: LiveServer) -> None:
    firm, officer = SupplierFactory.create(state="submitted"), member("agency")
    cookie = cookie_of(officer, live_server.url)

    with page_for(cookie, viewport=DESK) as (page, watched):
        page.goto(f"{live_server.url}/admin/suppliers/supplier/")
        findings = serious_findings(page)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="List as csv").click()
        text = waiting.value.path().read_text(encoding="utf-8-sig")

    assert findings == []
    assert watched.complaints == []
    assert text.splitlines()[1].startswith(f"{firm.public_id},")
