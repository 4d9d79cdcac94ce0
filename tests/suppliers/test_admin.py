"""Officers at work on firms in the admin: only through the services, refusals as messages."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from accounts.principals import Principal
from suppliers import services
from suppliers.models import Capability, Certificate, Claim, Evidence, Site, Supplier
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    published_supplier,
)

pytestmark = pytest.mark.django_db
ADMIN = "/admin/suppliers"


def browser_of(principal: Principal) -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(principal.user)
    return browser


def form_of(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page's form would send, with some fields filled in otherwise."""
    context = browser.get(url).context
    form = context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    for formset in context["inline_admin_formsets"]:
        management = formset.formset.management_form
        sent |= {management.add_prefix(name): management[name].value() for name in management.fields}
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def submitted_supplier() -> Supplier:
    supplier = SupplierFactory.create(state="submitted", submitted_at=timezone.now())
    CapabilityFactory.create(site=SiteFactory.create(supplier=supplier))
    return supplier


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


def test_an_officer_publishes_by_a_button_and_hears_refusals(officer: Principal) -> None:
    supplier = submitted_supplier()
    browser = browser_of(officer)
    url = f"{ADMIN}/supplier/{supplier.pk}/publish/"

    assert browser.get(url).status_code == 200
    assert Supplier.objects.get().state == "submitted"
    assert browser.post(url).status_code == 302
    assert Supplier.objects.get().state == "published"

    again = browser.post(url)
    assert again.status_code == 302
    assert said(again)[-1] == "This step is not possible in the current state."


def test_sending_back_asks_for_a_reason(officer: Principal) -> None:
    supplier = submitted_supplier()
    browser = browser_of(officer)
    url = f"{ADMIN}/supplier/{supplier.pk}/request_changes/"

    assert browser.post(url, {"reason": ""}).status_code == 200
    assert Supplier.objects.get().state == "submitted"
    assert browser.post(url, {"reason": "Which machines?"}).status_code == 302

    after = Supplier.objects.get()
    assert (after.state, after.state_reason) == ("changes_requested", "Which machines?")


def test_facts_edited_in_the_admin_leave_their_evidence(officer: Principal) -> None:
    supplier = published_supplier(tolerance_mm=0.01, tolerance_mm_level=3, materials=["al6061"], moq=5.0)
    capability = Capability.objects.get()
    browser = browser_of(officer)
    url = f"{ADMIN}/capability/{capability.pk}/change/"

    sent = form_of(browser, url, tolerance_mm="0.02", materials=[], tolerance_mm_level="4")
    assert browser.post(url, sent).status_code == 302

    capability.refresh_from_db()
    assert (capability.tolerance_mm, capability.tolerance_mm_level, capability.moq) == (0.02, 0, 5.0)
    assert (capability.materials.count(), list(capability.withdrawn)) == (1, ["materials"])
    assert list(Evidence.objects.order_by("fact").values_list("fact", "asserted_by", "asserted_for")) == [
        ("materials", officer.user.pk, officer.organisation_id),  # type: ignore[union-attr]
        ("tolerance_mm", officer.user.pk, officer.organisation_id),  # type: ignore[union-attr]
    ]
    assert supplier.state == "published"


def test_an_officer_cannot_publish_what_they_edited(officer: Principal, colleague: Principal) -> None:
    supplier = submitted_supplier()
    browser = browser_of(officer)
    url = f"{ADMIN}/supplier/{supplier.pk}/change/"
    assert browser.post(url, form_of(browser, url, employees_total="80")).status_code == 302

    refused = browser.post(f"{ADMIN}/supplier/{supplier.pk}/publish/")

    assert said(refused)[-1] == "You entered this yourself: somebody else must approve it."
    assert Supplier.objects.get().state == "submitted"
    browser_of(colleague).post(f"{ADMIN}/supplier/{supplier.pk}/publish/")
    assert (Supplier.objects.get().state, Supplier.objects.get().employees_total) == ("published", 80)


