"""Officers decide by the buttons of a row."""

import pytest

from accounts.principals import Principal
from suppliers import services
from suppliers.models import Capability, Certificate, Claim, Supplier
from tests.factories.accounts import UserFactory
from tests.factories.suppliers import (
    CertificateFactory,
    published_supplier,
)
from tests.suppliers.admin.scene import ADMIN, browser_of, said, submitted_supplier

pytestmark = pytest.mark.django_db


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
    assert said(again)[-1] == "From “Published” this step is not possible."


def test_sending_back_asks_for_a_reason(officer: Principal) -> None:
    supplier = submitted_supplier()
    browser = browser_of(officer)
    url = f"{ADMIN}/supplier/{supplier.pk}/request_changes/"

    assert browser.post(url, {"reason": ""}).status_code == 200
    assert Supplier.objects.get().state == "submitted"
    assert browser.post(url, {"reason": "Which machines?"}).status_code == 302

    after = Supplier.objects.get()
    assert (after.state, after.state_reason) == ("changes_requested", "Which machines?")


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
