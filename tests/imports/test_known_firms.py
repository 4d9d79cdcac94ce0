"""By what a firm of a list is known again: its tax code, its key in the list, or its name and address."""

from pathlib import Path

import pytest

from accounts.models import Organisation
from accounts.principals import Principal
from suppliers.errors import ProfileIncompleteError
from suppliers.imports.report import LeftOut, Result
from suppliers.models import Capability, Site, Supplier
from suppliers.services import submit_supplier
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import SupplierFactory
from tests.imports.scene import AN, BINH, HEADER, LINE, MISTYPED, everything, problems_of, run, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


def test_a_vietnamese_firm_without_a_tax_code_is_stored_as_a_draft_and_what_it_lacks_is_told(
    tmp_path: Path, officer: Principal
) -> None:
    path = write(
        tmp_path, "Tên công ty,Địa chỉ,Công nghệ\nCơ khí An,Lô 5 Hà Nội,Tiện CNC\nĐúc Bình,Lô 3 Hải Dương,Đúc\n"
    )

    report = run(path, officer)

    assert report.count() == {"created": 2, "updated": 0, "unchanged": 0, "skipped": 0}
    assert [row.left_out for row in report.rows] == [[LeftOut("", "tax_code", "missing")]] * 2
    assert set(Supplier.objects.values_list("state", "organisation__tax_code")) == {("draft", "")}
    with pytest.raises(ProfileIncompleteError) as refused:
        submit_supplier(supplier_id=Supplier.objects.latest("pk").pk, by=officer)
    assert refused.value.context == {"missing": ["tax_code"]}


def test_a_list_without_tax_codes_changes_nothing_when_it_comes_again(tmp_path: Path, officer: Principal) -> None:
    path = write(
        tmp_path, "Tên công ty,Địa chỉ,Công nghệ\nCơ khí An,Lô 5 Hà Nội,Tiện CNC\nĐúc Bình,Lô 3 Hải Dương,Đúc\n"
    )
    run(path, officer)
    before = everything(), list(Supplier.objects.values()), list(Capability.objects.values())

    report = run(path, officer)

    assert report.count() == {"created": 0, "updated": 0, "unchanged": 2, "skipped": 0}
    assert (everything(), list(Supplier.objects.values()), list(Capability.objects.values())) == before


def test_a_later_edition_of_the_list_brings_the_tax_code(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, "Tên công ty,Địa chỉ\nCơ khí An,Lô 5 Hà Nội\n"), officer)

    report = run(write(tmp_path, f"Tên công ty,MST,Địa chỉ\nCÔNG TY CƠ KHÍ AN,{AN},Lô 5 Hà Nội\n"), officer)

    assert report.rows[0].changed == ["legal_name", "tax_code"]
    assert Organisation.objects.get(kind="supplier").tax_code == AN
    assert run(tmp_path / "firms.csv", officer).count()["unchanged"] == 1


def test_the_tax_code_that_a_list_brings_for_one_of_its_firms_may_be_another_firms(
    tmp_path: Path, officer: Principal
) -> None:
    known = SupplierFactory.create(organisation__tax_code=AN, organisation__legal_name="Khác")
    run(write(tmp_path, "Tên công ty,Địa chỉ\nCơ khí An,Lô 5 Hà Nội\n"), officer)

    report = run(write(tmp_path, f"Tên công ty,MST,Địa chỉ\nCơ khí An,{AN},Lô 5 Hà Nội\n"), officer)

    assert report.rows[0].supplier == known.public_id
    assert Organisation.objects.filter(kind="supplier", tax_code="").count() == 1


