"""The pages of firms for staff: they open, with what waits, and offer what the state permits."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from accounts.principals import Principal
from suppliers import services
from suppliers.models import Capability, Evidence, Site
from tests.factories.accounts import UserFactory
from tests.factories.suppliers import (
    CertificateFactory,
    SupplierFactory,
    published_supplier,
)
from tests.factories.taxonomy import SectorFactory
from tests.suppliers.admin.scene import ADMIN, browser_of, form_of, submitted_supplier

pytestmark = pytest.mark.django_db


def test_every_page_opens(officer: Principal) -> None:
    supplier = published_supplier(tolerance_mm=0.01)
    certificate = CertificateFactory.create(supplier=supplier)
    claim = services.claim_supplier(supplier_id=supplier.pk, by=Principal(user=UserFactory.create()))
    services.set_evidence(row=Capability.objects.get(), facts=["process"], level=2, by=officer)
    browser = browser_of(officer)
    rows = [supplier, Site.objects.get(), Capability.objects.get(), certificate, claim, Evidence.objects.get()]

    for row in rows:
        name = type(row).__name__.lower()
        assert browser.get(f"{ADMIN}/{name}/").status_code == 200
        assert browser.get(f"{ADMIN}/{name}/", {"q": "cơ khí"}).status_code == 200
        assert browser.get(f"{ADMIN}/{name}/{row.pk}/change/").status_code == 200
    for name in ("supplier", "site", "capability", "certificate"):
        assert browser.get(f"{ADMIN}/{name}/add/").status_code == 200
    assert browser.get(f"{ADMIN}/supplierchange/").status_code == 200


def test_the_lists_open_with_what_waits_for_staff(officer: Principal) -> None:
    waiting, live = submitted_supplier(), published_supplier()
    late = CertificateFactory.create(supplier=live, expires_on=timezone.localdate() + timedelta(days=900))
    soon = CertificateFactory.create(supplier=live, expires_on=timezone.localdate() + timedelta(days=9))
    CertificateFactory.create(supplier=live, checked=True)
    browser = browser_of(officer)

    def listed(name: str, **query: str) -> list[Any]:
        return list(browser.get(f"{ADMIN}/{name}/", query).context["cl"].result_list)

    assert listed("supplier") == [waiting]
    assert set(listed("supplier", queue="all")) == {waiting, live}
    assert listed("supplier", q=live.organisation.tax_code) == [live]
    assert listed("certificate") == [soon, late]


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        ("draft", ["submit", "state_certificates", "check_facts", "archive"]),
        ("submitted", ["publish", "request_changes", "state_certificates", "check_facts", "archive"]),
        ("changes_requested", ["submit", "state_certificates", "check_facts", "archive"]),
        ("suspended", ["publish", "state_certificates", "check_facts", "archive"]),
        ("archived", list[str]()),
    ],
)
def test_the_page_of_a_firm_names_it_and_offers_what_its_state_permits(
    state: str, acts: list[str], officer: Principal
) -> None:
    supplier = SupplierFactory.create(state=state)
    url = f"{ADMIN}/supplier/{supplier.pk}"

    page = unescape(browser_of(officer).get(f"{url}/change/").content.decode())

    every = ["submit", "publish", "request_changes", "state_certificates", "check_facts", "suspend", "archive"]
    assert [act for act in every if f"{url}/{act}/" in page] == acts
    assert re.search(rf"<h1[^>]*>{re.escape(str(supplier))}</h1>", page)


def test_decided_claims_and_certificates_offer_no_decision(officer: Principal) -> None:
    supplier, browser = published_supplier(), browser_of(officer)
    certificate = CertificateFactory.create(supplier=supplier)
    claim = services.claim_supplier(supplier_id=supplier.pk, by=Principal(user=UserFactory.create()))

    def offered(row: Any) -> bool:
        url = f"{ADMIN}/{type(row).__name__.lower()}/{row.pk}"
        return f"{url}/reject/" in browser.get(f"{url}/change/").content.decode()

    assert (offered(claim), offered(certificate)) == (True, True)
    services.approve_claim(claim_id=claim.pk, by=officer)
    services.check_certificate(certificate_id=certificate.pk, by=officer)
    assert (offered(claim), offered(certificate)) == (False, False)


def test_sectors_are_looked_up_by_name(officer: Principal) -> None:
    supplier, sector = published_supplier(), SectorFactory.create()
    browser = browser_of(officer)
    url = f"{ADMIN}/supplier/{supplier.pk}/change/"

    assert browser.post(url, form_of(browser, url, sectors=[sector.pk])).status_code == 302

    assert list(supplier.sectors.all()) == [sector]
    assert "by selecting them" not in browser.get(url).content.decode()


def test_certificates_are_listed_by_when_they_end(officer: Principal) -> None:
    live, today = published_supplier(), timezone.localdate()
    ends = {"over": -1, "soon": 0, "month": 30, "quarter": 31, "year": 365, "late": 366}
    for number, days in ends.items():
        CertificateFactory.create(supplier=live, number=number, expires_on=today + timedelta(days=days))
    CertificateFactory.create(supplier=live, number="unknown", expires_on=None)
    CertificateFactory.create(supplier=live, number="never", expires_on=None, never_expires=True)
    browser = browser_of(officer)

    def listed(ends: str) -> list[str]:
        page = browser.get(f"{ADMIN}/certificate/", {"ends": ends}).context["cl"]
        return [certificate.number for certificate in page.result_list]

    assert listed("over") == ["over"]
    assert listed("30") == ["soon", "month"]
    assert listed("90") == ["soon", "month", "quarter"]
    assert listed("365") == ["soon", "month", "quarter", "year"]
    assert listed("unknown") == ["unknown"]
    assert len(listed("9" * 30)) == 5
    first = browser.get(f"{ADMIN}/certificate/").context["cl"].result_list[0]
    assert (first.number, browser.get(f"{ADMIN}/certificate/").content.decode().count(">-1<")) == ("over", 1)
