"""The page of review: what has changed, documents beside it, and one act that sets level and note of a fact."""

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.principals import Principal
from notifications.tasks import deliver_due
from suppliers import services
from suppliers.models import Assessment, Capability, Certificate, Evidence, Site, Supplier
from suppliers.review import FactReview, review_of
from tests.factories.accounts import member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    document,
    process,
)
from tests.factories.taxonomy import MaterialFactory, ProcessFactory, ProvinceFactory
from tests.fixtures.crowd import at_once
from tests.fixtures.mail import SmtpInbox
from tests.suppliers.admin.scene import ADMIN, browser_of, said, submitted_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def published_by(officer: Principal) -> Supplier:
    """A firm that an officer has published, whose owner can change it."""
    firm = member("supplier")
    supplier = SupplierFactory.create(organisation=firm.organisation)
    site = SiteFactory.create(supplier=supplier)
    services.add_capability(
        supplier_id=supplier.pk, values={"site": site, "process": process("MACH"), "tolerance_mm": 0.02}, by=firm
    )
    services.submit_supplier(supplier_id=supplier.pk, by=firm)
    return services.publish_supplier(supplier_id=supplier.pk, by=officer)


def owner_of(supplier: Supplier) -> Principal:
    return Principal.of_member(supplier.organisation.memberships.get())


def facts_of(supplier: Supplier) -> dict[tuple[str, str], FactReview]:
    fresh = Supplier.objects.get(pk=supplier.pk)
    return {(row.subject, fact.name): fact for row in review_of(fresh) for fact in row.facts}


def page_of(supplier: Supplier, browser: Client) -> str:
    return unescape(browser.get(f"{ADMIN}/supplier/{supplier.pk}/review/").content.decode())


def judge(browser: Client, row: Any, named: str, **found: Any) -> Any:
    """Send the form that stands beside a fact."""
    supplier = row if isinstance(row, Supplier) else row.supplier
    sent = {"subject": row.public_id, "fact": named, "version": row.version, "level": "2", **found}
    return browser.post(f"{ADMIN}/supplier/{supplier.pk}/review/", sent)


def test_a_fact_that_changed_since_publication_stands_beside_what_it_was(published_by: Supplier) -> None:
    capability = Capability.objects.get()
    fact = capability.public_id, "tolerance_mm"
    assert facts_of(published_by)[fact].change is None

    services.change_capability(
        capability_id=capability.pk, values={"tolerance_mm": 0.05, "moq": 9.0}, by=owner_of(published_by)
    )

    changed = facts_of(published_by)
    assert (changed[fact].before, changed[fact].value) == (0.02, 0.05)
    change = changed[fact].change
    assert change is not None
    assert change.asserted_by == owner_of(published_by).user
    assert (changed[capability.public_id, "moq"].before, changed[capability.public_id, "moq"].value) == (None, 9.0)
    assert changed[capability.public_id, "process"].change is None


def test_what_was_checked_since_is_no_change_any_more_unless_that_check_is_undone(
    published_by: Supplier, officer: Principal
) -> None:
    capability = Capability.objects.get()
    fact = capability.public_id, "tolerance_mm"
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": 0.05}, by=owner_of(published_by))
    services.set_evidence(row=capability, facts=["tolerance_mm"], level=3, note="Seen.", by=officer)

    checked = facts_of(published_by)[fact]
    assert (checked.change, checked.level, checked.check and checked.check.note) == (None, 3, "Seen.")

    check = Evidence.objects.get(act="checked")
    services.undo_check(supplier_id=published_by.pk, check=check.public_id or "", reason="A slip.", by=officer)
    again = facts_of(published_by)[fact]
    assert (again.check, again.before, again.value, again.level) == (None, 0.02, 0.05, 0)


def test_what_was_removed_since_publication_is_told(published_by: Supplier) -> None:
    capability = Capability.objects.get()
    services.remove_capability(capability_id=capability.pk, by=owner_of(published_by))

    gone = facts_of(published_by)[capability.public_id, "capability"]

    assert (gone.value, gone.before["process"]) == (None, "MACH")


