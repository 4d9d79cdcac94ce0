"""An officer checks a fact and mediates, by mouse, in a real browser."""

import pytest
from playwright.sync_api import ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from matchmaking.models import Connection
from notifications.models import Event
from suppliers import services
from suppliers.models import Capability, Certificate, Evidence, Supplier
from tests.browser.staff import DESK, TABLET, cookie_of, page_for, serious_findings
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.suppliers import CertificateFactory, SiteFactory, SupplierFactory, document, process


def submitted_by_its_owner() -> Supplier:
    """A firm that waits for review, with a certificate and its scan."""
    owner = member("supplier")
    supplier = SupplierFactory.create(organisation=owner.organisation)
    site = SiteFactory.create(supplier=supplier)
    services.add_capability(
        supplier_id=supplier.pk, values={"site": site, "process": process("MACH"), "tolerance_mm": 0.02}, by=owner
    )
    document(supplier, certificate=CertificateFactory.create(supplier=supplier), name="iso.pdf")
    return services.submit_supplier(supplier_id=supplier.pk, by=owner)


@pytest.mark.parametrize(
    ("language", "viewport", "words"),
    [
        ("en", DESK, {"review": "Review", "check": "Check", "done": "Done: Check facts.", "publish": "Publish"}),
        (
            "vi",
            TABLET,
            {
                "review": "Xét duyệt",
                "check": "Kiểm tra",
                "done": "Đã thực hiện: Thẩm tra thông tin.",
                "publish": "Công bố",
            },
        ),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_an_officer_finds_a_firm_checks_a_fact_and_publishes(
    live_server: LiveServer, language: str, viewport: ViewportSize, words: dict[str, str]
) -> None:
    supplier, officer = submitted_by_its_owner(), member("agency")
    capability, name = Capability.objects.get(), str(supplier)
    cookie = cookie_of(officer, live_server.url)

    with page_for(cookie, language=language, viewport=viewport) as (page, watched):
        page.goto(f"{live_server.url}/admin/suppliers/supplier/")
        page.locator("#result_list tr", has_text=name).get_by_role("link", name=words["review"], exact=True).click()
        row = page.locator(f"#{capability.public_id}-tolerance_mm")
        row.locator("select[name=level]").select_option("3")
        row.locator("input[name=note]").fill("Five shafts measured.")
        row.get_by_role("button", name=words["check"]).click()
        expect(page.get_by_text(words["done"])).to_be_visible()
        expect(page.locator(f"#{capability.public_id}-tolerance_mm")).to_contain_text("Five shafts measured.")
        findings = serious_findings(page)
        page.locator("#content").get_by_role("link", name=words["publish"], exact=True).click()
        page.locator("#content").get_by_role("button", name=words["publish"]).click()
        page.wait_for_url("**/change/")

    assert findings == []
    assert (watched.complaints, watched.foreign(live_server.url)) == ([], [])
    line = Evidence.objects.get(act="checked", fact="tolerance_mm")
    assert (line.level, line.note, line.asserted_by) == (3, "Five shafts measured.", officer.user)
    assert line.request_id != ""
    assert Supplier.objects.get().state == "published"
    assert Certificate.objects.get().state == "declared"


@pytest.mark.django_db(transaction=True)
def test_an_officer_proposes_a_connection_to_both_sides(live_server: LiveServer) -> None:
    supplier, requirement = (
        make.published_supplier(),
        make.requirement(make.verified_buyer(member("buyer").organisation)),
    )
    officer = member("agency")
    cookie, texts = cookie_of(officer, live_server.url), [requirement.title, supplier.organisation.legal_name]

    with page_for(cookie) as (page, watched):
        page.goto(f"{live_server.url}/admin/matchmaking/connection/add/")
        for field, text in zip(("requirement", "supplier"), texts, strict=True):
            page.locator(f".field-{field} .select2-selection").click()
            page.locator(".select2-search__field").fill(text)
            page.locator(".select2-results__option[aria-selected=false]").first.click()
        page.locator("textarea[name=message]").fill("You should talk.")
        findings = serious_findings(page)
        page.locator("button[name=_save]").click()
        page.wait_for_url("**/connection/")

    assert findings == []
    assert (watched.complaints, watched.foreign(live_server.url)) == ([], [])
    proposed = Connection.objects.get()
    assert (proposed.state, proposed.supplier, proposed.requirement) == ("proposed", supplier, requirement)
    assert Event.objects.filter(topic="connection.proposed").count() == 1
