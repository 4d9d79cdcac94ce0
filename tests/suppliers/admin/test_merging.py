"""The page that shows two firms side by side and makes one of them, and the list that undoes it."""

from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Disclosure
from suppliers.imports.likenesses import Likenesses
from suppliers.models import Site, Supplier, SupplierMerge
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import SiteFactory, SupplierFactory
from tests.suppliers.admin.scene import ADMIN, browser_of, said

pytestmark = pytest.mark.django_db


def two_firms() -> tuple[Supplier, Supplier]:
    """As two lists spell one firm."""
    address = "Lô 12, KCN Quang Minh, Mê Linh, Hà Nội"
    one = SupplierFactory.create(
        organisation__legal_name="Công ty TNHH Cơ khí An Phú",
        organisation__trade_name="",
        organisation__address=address,
    )
    other = SupplierFactory.create(
        organisation__legal_name="CTY TNHH CO KHI AN PHU",
        organisation__trade_name="",
        organisation__tax_code="",
        organisation__address=address,
    )
    SiteFactory.create(supplier=other)
    return one, other


def address_of(supplier: Supplier) -> str:
    return f"{ADMIN}/supplier/{supplier.pk}/merge/"


def send(browser: Client, one: Supplier, other: Supplier, **changes: Any) -> Any:
    """The form of the page, as it stands, with some fields filled in otherwise."""
    address = f"{address_of(one)}?other={other.public_id}"
    form = browser.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return browser.post(address, {**sent, "reason": "One firm.", **changes})


def test_the_page_names_likely_duplicates_and_shows_both_side_by_side() -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()
    SupplierFactory.create(organisation__legal_name="Nhựa Bình Minh", organisation__trade_name="")

    choice = unescape(browser.get(address_of(one)).content.decode())
    assert f'href="?other={other.public_id}"' in choice
    assert "likely the same" in choice
    assert "Nhựa Bình Minh" not in choice

    with CaptureQueriesContext(connection) as captured:
        page = browser.get(f"{address_of(one)}?other={other.public_id}")
    lines = {line.label: line.texts for line in page.context["lines"]}
    assert lines["State"] == ["Draft", "Draft"]
    assert lines["Sites"] == ["0", "1"]
    assert one.organisation.tax_code in unescape(page.content.decode())
    assert len(captured) < 70


def test_what_names_a_firm_in_two_ways_is_one_line_for_both() -> None:
    browser, (one, other), buyer = browser_of(member("agency")), two_firms(), OrganisationFactory.create(kind="buyer")
    Disclosure.objects.create(reader=buyer, subject=other.organisation, reason="con_1")
    Disclosure.objects.create(reader=other.organisation, subject=buyer, reason="con_1")

    lines = browser.get(f"{address_of(one)}?other={other.public_id}").context["lines"]

    assert [line.texts for line in lines if line.label == "Disclosures"] == [["0", "2"]]
    assert len({line.label for line in lines}) == len(lines)


def test_an_officer_makes_one_firm_of_two_and_a_lead_undoes_it() -> None:
    lead, (one, other) = member("agency"), two_firms()
    officer = member("agency", "editor", lead.organisation)

    done = send(browser_of(officer), one, other)

    merge = SupplierMerge.objects.get()
    assert done["Location"] == f"{ADMIN}/suppliermerge/{merge.pk}/change/"
    assert (merge.survivor, merge.merged, merge.merged_by) == (one, other, officer.user)
    assert Site.objects.get().supplier == one
    undo = f"{ADMIN}/suppliermerge/{merge.pk}/undo/"
    assert undo not in browser_of(officer).get(done["Location"]).content.decode()
    page = browser_of(lead).get(done["Location"]).content.decode()
    assert undo in page
    assert "Site: 1" in page

    browser_of(lead).post(undo, {"reason": "Two firms."})

    merge.refresh_from_db()
    assert (merge.undone_by, merge.undone_reason) == (lead.user, "Two firms.")
    assert Site.objects.get().supplier == other


def test_a_refusal_is_shown_and_nothing_is_changed() -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()
    organisations = type(other.organisation).objects
    organisations.filter(pk=other.organisation_id).update(tax_code="0100109106", country="JP")

    refused = send(browser, one, other, tax_code="0100109106")

    assert said(refused) == [
        "Different tax codes are different firms. If one of them is wrong, say which one is right."
    ]
    assert SupplierMerge.objects.count() == 0


def test_of_two_tax_codes_the_officer_says_which_one_is_right() -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()
    organisations = type(other.organisation).objects
    organisations.filter(pk=other.organisation_id).update(tax_code="0100109106")

    assert "tax_code" in send(browser, one, other, tax_code="").context["form"].errors
    assert SupplierMerge.objects.count() == 0
    send(browser, one, other, tax_code="0100109106")

    assert SupplierMerge.objects.get().survivor == one
    assert organisations.get(pk=one.organisation_id).tax_code == "0100109106"
    assert organisations.get(pk=other.organisation_id).tax_code == ""


@pytest.mark.parametrize(
    "fault",
    [
        *({"reason": " "}, {"survivor": "0"}, {"survivor": "x"}, {"versions": ""}, {"versions": "1,a"}),
        {"versions": "1," + "9" * 5_000},
    ],
    ids=["no reason", "no firm", "no number", "no versions", "no version", "more digits than Python reads"],
)
def test_a_form_that_says_too_little_or_nonsense_is_shown_again(fault: dict[str, str]) -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()

    assert send(browser, one, other, **fault).status_code == 200
    assert SupplierMerge.objects.count() == 0


def test_what_changed_while_it_was_read_is_read_again() -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()

    refused = send(browser, one, other, versions="1,7")

    assert said(refused) == ["Someone changed this in the meantime. Read it again and repeat your change."]
    assert SupplierMerge.objects.count() == 0


def test_two_ticked_firms_lead_to_the_page_and_no_other_number_does() -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()

    def tick(*firms: Supplier) -> Any:
        chosen = {"action": "merge_chosen", "_selected_action": [firm.pk for firm in firms]}
        return browser.post(f"{ADMIN}/supplier/?queue=all", chosen)

    assert tick(one, other)["Location"] == f"{address_of(one)}?other={other.public_id}"
    assert said(tick(one)) == ["Choose exactly two firms."]


def test_an_id_that_names_no_other_firm_is_said() -> None:
    browser, (one, _other) = browser_of(member("agency")), two_firms()

    for named in ("sup_nobody", one.public_id, "\u200b", "sup_\x00"):
        page = browser.get(address_of(one), {"other": named})
        assert "There is no other firm with this id." in unescape(page.content.decode())


def test_viewers_and_strangers_find_no_such_page() -> None:
    one, other = two_firms()

    viewer = browser_of(member("agency", "viewer"))
    assert viewer.get(address_of(one)).status_code == 403
    assert viewer.post(f"{address_of(one)}?other={other.public_id}", {"reason": "x"}).status_code == 403
    assert browser_of(member("supplier")).get(address_of(one)).status_code == 302
    assert SupplierMerge.objects.count() == 0


def test_a_list_that_spells_the_merged_firm_s_name_finds_the_survivor() -> None:
    browser, (one, other) = browser_of(member("agency")), two_firms()
    type(one.organisation).objects.filter(pk=one.organisation_id).update(legal_name="An Phú Precision", tax_code="")
    send(browser, one, other)

    entries = Likenesses("Members", {})._entries

    assert set(entries) == {one.public_id}
    assert set(entries[one.public_id].names) >= {"An Phú Precision", "CTY TNHH CO KHI AN PHU"}