def test_the_page_shows_who_said_it_when_in_which_request_with_documents_beside(
    published_by: Supplier, officer: Principal
) -> None:
    capability = Capability.objects.get()
    scan = document(published_by, capability=capability, name="measured.pdf")
    services.change_capability(capability_id=capability.pk, values={"tolerance_mm": 0.05}, by=owner_of(published_by))
    Evidence.objects.filter(fact="tolerance_mm").update(request_id="req-4711")

    page = page_of(published_by, browser_of(officer))

    row = page[page.index(f'id="{capability.public_id}-tolerance_mm"') :]
    row = row[: row.index("</tr>")]
    author = owner_of(published_by).user
    assert author is not None
    assert ["0.02" in row, "0.05" in row, "req-4711" in row, author.get_full_name() in row] == [True] * 4
    shown = f"/admin/suppliers/document/{scan.pk}/show"
    assert shown in page
    answer = browser_of(officer).get(shown)
    assert answer["Content-Disposition"].startswith("inline")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert browser_of(member("supplier")).get(shown).status_code == 302


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "vi",
            ("công nghệ gia công: Tiện CNC (MACH.TURN)", "vai trò: Cốt lõi", "Thép S45C (STEEL.S45C)", "Thành phố Cũ"),
        ),
        ("en", ("process: CNC turning (MACH.TURN)", "role: Core", "Steel S45C (STEEL.S45C)", "Old City")),
    ],
)
def test_codes_choices_and_columns_are_told_in_the_reader_s_language(
    published_by: Supplier, officer: Principal, language: str, told: tuple[str, ...]
) -> None:
    owner = owner_of(published_by)
    turning = ProcessFactory.create(code="MACH.TURN", name_vi="Tiện CNC", name_en="CNC turning")
    steel = MaterialFactory.create(code="STEEL.S45C", name_vi="Thép S45C", name_en="Steel S45C")
    today = ProvinceFactory.create(code="01", name_vi="Thành phố Mới", name_en="New City")
    old = ProvinceFactory.create(code="28", edition="2004", successor=today, name_vi="Thành phố Cũ", name_en="Old City")
    site = Site.objects.get()
    values = {"site": site, "process": turning, "materials": [steel]}
    services.add_capability(supplier_id=published_by.pk, values=values, by=owner)
    services.change_site(site_id=site.pk, values={"province": today, "old_province": old}, by=owner)
    browser = browser_of(officer)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language

    page = page_of(published_by, browser)
    assert [text in page for text in told] == [True] * 4
    lines = unescape(browser.get(f"{ADMIN}/evidence/").content.decode())
    assert [text in lines for text in told] == [True] * 4


def test_one_act_sets_level_source_and_note_of_one_fact(published_by: Supplier, officer: Principal) -> None:
    capability = Capability.objects.get()

    answer = judge(browser_of(officer), capability, "tolerance_mm", level="3", source="CMM", note="Five shafts.")

    assert said(answer) == ["Done: Check facts."]
    capability.refresh_from_db()
    assert (capability.tolerance_mm_level, capability.process_level) == (3, 0)
    line = Evidence.objects.get(act="checked")
    assert (line.fact, line.source, line.note) == ("tolerance_mm", "CMM", "Five shafts.")


def test_a_certificate_is_confirmed_there_too(published_by: Supplier, officer: Principal) -> None:
    certificate = CertificateFactory.create(supplier=published_by)

    judge(browser_of(officer), certificate, "certificate", source="Register")

    assert Certificate.objects.get().state == "checked"


def test_who_entered_a_fact_is_refused_there_as_well(published_by: Supplier, officer: Principal) -> None:
    capability = Capability.objects.get()
    services.change_capability(capability_id=capability.pk, values={"moq": 9.0}, by=officer)
    capability.refresh_from_db()

    answer = judge(browser_of(officer), capability, "moq")

    assert said(answer) == ["You entered this yourself: somebody else must approve it."]
    assert Evidence.objects.filter(act="checked").count() == 0


@pytest.mark.parametrize("fault", ["no level", "level 9", "old version", "another firm's row", "no such fact"])
def test_a_faulty_check_is_told_and_changes_nothing(fault: str, published_by: Supplier, officer: Principal) -> None:
    capability = Capability.objects.get()
    stranger = CapabilityFactory.create()
    faults: dict[str, dict[str, Any]] = {
        "no level": {"level": ""},
        "level 9": {"level": "9"},
        "old version": {"version": capability.version - 1 or 77},
        "another firm's row": {"subject": stranger.public_id},
        "no such fact": {"fact": "beauty"},
    }

    answer = judge(browser_of(officer), capability, "tolerance_mm", **faults[fault])

    (told,) = said(answer)
    assert told in {
        "Choose a level.",
        "Someone changed this in the meantime. Read it again and repeat your change.",
        "It is no longer there.",
        "No such fact.",
    }
    assert (Evidence.objects.filter(act="checked").count(), Capability.objects.get(pk=capability.pk).version) == (
        0,
        capability.version,
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_on_the_page_of_one_fact_the_second_hears_of_the_first(
    published_by: Supplier, officer: Principal, colleague: Principal
) -> None:
    capability = Capability.objects.get()
    browsers = browser_of(officer), browser_of(colleague)

    answers = at_once(
        [
            lambda: judge(browsers[0], capability, "tolerance_mm", level="2", note="First."),
            lambda: judge(browsers[1], capability, "tolerance_mm", level="3", note="Second."),
        ]
    )

    told = sorted(said(answer)[-1] for answer in answers)
    assert told == ["Done: Check facts.", "Someone changed this in the meantime. Read it again and repeat your change."]
    line = Evidence.objects.get(act="checked")
    capability.refresh_from_db()
    assert capability.tolerance_mm_level == line.level


def test_viewers_see_the_page_and_check_nothing(published_by: Supplier, officer: Principal) -> None:
    viewer = browser_of(member("agency", "viewer", organisation=officer.organisation))

    page = page_of(published_by, viewer)

    assert 'name="level"' not in page
    assert judge(viewer, Capability.objects.get(), "tolerance_mm").status_code == 403
    assert Evidence.objects.filter(act="checked").count() == 0


def test_the_page_costs_the_same_however_much_the_firm_has(officer: Principal) -> None:
    browser = browser_of(officer)

    def queries_for(parts: int) -> int:
        supplier = submitted_supplier()
        site = SiteFactory.create(supplier=supplier)
        for number in range(parts):
            capability = CapabilityFactory.create(site=site, materials=["steel"], tolerance_mm=0.1)
            certificate = CertificateFactory.create(supplier=supplier, site=site)
            document(supplier, certificate=certificate, name=f"{number}.pdf")
            services.set_evidence(row=capability, facts=["tolerance_mm"], level=2, by=officer)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"{ADMIN}/supplier/{supplier.pk}/review/").status_code == 200
        return len(captured)

    assert queries_for(1) == queries_for(30)


