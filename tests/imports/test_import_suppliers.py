"""A list becomes firms: what is created, updated, skipped and left out, and who may import it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError
from suppliers.imports import apply
from suppliers.imports.errors import NotATableError
from suppliers.imports.report import LeftOut, Result
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from tests.factories.accounts import member, tax_code
from tests.imports.scene import AN, BINH, HEADER, LINE, MISTYPED, everything, problems_of, run, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

A_YEAR = f"a year from 1800 to {timezone.localdate().year} is expected, or a day such as 1998-05-01"


def test_a_firm_is_created_with_all_that_its_row_says(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE), officer, observed_on=date(2026, 3, 1))

    assert report.count() == {"created": 1, "updated": 0, "unchanged": 0, "skipped": 0}
    assert report.left_out() == []
    firm = Supplier.objects.select_related("organisation").get()
    assert (firm.public_id, firm.state) == (report.rows[0].supplier, "draft")
    assert (firm.organisation.legal_name, firm.organisation.tax_code) == ("Cơ khí An", AN)
    assert (firm.founded_year, firm.source, firm.source_ref) == (1998, "list-2026", AN)
    assert not firm.organisation.memberships.exists()


def test_its_facts_are_declared_on_the_day_of_the_list_by_the_officer(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, HEADER + LINE), officer, observed_on=date(2026, 3, 1))

    rows = Capability.objects.order_by("process__code")
    assert list(rows.values_list("process__code", "process_level", "process_observed_on")) == [
        ("MACH.CNC_MILL3", 0, date(2026, 3, 1)),
        ("MACH.CNC_TURN", 0, date(2026, 3, 1)),
    ]
    assert set(rows[0].materials.values_list("code", flat=True)) == {"STEEL.S45C", "AL.6061"}
    certificate = Certificate.objects.get()
    assert (certificate.standard.code, certificate.level, certificate.expires_on) == ("ISO9001", 0, None)
    assert set(Evidence.objects.values_list("asserted_by", flat=True)) == {officer.user and officer.user.pk}


def test_the_province_comes_from_the_address_where_it_leaves_no_doubt(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, HEADER + LINE + f"Đúc Bình,{BINH},Lô 3 tỉnh Hải Dương,Đúc,,,\n"), officer)

    first, second = Site.objects.order_by("id")
    assert first.province is not None
    assert second.province is not None
    assert second.old_province is not None
    assert (first.address, first.province.reference) == ("Lô 5, KCN Phú Nghĩa, Hà Nội", "2025:01")
    assert (second.province.reference, second.old_province.reference) == ("2025:31", "2004:30")


def test_a_firm_that_moved_leaves_its_former_province(tmp_path: Path, officer: Principal) -> None:
    line = HEADER + f"Đúc Bình,{BINH},{{}},Đúc,,,\n"
    run(write(tmp_path, line.format("Lô 3 tỉnh Vĩnh Phúc")), officer)

    report = run(write(tmp_path, line.format("Lô 5 thành phố Hải Phòng")), officer)

    site = Site.objects.get()
    assert (site.province and site.province.reference, site.old_province) == ("2025:31", None)
    told = [(change.field, change.before, change.after) for change in report.rows[0].changes]
    assert ("old_province", "2004:26", "") in told
    assert ("province", "2025:25", "2025:31") in told


def test_todays_name_of_the_same_place_leaves_the_former_province(tmp_path: Path, officer: Principal) -> None:
    line = HEADER + f"Đúc Bình,{BINH},{{}},Đúc,,,\n"
    run(write(tmp_path, line.format("Lô 3 tỉnh Hải Dương")), officer)

    run(write(tmp_path, line.format("Lô 3 thành phố Hải Phòng")), officer)

    site = Site.objects.select_related("old_province").get()
    assert (site.address, site.old_province and site.old_province.reference) == ("Lô 3 thành phố Hải Phòng", "2004:30")


def test_the_same_list_again_changes_nothing(tmp_path: Path, officer: Principal) -> None:
    path = write(tmp_path, HEADER + LINE)
    run(path, officer)
    before = everything(), list(Supplier.objects.values()), list(Capability.objects.values())

    report = run(path, officer)

    assert report.count() == {"created": 0, "updated": 0, "unchanged": 1, "skipped": 0}
    assert (everything(), list(Supplier.objects.values()), list(Capability.objects.values())) == before


def test_a_newer_list_adds_and_corrects_but_takes_nothing_away(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, HEADER + LINE), officer)

    report = run(write(tmp_path, HEADER + f"Cơ khí An,{AN},,Mài phẳng,,,1999\n"), officer)

    assert report.rows[0].result == Result.UPDATED
    assert report.rows[0].changed == ["founded_year", "processes"]
    assert Supplier.objects.get().founded_year == 1999
    codes = Capability.objects.order_by("process__code").values_list("process__code", flat=True)
    assert list(codes) == ["MACH.CNC_MILL3", "MACH.CNC_TURN", "MACH.SGRIND"]
    assert Site.objects.get().address == "Lô 5, KCN Phú Nghĩa, Hà Nội"


def test_words_in_doubt_are_left_out_and_listed_with_what_they_could_be(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + f"A,{AN},Hà Nội,Tiện CNC; Forming; Zauberei,,ISO/TS 16949,\n"), officer)

    assert report.rows[0].result == Result.CREATED
    assert [(item.column, item.text, item.outcome) for item in report.rows[0].left_out] == [
        ("Công nghệ", "Forming", "ambiguous"),
        ("Công nghệ", "Zauberei", "unknown"),
        ("Chứng chỉ", "ISO/TS 16949", "superseded"),
    ]
    assert report.rows[0].left_out[2].could_be == ("IATF16949",)
    assert list(Capability.objects.values_list("process__code", flat=True)) == ["MACH.CNC_TURN"]
    assert not Certificate.objects.exists()


def test_no_certificate_at_all_is_a_statement_and_an_empty_cell_is_not(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, HEADER + f"A,{AN},Hà Nội,Tiện,,không,\nB,{BINH},Hà Nội,Tiện,,,\n"), officer)

    first, second = Supplier.objects.order_by("id")
    assert first.certificates_stated_on is not None
    assert second.certificates_stated_on is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f",{AN},,,,,", ("Tên công ty", "required", "the name is missing")),
        ("A,0300000001,,,,,", "invalid_tax_code"),
        (f"A,{MISTYPED},,,,,", "tax_code_check_digit"),
        ("A,12,,,,,", "invalid_tax_code"),
        (
            f"A,{AN},,,,,1790",
            ("Năm thành lập", "invalid", f"“1790”: {A_YEAR}"),
        ),
        (
            f"A,{AN},,,,,nan",
            ("Năm thành lập", "invalid", f"“nan”: {A_YEAR}"),
        ),
        (f"A,{AN},,,,,1998.5", ("Năm thành lập", "invalid", f"“1998.5”: {A_YEAR}")),
        (f"{'x' * 251},{AN},,,,,", "invalid"),
    ],
)
def test_a_row_with_a_fault_is_skipped_whole_and_says_where(
    tmp_path: Path, officer: Principal, line: str, problem: tuple[str, str, str] | str
) -> None:
    before = everything()

    report = run(write(tmp_path, HEADER + line + "\n"), officer)

    assert report.count()["skipped"] == 1
    (found,) = problems_of(report.rows[0])
    assert (found[1] if isinstance(problem, str) else found) == problem
    assert report.rows[0].number == 2
    assert everything() == before


def test_what_the_list_has_no_column_for_is_a_fault_of_the_whole_row(tmp_path: Path, officer: Principal) -> None:
    before = everything()

    report = run(write(tmp_path, "Tên công ty\nA\n"), officer, country="US")

    assert problems_of(report.rows[0]) == [("", "required", "Outside Vietnam an address is needed.")]
    assert everything() == before


def test_rows_that_tell_nothing_but_a_name_are_no_firms(tmp_path: Path, officer: Principal) -> None:
    text = f"{HEADER}NGÀNH CƠ KHÍ,,,,,,\n{LINE}Tổng cộng: 35 doanh nghiệp,,,,,,\n"

    report = run(write(tmp_path, text), officer)

    assert [row.result for row in report.rows] == [Result.SKIPPED, Result.CREATED, Result.SKIPPED]
    detail = "nothing but a name: the heading of a group, or a sum, is no firm"
    assert problems_of(report.rows[0]) == problems_of(report.rows[2]) == [("Tên công ty", "only_a_name", detail)]
    assert Supplier.objects.get().organisation.legal_name == "Cơ khí An"


def test_a_list_of_names_alone_is_taken(tmp_path: Path, officer: Principal) -> None:
    assert run(write(tmp_path, "Tên công ty,Ghi chú\nCơ khí An,mới\n"), officer).count()["created"] == 1


def test_one_bad_row_does_not_keep_the_others_out(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + "Bad,12,,,,,\n" + LINE), officer)

    assert [row.result for row in report.rows] == [Result.SKIPPED, Result.CREATED]
    assert Supplier.objects.get().organisation.legal_name == "Cơ khí An"


def test_all_or_nothing_writes_nothing_if_one_row_is_skipped(tmp_path: Path, officer: Principal) -> None:
    before = everything()

    report = run(write(tmp_path, HEADER + LINE + "Bad,12,,,,,\n"), officer, all_or_nothing=True)

    assert (report.applied, report.count()["skipped"]) == (False, 1)
    assert everything() == before


def test_a_preview_says_what_would_be_done_and_does_nothing(tmp_path: Path, officer: Principal) -> None:
    before = everything()

    report = run(write(tmp_path, HEADER + LINE), officer, keep=False)

    assert (report.applied, report.rows[0].result) == (False, Result.CREATED)
    assert everything() == before


def test_a_day_of_founding_gives_its_year(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, HEADER + LINE.replace("1998", "1998-05-01")), officer)

    assert Supplier.objects.get().founded_year == 1998


def test_a_latitude_alone_is_refused(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, "name,address,lat,lon\nAcme,1 Main St,35.5,\n"), officer, country="US")

    assert problems_of(report.rows[0]) == [("lon", "required", "latitude and longitude go together")]


def test_a_bad_address_of_a_website_costs_only_itself(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, "name,address,website\nAcme,1 Main St,not a site\n"), officer, country="US")

    assert report.rows[0].result == Result.CREATED
    assert report.rows[0].left_out == [LeftOut("website", "not a site", "invalid")]
    assert Organisation.objects.get(country="US").website == ""


def test_submitted_firms_wait_for_another_officer(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE + f"Đúc Bình,{BINH},Hà Nội,,,,\n"), officer, submit=True)

    assert list(Supplier.objects.order_by("id").values_list("state", flat=True)) == ["submitted", "draft"]
    assert report.rows[1].left_out == [LeftOut("", "capability", "missing")]


@pytest.mark.parametrize("kind", ["supplier", "buyer"])
def test_only_officers_import(tmp_path: Path, kind: str) -> None:
    with pytest.raises(NotAllowedError):
        run(write(tmp_path, HEADER + LINE), member(kind))

    assert not Supplier.objects.exists()


def test_an_officer_who_only_reads_does_not_import(tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        run(write(tmp_path, HEADER + LINE), member("agency", role="viewer"))

    assert not Supplier.objects.exists()


def test_a_list_of_tomorrow_is_refused(tmp_path: Path, officer: Principal) -> None:
    with pytest.raises(InvalidFactError):
        run(write(tmp_path, HEADER + LINE), officer, observed_on=date(2999, 1, 1))

    assert not Supplier.objects.exists()


def test_a_file_that_is_no_table_leaves_everything_as_it_was(tmp_path: Path, officer: Principal) -> None:
    before = everything()

    with pytest.raises(NotATableError):
        run(write(tmp_path, ""), officer)

    assert everything() == before


def test_the_number_of_queries_for_a_row_does_not_grow_with_the_list(
    tmp_path: Path, officer: Principal, django_assert_max_num_queries: Any
) -> None:
    def lines(count: int, first: int) -> str:
        return HEADER + "".join(f"F{n},{tax_code(first + n)},Hà Nội,Tiện CNC,S45C,,\n" for n in range(count))

    run(write(tmp_path, lines(1, 600)), officer)
    with django_assert_max_num_queries(10 + 5 * 45):
        run(write(tmp_path, lines(5, 700)), officer)
    with django_assert_max_num_queries(10 + 50 * 45):
        run(write(tmp_path, lines(50, 800)), officer)


def test_the_database_counts_the_first_rows_so_that_it_looks_up_the_others(
    tmp_path: Path, officer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "BATCH", 2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE suppliers_supplier")

    run(write(tmp_path, HEADER + LINE + f"Đúc Bình,{BINH},,,,,\nRèn Cường,{tax_code(907)},,,,,\n"), officer)

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'suppliers_supplier'")
        assert cursor.fetchone() == (2,)
