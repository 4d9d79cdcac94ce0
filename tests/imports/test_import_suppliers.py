"""A list becomes firms: what is created, updated, skipped, left out, and what is never touched."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError
from notifications.models import Event
from suppliers.errors import ProfileIncompleteError
from suppliers.imports.errors import NotATableError
from suppliers.imports.pipeline import Wishes, import_firms
from suppliers.imports.report import LeftOut, Problem, Report, Result
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from suppliers.services import submit_supplier
from tests.factories.accounts import OrganisationFactory, member, tax_code
from tests.factories.suppliers import SupplierFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

AN, BINH = tax_code(501), tax_code(502)
MISTYPED = AN[:9] + str((int(AN[9]) + 1) % 10)
A_YEAR = f"a number from 1800 to {timezone.localdate().year} is expected"
HEADER = "Tên công ty,MST,Địa chỉ,Công nghệ,Vật liệu,Chứng chỉ,Năm thành lập\n"
LINE = f'Cơ khí An,{AN},"Lô 5, KCN Phú Nghĩa, Hà Nội",Tiện CNC; phay CNC,S45C; nhôm 6061,ISO 9001:2015,1998\n'


@pytest.fixture
def officer() -> Principal:
    return member("agency")


def write(folder: Path, text: str) -> Path:
    path = folder / "firms.csv"
    path.write_text(text)
    return path


def run(path: Path, officer: Principal, **wishes: Any) -> Report:
    return import_firms(path, Wishes(source="list-2026", **wishes), by=officer)


def everything() -> dict[str, int]:
    models = (Organisation, Supplier, Site, Capability, Certificate, Evidence, Event)
    return {model.__name__: model._default_manager.count() for model in models}


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
        (f",{AN},,,,,", Problem("Tên công ty", "required", "the name is missing")),
        ("A,0300000001,,,,,", "invalid_tax_code"),
        (f"A,{MISTYPED},,,,,", "tax_code_check_digit"),
        ("A,12,,,,,", "invalid_tax_code"),
        (
            f"A,{AN},,,,,1790",
            Problem("Năm thành lập", "invalid", f"“1790”: {A_YEAR}"),
        ),
        (
            f"A,{AN},,,,,nan",
            Problem("Năm thành lập", "invalid", f"“nan”: {A_YEAR}"),
        ),
        (f"A,{AN},,,,,1998.5", Problem("Năm thành lập", "invalid", "“1998.5”: a whole number is expected")),
        (f"{'x' * 251},{AN},,,,,", "invalid"),
    ],
)
def test_a_row_with_a_fault_is_skipped_whole_and_says_where(
    tmp_path: Path, officer: Principal, line: str, problem: Problem | str
) -> None:
    before = everything()

    report = run(write(tmp_path, HEADER + line + "\n"), officer)

    assert report.count()["skipped"] == 1
    found = report.rows[0].problems[0]
    assert (found if isinstance(problem, Problem) else found.code) == problem
    assert report.rows[0].number == 2
    assert everything() == before


def test_what_the_list_has_no_column_for_is_a_fault_of_the_whole_row(tmp_path: Path, officer: Principal) -> None:
    before = everything()

    report = run(write(tmp_path, "Tên công ty\nA\n"), officer, country="US")

    assert report.rows[0].problems == [Problem("", "required", "Outside Vietnam an address is needed.")]
    assert everything() == before


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


def test_rows_that_tell_nothing_but_a_name_are_no_firms(tmp_path: Path, officer: Principal) -> None:
    text = f"{HEADER}NGÀNH CƠ KHÍ,,,,,,\n{LINE}Tổng cộng: 35 doanh nghiệp,,,,,,\n"

    report = run(write(tmp_path, text), officer)

    assert [row.result for row in report.rows] == [Result.SKIPPED, Result.CREATED, Result.SKIPPED]
    detail = "nothing but a name: the heading of a group, or a sum, is no firm"
    assert report.rows[0].problems == report.rows[2].problems == [Problem("Tên công ty", "only_a_name", detail)]
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


def test_a_firm_that_occurs_twice_is_used_once(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE + LINE), officer)

    assert [row.result for row in report.rows] == [Result.CREATED, Result.SKIPPED]
    assert report.rows[1].problems == [Problem("", "repeated", "the same firm as in row 2")]


def test_two_rows_with_one_key_and_two_tax_codes_are_not_mixed(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, f"id,Tên,MST\n7,An,{AN}\n7,Bình,{BINH}\n"), officer)

    assert report.rows[1].problems == [Problem("", "repeated", "the same firm as in row 2")]
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

    assert report.rows[0].problems == [Problem("", "not_ours_to_change", "the firm keeps its profile itself")]
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


def test_a_day_of_founding_gives_its_year(tmp_path: Path, officer: Principal) -> None:
    run(write(tmp_path, HEADER + LINE.replace("1998", "1998-05-01")), officer)

    assert Supplier.objects.get().founded_year == 1998


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


def test_a_latitude_alone_is_refused(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, "name,address,lat,lon\nAcme,1 Main St,35.5,\n"), officer, country="US")

    assert report.rows[0].problems == [Problem("lon", "required", "latitude and longitude go together")]


def test_a_bad_address_of_a_website_costs_only_itself(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, "name,address,website\nAcme,1 Main St,not a site\n"), officer, country="US")

    assert report.rows[0].result == Result.CREATED
    assert report.rows[0].left_out == [LeftOut("website", "not a site", "invalid")]
    assert Organisation.objects.get(country="US").website == ""


def test_submitted_firms_wait_for_another_officer(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE + f"Đúc Bình,{BINH},Hà Nội,,,,\n"), officer, submit=True)

    assert list(Supplier.objects.order_by("id").values_list("state", flat=True)) == ["submitted", "draft"]
    assert report.rows[1].left_out == [LeftOut("", "capability", "missing")]


def test_a_firm_without_a_tax_code_is_not_submitted(tmp_path: Path, officer: Principal) -> None:
    report = run(write(tmp_path, HEADER + LINE.replace(AN, "")), officer, submit=True)

    assert Supplier.objects.get().state == "draft"
    assert report.rows[0].left_out == [LeftOut("", "tax_code", "missing")]


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


def test_the_command_names_row_and_column_and_counts(tmp_path: Path, officer: Principal) -> None:
    said, path = StringIO(), write(tmp_path, HEADER + LINE + "Bad,12,,,,,\n")
    assert officer.user is not None

    call_command(
        "import_suppliers", path, by=officer.user.email, report=tmp_path / "report.json", language="en", stdout=said
    )

    lines = said.getvalue().splitlines()
    assert lines[1].startswith("Row 3, column “MST”: skipped, “12”: ")
    assert lines[-1] == "1 created, 0 updated, 0 unchanged, 1 skipped"
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["applied"], report["count"]["created"], report["rows"][1]["row"]) == (True, 1, 3)


def test_the_command_refuses_strangers(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no officer of the agency"):
        call_command("import_suppliers", write(tmp_path, HEADER + LINE), by="nobody@firm.example", language="en")

    assert not Supplier.objects.exists()


def test_the_command_fails_when_nothing_was_written(tmp_path: Path, officer: Principal) -> None:
    assert officer.user is not None
    path = write(tmp_path, HEADER + LINE + "Bad,12,,,,,\n")

    with pytest.raises(CommandError, match="Nothing was written"):
        call_command(
            "import_suppliers", path, "--all-or-nothing", by=officer.user.email, language="en", stdout=StringIO()
        )

    assert not Supplier.objects.exists()


def test_a_report_that_cannot_be_written_stops_the_command_before_it_writes_firms(
    tmp_path: Path, officer: Principal
) -> None:
    assert officer.user is not None
    path = write(tmp_path, HEADER + LINE)

    with pytest.raises(CommandError, match="Is a directory"):
        call_command("import_suppliers", path, by=officer.user.email, report=tmp_path, stdout=StringIO())

    assert not Supplier.objects.exists()