def test_of_two_rows_spelt_as_one_draft_the_first_is_it_and_the_second_a_firm_of_its_own(
    tmp_path: Path, officer: Principal
) -> None:
    run(write(tmp_path, "Tên công ty,Địa chỉ\nCơ khí An,Lô 5 Hà Nội\n"), officer)
    draft = Supplier.objects.get()

    lines = "".join(f"Cơ khí An,{code},Lô 5 Hà Nội\n" for code in (AN, BINH))
    report = run(write(tmp_path, f"Tên công ty,MST,Địa chỉ\n{lines}"), officer)

    assert [row.result for row in report.rows] == [Result.UPDATED, Result.CREATED]
    assert report.rows[0].supplier == draft.public_id
    assert list(Supplier.objects.order_by("pk").values_list("organisation__tax_code", flat=True)) == [AN, BINH]
    assert run(tmp_path / "firms.csv", officer).count()["unchanged"] == 2


def test_a_firm_that_occurs_twice_is_used_once(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE + LINE), officer)

    assert [row.result for row in report.rows] == [Result.CREATED, Result.SKIPPED]
    assert problems_of(report.rows[1]) == [("", "repeated", "the same firm as in row 2")]


def test_two_rows_with_one_key_and_two_tax_codes_are_not_mixed(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, f"id,Tên,MST\n7,An,{AN}\n7,Bình,{BINH}\n"), officer)

    assert problems_of(report.rows[1]) == [("", "repeated", "the same firm as in row 2")]
    assert Organisation.objects.get(kind="supplier").tax_code == AN


def test_a_key_that_now_comes_with_another_tax_code_is_refused(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, f"id,Tên,MST\n7,An,{AN}\n"), officer)

    report = run(write(tmp_path, f"id,Tên,MST\n7,Bình,{BINH}\n"), officer)

    assert report.rows[0].problems[0].code == "not_ours_to_change"
    assert Organisation.objects.get(kind="supplier").legal_name == "An"


def test_a_firm_that_keeps_its_own_profile_is_not_touched(tmp_path: Path, officer: Principal) -> None:
    organisation = OrganisationFactory.create(tax_code=AN, legal_name="Tên của chính họ")
    member(organisation=organisation)
    Supplier.objects.create(organisation=organisation, founded_year=1990)

    report = run(write(tmp_path, HEADER + LINE), officer)

    assert problems_of(report.rows[0]) == [("", "not_ours_to_change", "the firm keeps its profile itself")]
    assert Supplier.objects.get().founded_year == 1990
    assert not Site.objects.exists()


def test_a_leading_zero_that_a_spreadsheet_dropped_is_put_back_and_told(tmp_path: Path, officer: Principal) -> None:
    assert AN.startswith("0")

    report = run(write(tmp_path, HEADER + LINE.replace(AN, AN[1:])), officer)

    assert Organisation.objects.get(kind="supplier").tax_code == AN
    assert report.rows[0].left_out == [LeftOut("MST", AN[1:], "corrected", (AN,))]


def test_nine_digits_that_no_zero_makes_right_are_refused(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE.replace(AN, MISTYPED[1:])), officer)

    assert report.rows[0].problems[0].code == "tax_code_check_digit"
    assert not Supplier.objects.exists()


def test_a_buyers_tax_code_makes_no_supplier(tmp_path: Path, officer: Principal) -> None:
    OrganisationFactory.create(tax_code=AN, kind="buyer")

    report = run(write(tmp_path, HEADER + LINE), officer)

    assert report.rows[0].problems[0].code == "not_ours_to_change"
    assert not Supplier.objects.exists()


def test_a_firm_abroad_needs_no_tax_code_and_is_known_again_by_its_key(tmp_path: Path, officer: Principal) -> None:
    path = write(tmp_path, "id,name,address,lat,lon,processes\nacme,Acme Works,1 Main St,35.5,-83.25,Machining\n")
    run(path, officer, country="US")

    report = run(path, officer, country="US")

    assert report.rows[0].result == Result.UNCHANGED
    site = Site.objects.get()
    assert (site.latitude, site.longitude, site.province) == (35.5, -83.25, None)
    assert Supplier.objects.get().source_ref == "acme"


def test_a_firm_without_a_tax_code_is_not_submitted(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE.replace(AN, "")), officer, submit=True)

    assert Supplier.objects.get().state == "draft"
    assert report.rows[0].left_out == [LeftOut("", "tax_code", "missing")]
