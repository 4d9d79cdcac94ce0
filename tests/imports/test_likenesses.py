"""A row that is likely a firm that is stored: nothing is written until somebody says which it is."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from accounts.principals import Principal
from suppliers.imports.pipeline import Wishes, import_firms
from suppliers.imports.report import Report, Result
from suppliers.models import Evidence, Listing, Supplier
from tests.factories.accounts import OrganisationFactory, member, tax_code
from tests.factories.suppliers import SupplierFactory
from tests.imports.scene import problems_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

CODE = tax_code(501)
VAGUE = "Cơ khí An Phát,,Hà Nội,VN,CNC turning\n"
HEADER = "Name,Tax code,Address,Country,Process\n"
ROW = 'Hoang Long Mechanical Co.,"Lot 12, Thang Long Industrial Park, Hanoi"'
IN_LAOS = "Hoang Long Mechanical Co.,,Lot 12 Vita Park,LA,CNC turning\n"


@pytest.fixture
def known() -> Supplier:
    firm = OrganisationFactory.create(
        legal_name="Công ty TNHH Cơ khí Hoàng Long",
        address="Lô 12 Vita Park",
        country="LA",
        kind="supplier",
        tax_code="",
    )
    return SupplierFactory.create(organisation=firm, source="fair", source_ref="7")


def run(folder: Path, officer: Principal, text: str = IN_LAOS, **wishes: Any) -> Report:
    path = folder / "firms.csv"
    path.write_text(HEADER + text)
    return import_firms(path, Wishes(source="list", **wishes), by=officer)


def test_nothing_is_written_of_it_and_the_report_says_who_it_could_be(
    tmp_path: Path, officer: Principal, known: Supplier
) -> None:
    report = run(tmp_path, officer)

    (row,) = report.rows
    assert row.result == Result.SKIPPED
    told = (
        f"likely the same firm as {known.public_id}, “Công ty TNHH Cơ khí Hoàng Long”"
        " (names 100 % alike, addresses 100 %)"
    )
    assert problems_of(row) == [("", "likely_known", told)]
    assert row.problems[0].could_be == (known.public_id,)
    assert (Supplier.objects.count(), Evidence.objects.count(), Listing.objects.count()) == (1, 0, 0)


def test_told_that_it_is_the_firm_it_changes_the_firm_and_nobody_is_asked_again(
    tmp_path: Path, officer: Principal, known: Supplier
) -> None:
    first = run(tmp_path, officer, decided={2: known.public_id})
    again = run(tmp_path, officer)

    assert [row.result for row in first.rows + again.rows] == [Result.UPDATED, Result.UNCHANGED]
    assert {row.supplier for row in first.rows + again.rows} == {known.public_id}
    assert list(Listing.objects.values_list("supplier", "source")) == [(known.pk, "list")]
    assert known.sites.get().capabilities.get().process.code == "MACH.CNC_TURN"
    known.refresh_from_db()
    assert (known.source, known.source_ref) == ("fair", "7")


def test_told_that_it_is_new_it_becomes_a_firm_of_its_own(tmp_path: Path, officer: Principal, known: Supplier) -> None:
    first = run(tmp_path, officer, decided={2: "new"})
    again = run(tmp_path, officer)

    assert [row.result for row in first.rows + again.rows] == [Result.CREATED, Result.UNCHANGED]
    assert Supplier.objects.exclude(pk=known.pk).get().public_id == again.rows[0].supplier
    assert not Listing.objects.exists()


def test_told_a_firm_that_does_not_exist_the_row_is_skipped(
    tmp_path: Path, officer: Principal, known: Supplier
) -> None:
    report = run(tmp_path, officer, decided={2: "sup_nobody"})

    assert problems_of(report.rows[0]) == [("", "invalid", "there is no supplier “sup_nobody”")]
    assert (Supplier.objects.get(), Listing.objects.count()) == (known, 0)


def test_a_preview_keeps_no_decision(tmp_path: Path, officer: Principal, known: Supplier) -> None:
    report = run(tmp_path, officer, decided={2: known.public_id}, keep=False)

    assert report.count()["updated"] == 1
    assert not Listing.objects.exists()


def test_a_firm_of_its_own_people_stays_as_it_is_whatever_was_decided(
    tmp_path: Path, officer: Principal, known: Supplier
) -> None:
    member("supplier", organisation=known.organisation)

    report = run(tmp_path, officer, decided={2: known.public_id})

    assert [problem.code for problem in report.rows[0].problems] == ["not_ours_to_change"]
    assert not Listing.objects.exists()


def test_a_firm_with_another_tax_code_cannot_be_it(tmp_path: Path, officer: Principal) -> None:
    firm = OrganisationFactory.create(
        legal_name="Hoàng Long", address="Lô 12 KCN Thăng Long", kind="supplier", tax_code=CODE
    )
    known = SupplierFactory.create(organisation=firm)
    line = f'Hoàng Long,{tax_code(502)},"Lô 12, KCN Thăng Long",VN,CNC turning\n'

    assert run(tmp_path, officer, line, keep=False).count()["created"] == 1
    report = run(tmp_path, officer, line, decided={2: known.public_id})
    assert [problem.code for problem in report.rows[0].problems] == ["not_ours_to_change"]
    assert Organisation.objects.filter(kind="supplier").count() == 1


def test_two_rows_of_one_list_that_are_likely_one_firm_become_one(tmp_path: Path, officer: Principal) -> None:
    second = "Hoàng Long Mechanical Company Limited,,Lot12 Vita Park,LA,milling\n"

    report = run(tmp_path, officer, IN_LAOS + second)

    assert [row.result for row in report.rows] == [Result.CREATED, Result.SKIPPED]
    (problem,) = report.rows[1].problems
    assert (problem.code, problem.could_be) == ("likely_known", ())
    assert problem.reason == (
        "likely the same firm as row 2, “Hoang Long Mechanical Co.” (names 100 % alike, addresses 100 %)"
    )


def test_firms_of_one_town_with_other_names_or_trades_are_not_taken_for_one(tmp_path: Path, officer: Principal) -> None:
    for name in ("Nhựa kỹ thuật Phúc Vinh", "Dệt An Phát", "Cơ khí Phát An"):
        firm = OrganisationFactory.create(legal_name=name, address="Hà Nội", kind="supplier")
        SupplierFactory.create(organisation=firm)
    line = 'Vinh phuc textile company LTD,,"Tien phong _ Me Linh _ Hanoi_ Vietnam, Hanoi, 14017",VN,\n'

    assert run(tmp_path, officer, line + VAGUE).count()["created"] == 2


def test_a_firm_of_the_same_name_in_the_same_town_is_asked_about(tmp_path: Path, officer: Principal) -> None:
    firm = OrganisationFactory.create(legal_name="Công ty TNHH Cơ khí An Phát", address="TP. Hà Nội", kind="supplier")
    known = SupplierFactory.create(organisation=firm)

    assert run(tmp_path, officer, VAGUE).rows[0].problems[0].could_be == (known.public_id,)


def test_the_command_takes_decisions(tmp_path: Path, officer: Principal, known: Supplier) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(HEADER + IN_LAOS)
    assert officer.user

    call_command("import_suppliers", path, "--by", officer.user.email, "--decide", f"2={known.public_id}")

    assert Listing.objects.get().supplier == known
    for wrong in ("2", "=new", "x=new", "2="):
        with pytest.raises(CommandError, match="write ROW=FIRM or ROW=new"):
            call_command("import_suppliers", path, "--by", officer.user.email, "--decide", wrong)
