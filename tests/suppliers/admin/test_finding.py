"""The lists of firms and organisations find a row by whatever part of it an officer has at hand."""

from typing import Any

import pytest

from accounts.principals import Principal
from suppliers.admin import SupplierAdmin
from suppliers.models import Supplier
from tests.factories.accounts import OrganisationFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.suppliers import CapabilityFactory, SiteFactory, SupplierFactory, process
from tests.factories.taxonomy import TermFactory
from tests.fixtures.files import content_of
from tests.suppliers.admin.scene import ADMIN, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dong_anh() -> Supplier:
    organisation = OrganisationFactory.create(
        legal_name="Công ty CP Cơ khí Đông Anh",
        trade_name="DAMECO",
        tax_code="0100100336-001",
        contact_phone="+84912345678",
    )
    OrganisationFactory.create(legal_name="Công ty TNHH Đông Á", trade_name="")
    supplier = SupplierFactory.create(organisation=organisation)
    casting = process("CAST.DIE")
    TermFactory.create(process=casting, text="Đúc áp lực", language="vi")
    TermFactory.create(process=casting, text="die casting", language="en", source="synonym")
    CapabilityFactory.create(site=SiteFactory.create(supplier=supplier), process=casting)
    other = OrganisationFactory.create(legal_name="Công ty Khác", trade_name="", contact_phone="+84987654321")
    SupplierFactory.create(organisation=other)
    return supplier


def found(browser: Any, path: str, text: str) -> list[Any]:
    return list(browser.get(f"/admin/{path}/", {"q": text}).context["cl"].result_list)


@pytest.mark.parametrize(
    "text",
    [
        *("dong anh", "Đông Anh", "ĐÔNG ANH cơ khí", "Cong ty co phan Dong Anh", "ameco", "co khi"),
        *("0100100336-001", "0100100336001", "100336", "01.0010.0336"),
        *("0912345678", "+84 912 345 678", "0912.345.678", "45678"),
        *("đúc áp lực", "die casting", "duc ap luc dong anh"),
    ],
)
def test_a_firm_is_found_by_part_of_name_tax_code_phone_and_product_without_accents(
    text: str, dong_anh: Supplier, officer: Principal
) -> None:
    assert found(browser_of(officer), "suppliers/supplier", text) == [dong_anh]


@pytest.mark.parametrize("text", ["Đông Á Anh Khác", "9999999", "rèn", "'; --", "%", "_", "\\", "x" * 3000])
def test_what_is_nobody_s_finds_nobody(text: str, dong_anh: Supplier, officer: Principal) -> None:
    assert found(browser_of(officer), "suppliers/supplier", text) == []


def test_a_firm_is_found_by_its_id_and_a_search_keeps_to_the_chosen_filter(
    dong_anh: Supplier, officer: Principal
) -> None:
    browser = browser_of(officer)

    assert found(browser, "suppliers/supplier", dong_anh.public_id) == [dong_anh]
    listed = browser.get(f"{ADMIN}/supplier/", {"q": "dong anh", "state__exact": "published"})
    assert list(listed.context["cl"].result_list) == []


def test_buyers_and_organisations_are_found_so_too(officer: Principal) -> None:
    buyer = BuyerFactory.create(organisation__legal_name="Công ty TNHH Điện tử Hải Dương")
    browser = browser_of(officer)

    assert found(browser, "buyers/buyer", "dien tu hai") == [buyer]
    assert found(browser, "accounts/organisation", "iện tử hải") == [buyer.organisation]
    assert found(browser, "buyers/buyer", buyer.public_id) == [buyer]


def test_of_very_many_firms_the_first_are_paged_through_and_the_file_holds_all(
    officer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suppliers.models.supplier.MANY", 3)
    monkeypatch.setattr(SupplierAdmin, "most_found", 3)
    firms = [SupplierFactory.create(organisation__legal_name=f"Cơ khí Số {number}") for number in range(4)]
    SupplierFactory.create(organisation__legal_name="Nhựa Cơkhíx", state="submitted")
    browser = browser_of(officer)

    page = browser.get(f"{ADMIN}/supplier/", {"q": "co khi so"})
    assert (page.context["cl"].result_count, page.context["cl"].paginator.leaves_out) == (3, True)
    assert list(page.context["cl"].result_list) == firms[::-1]
    assert "Only the first 3" in page.content.decode()
    file: Any = browser.post("/admin/jobs/job/list/suppliers.supplier", {"query": "q=co+khi+so", "format": "csv"})
    assert len(content_of(file).splitlines()) == 5

    few = browser.get(f"{ADMIN}/supplier/", {"q": "okhix"})
    assert (few.context["cl"].result_count, few.context["cl"].paginator.leaves_out) == (1, False)
    assert "Only the first" not in few.content.decode()


def test_a_search_within_a_filter_looks_for_parts_of_words_where_few_are_left(
    officer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suppliers.models.supplier.MANY", 2)
    for number in range(3):
        SupplierFactory.create(organisation__legal_name=f"Khi {number}")
    part = SupplierFactory.create(organisation__legal_name="Cơkhix", state="submitted")

    listed = browser_of(officer).get(f"{ADMIN}/supplier/", {"q": "khi", "state__exact": "submitted"})

    assert list(listed.context["cl"].result_list) == [part]