def test_a_visit_is_recorded_from_the_firm_s_page(published_by: Supplier, officer: Principal) -> None:
    capability, site = Capability.objects.get(), Site.objects.get()
    browser, url = browser_of(officer), f"{ADMIN}/supplier/{published_by.pk}/visit/"
    page = browser.get(url).content.decode()
    assert f'value="{capability.public_id}.tolerance_mm"' in page
    sent = {
        "site": site.pk,
        "visited_on": timezone.localdate().isoformat(),
        "visitors": "Lan",
        "seen_machines": "yes",
        "conclusion": "Fit for series.",
        "facts": [f"{capability.public_id}.tolerance_mm"],
    }

    assert browser.post(url, {**sent, "site": SiteFactory.create().pk}).status_code == 200
    assert Assessment.objects.count() == 0
    assert browser.post(url, sent).status_code == 302

    made = Assessment.objects.get()
    assert (made.site, made.checklist, made.recorded_by) == (site, {"machines": "yes"}, officer.user)
    assert Capability.objects.get().tolerance_mm_level == 3
    assert browser.get(f"{ADMIN}/assessment/").status_code == 200
    assert "Fit for series." in browser.get(f"{ADMIN}/assessment/{made.pk}/change/").content.decode()


def test_leads_undo_checks_and_visits_in_the_admin_and_officers_find_no_button(
    published_by: Supplier, officer: Principal, colleague: Principal
) -> None:
    editor = member("agency", "editor", organisation=officer.organisation)
    capability = Capability.objects.get()
    services.set_evidence(row=capability, facts=["tolerance_mm"], level=2, by=editor)
    check = Evidence.objects.get(act="checked")
    url = f"{ADMIN}/evidence/{check.pk}"

    assert f"{url}/undo/" not in browser_of(editor).get(f"{url}/change/").content.decode()
    assert browser_of(editor).post(f"{url}/undo/", {"reason": "A slip."}).status_code == 403
    assert Evidence.objects.filter(act="undone").count() == 0
    lead = browser_of(officer)
    assert f"{url}/undo/" in lead.get(f"{url}/change/").content.decode()
    assert lead.post(f"{url}/undo/", {"reason": ""}).status_code == 200
    assert said(lead.post(f"{url}/undo/", {"reason": "A slip."})) == ["Done: Undo this check."]

    assert Capability.objects.get().tolerance_mm_level == 0
    assert f"{url}/undo/" not in lead.get(f"{url}/change/").content.decode()


def test_the_history_of_one_fact_is_one_click_away(published_by: Supplier, officer: Principal) -> None:
    capability = Capability.objects.get()
    browser = browser_of(officer)
    (address,) = re.findall(
        r'href="([^"]*evidence/\?subject__exact=[^"]*tolerance_mm)"', page_of(published_by, browser)
    )

    listed = browser.get(address).context["cl"].result_list

    assert [(line.subject, line.fact) for line in listed] == [(capability.public_id, "tolerance_mm")]


def test_asking_for_changes_reaches_the_firm_by_mail_with_the_reason(officer: Principal, smtp_inbox: SmtpInbox) -> None:
    supplier = submitted_supplier()
    owner = member("supplier", organisation=supplier.organisation).user
    assert owner is not None

    browser_of(officer).post(f"{ADMIN}/supplier/{supplier.pk}/request_changes/", {"reason": "Máy nào?"})
    deliver_due()

    (message,) = smtp_inbox.to(owner.email)
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "Máy nào?" in plain.get_content()