def test_states_and_levels_cannot_be_sent_with_a_form(officer: Principal) -> None:
    supplier = submitted_supplier()
    certificate = CertificateFactory.create(supplier=supplier)
    browser = browser_of(officer)

    for name, row in (("supplier", supplier), ("certificate", certificate)):
        url = f"{ADMIN}/{name}/{row.pk}/change/"
        browser.post(url, form_of(browser, url, state="published", level="4", languages_level="4"))

    supplier.refresh_from_db()
    certificate.refresh_from_db()
    assert (supplier.state, supplier.languages_level, certificate.state, certificate.level) == (
        "submitted",
        0,
        "declared",
        0,
    )


def test_a_refused_edit_is_told_and_changes_nothing(officer: Principal) -> None:
    certificate = CertificateFactory.create(supplier=published_supplier(), number="A")
    CertificateFactory.create(supplier=certificate.supplier, number="B")
    site = Site.objects.get()
    browser = browser_of(officer)

    removal = browser.post(f"{ADMIN}/site/{site.pk}/delete/", {"post": "yes"})
    assert said(removal)[-1] == "Move or remove the capabilities and certificates of this site first."
    Supplier.objects.update(state="archived")
    url = f"{ADMIN}/site/{site.pk}/change/"
    change = browser.post(url, form_of(browser, url, name="New name"))
    assert said(change)[-1] == "This firm is archived and cannot be changed."

    assert Site.objects.get().name == site.name
    assert Evidence.objects.count() == 0


def test_a_firm_is_entered_from_profile_to_certificate(officer: Principal) -> None:
    firm = OrganisationFactory.create()
    published_supplier()  # whose process is there to choose
    standard = CertificateFactory.create().standard
    browser = browser_of(officer)

    def add(page: str, **fields: Any) -> None:
        url = f"{ADMIN}/{page}/add/"
        response = browser.post(url, form_of(browser, url, **fields))
        assert response.status_code == 302, response.context["adminform"].form.errors

    add("supplier", organisation=firm.pk, languages="en,ja")
    supplier = Supplier.objects.get(organisation=firm)
    add("site", supplier=supplier.pk, name="Plant 9", latitude="21.0", longitude="105.5")
    site = Site.objects.get(supplier=supplier)
    process = Capability.objects.get().process
    add("capability", site=site.pk, process=process.pk, monthly_capacity="500", capacity_unit="pcs")
    add("certificate", supplier=supplier.pk, standard=standard.pk, number="N-1", expires_on="2030-01-31")

    assert (supplier.languages, supplier.state) == (["en", "ja"], "draft")
    assert site.coordinates_from == "given"
    assert Capability.objects.get(site=site).monthly_capacity == 500.0
    assert Certificate.objects.get(supplier=supplier).state == "declared"
    entered = Evidence.objects.filter(supplier=supplier, asserted_by=officer.user).values_list("fact", flat=True)
    assert set(entered) == {"languages", "site", "process", "monthly_capacity", "certificate", "certificates"}


def test_officers_check_certificates_facts_and_claims(officer: Principal) -> None:
    supplier = published_supplier(moq=9.0)
    capability, certificate = Capability.objects.get(), CertificateFactory.create(supplier=supplier)
    claim = services.claim_supplier(supplier_id=supplier.pk, by=Principal(user=UserFactory.create()))
    browser = browser_of(officer)

    browser.post(f"{ADMIN}/certificate/{certificate.pk}/confirm/", {"level": "2", "source": "Register"})
    browser.post(f"{ADMIN}/capability/{capability.pk}/check_facts/", {"facts": ["moq"], "level": "3"})
    browser.post(f"{ADMIN}/claim/{claim.pk}/approve/")

    assert Certificate.objects.get().state == "checked"
    assert Capability.objects.get().moq_level == 3
    assert Claim.objects.get().state == "approved"
    unknown = browser.post(
        f"{ADMIN}/capability/{capability.pk}/check_facts/", {"facts": ["tolerance_mm"], "level": "3"}
    )
    assert said(unknown)[-1] == "There is no value to prove."
