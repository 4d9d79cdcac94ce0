"""Officers at work on firms in the admin: only through the services, refusals as messages."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.principals import Principal
from notifications.models import Event
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
from tests.factories.taxonomy import SectorFactory

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


def choose(browser: Client, act: str, rows: list[Any], **query: str) -> Any:
    """Choose rows in their list and an act to do with them."""
    url = f"{ADMIN}/{type(rows[0]).__name__.lower()}/?queue=all"
    return browser.post(url, {"action": act, "index": "0", "_selected_action": [row.pk for row in rows], **query})


def confirm(browser: Client, asked: Any, **fields: str) -> Any:
    """Send the page that asks whether to, as it stands."""
    sent = {
        "action": asked.context["action"],
        "select_across": "1",
        "_selected_action": asked.context["chosen"][0],
        "chosen": ",".join(map(str, asked.context["chosen"])),
    }
    assert all(f'name="{name}" value="{value}"' in asked.content.decode() for name, value in sent.items())
    return browser.post(asked.request["PATH_INFO"], {**sent, **fields})


def states() -> list[str]:
    return list(Supplier.objects.order_by("pk").values_list("state", flat=True))


def test_chosen_firms_are_counted_first_and_submitted_once_confirmed(officer: Principal) -> None:
    firms = [SupplierFactory.create() for _ in range(3)]
    for firm in firms[:2]:
        CapabilityFactory.create(site=SiteFactory.create(supplier=firm))
    browser = browser_of(officer)

    asked = choose(browser, "submit_chosen", firms)
    assert "3 rows are chosen." in asked.content.decode()
    assert states() == ["draft"] * 3
    done = confirm(browser, asked)

    assert states() == ["submitted", "submitted", "draft"]
    assert said(done) == [
        "Submit: 2 done, 1 refused.",
        f"1 × The profile is not complete enough to be submitted. ({firms[2]})",
    ]
    assert Event.objects.filter(topic="supplier.submitted").count() == 2


def test_firms_that_may_not_be_published_stop_no_other(officer: Principal, colleague: Principal) -> None:
    own, ready, draft = submitted_supplier(), submitted_supplier(), SupplierFactory.create()
    services.change_supplier(supplier_id=own.pk, values={"export_share_pct": 40.0}, by=officer)
    browser = browser_of(officer)

    done = confirm(browser, choose(browser, "publish_chosen", [own, ready, draft]))

    assert states() == ["submitted", "published", "draft"]
    assert said(done) == [
        "Publish: 1 done, 2 refused.",
        f"1 × You entered this yourself: somebody else must approve it. ({own})",
        f"1 × From “Draft” this step is not possible. ({draft})",
    ]
    assert said(confirm(browser_of(colleague), choose(browser_of(colleague), "publish_chosen", [own]))) == [
        "Publish: 1 done, 0 refused."
    ]


def test_what_is_confirmed_is_what_was_counted(officer: Principal) -> None:
    counted, browser = submitted_supplier(), browser_of(officer)

    asked = choose(browser, "publish_chosen", [counted], select_across="1")
    submitted_supplier()  # joins the list meanwhile
    confirm(browser, asked)

    assert states() == ["published", "submitted"]


def test_chosen_firms_are_sent_back_for_one_reason_that_must_be_given(officer: Principal) -> None:
    firms, browser = [submitted_supplier(), submitted_supplier()], browser_of(officer)

    asked_again = confirm(browser, choose(browser, "request_changes_chosen", firms), reason="")
    assert (asked_again.status_code, states()) == (200, ["submitted", "submitted"])
    confirm(browser, asked_again, reason="Which machines?")

    assert set(Supplier.objects.values_list("state", "state_reason")) == {("changes_requested", "Which machines?")}


@pytest.mark.parametrize("chosen", ["", "x,;", ",".join(map(str, range(201)))])
def test_none_and_too_many_are_refused(chosen: str, officer: Principal) -> None:
    supplier = submitted_supplier()
    sent = {"action": "publish_chosen", "select_across": "1", "_selected_action": supplier.pk, "chosen": chosen}

    refused = browser_of(officer).post(f"{ADMIN}/supplier/", sent)

    assert (said(refused), states()) == (["Choose from 1 to 200 rows."], ["submitted"])


def test_who_is_not_of_the_agency_publishes_no_chosen_firms(officer: Principal) -> None:
    supplier = submitted_supplier()
    assert officer.user is not None
    asked = choose(browser := browser_of(officer), "publish_chosen", [supplier])
    officer.user.memberships.all().delete()
    officer.user.is_staff = officer.user.is_superuser = True
    officer.user.save()

    confirm(browser, asked)

    assert states() == ["submitted"]


def test_chosen_certificates_are_confirmed_with_one_finding(officer: Principal) -> None:
    supplier = published_supplier()
    certificates = [CertificateFactory.create(supplier=supplier, number=number) for number in "AB"]
    checked = CertificateFactory.create(supplier=supplier, number="C", checked=True)
    browser = browser_of(officer)

    done = confirm(browser, choose(browser, "confirm_chosen", [*certificates, checked]), level="3")

    assert said(done)[0] == "Confirm: 2 done, 1 refused."
    assert set(Certificate.objects.filter(number__in="AB").values_list("state", "level")) == {("checked", 3)}


def test_each_chosen_firm_costs_the_same(officer: Principal) -> None:
    browser = browser_of(officer)

    def queries_for(count: int) -> int:
        asked = choose(browser, "publish_chosen", [submitted_supplier() for _ in range(count)])
        with CaptureQueriesContext(connection) as captured:
            confirm(browser, asked)
        return len(captured)

    one, two, twelve = queries_for(1), queries_for(2), queries_for(12)
    assert twelve - one == 11 * (two - one)
    assert two - one <= 14


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
