"""Officers enter and edit firms in the admin: only through the services, refusals as messages."""

from typing import Any

import pytest

from accounts.principals import Principal
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from tests.factories.accounts import OrganisationFactory
from tests.factories.suppliers import (
    CertificateFactory,
    published_supplier,
)
from tests.suppliers.admin.scene import ADMIN, browser_of, form_of, said, submitted_supplier

pytestmark = pytest.mark.django_db


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
    assert change.context["adminform"].form.non_field_errors() == ["This firm is archived and cannot be changed."]
    assert 'value="New name"' in change.content.decode()

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
