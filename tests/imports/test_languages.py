"""What is kept of a list is told to each officer in their own language, whoever asked for it."""

import io
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from accounts.principals import Principal
from jobs.models import Job
from jobs.running import run_due_jobs
from suppliers.imports import lists
from suppliers.imports.telling import Change, lines_of
from suppliers.models import Import
from tests.conftest import ClientFor
from tests.factories.imports import ImportFactory, ImportRowFactory
from tests.factories.suppliers import SupplierFactory
from tests.imports.list_scene import HEADER, ROW, imported, previewed, sent
from tests.imports.scene import AN
from tests.imports.test_admin import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]

FAULTY = HEADER + ROW + "Bad,12,,,\n" + ROW + ",,Hà Nội,,\n"
WHY_EN = [
    "MST: “12”: A Vietnamese tax code has 10 digits, or 10 and 3 for a dependent unit.",
    "the same firm as in row 2",
    "Tên công ty: the name is missing",
]
WHY_VI = [
    "MST: “12”: Mã số thuế Việt Nam có 10 chữ số, hoặc 10 và 3 chữ số đối với đơn vị phụ thuộc.",
    "trùng với doanh nghiệp ở dòng 2",
    "Tên công ty: thiếu tên",
]


def problems_of(row: Import) -> list[str]:
    return [problem for line in lines_of(row.rows.order_by("number")) for problem in line.problems]


def reasons_in(content: bytes) -> list[Any]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [cells[5] for cells in sheet.iter_rows(values_only=True) if cells[5]]


def test_why_rows_are_skipped_is_told_in_the_language_of_the_reader(officer: Principal, client_for: ClientFor) -> None:
    with override("vi"):
        row = previewed(officer, FAULTY)

    with override("en"):
        assert problems_of(row) == WHY_EN
    with override("vi"):
        assert problems_of(row) == WHY_VI
    rows = f"/api/v1/imports/{row.public_id}/rows?result=skipped"
    for language, reason in (("en", "the name is missing"), ("vi", "thiếu tên")):
        answer = client_for(officer).get(rows, headers={"accept-language": language})
        assert answer.json()["results"][-1]["problems"] == [
            {"column": "Tên công ty", "code": "required", "detail": reason, "could_be": []}
        ]


def test_the_file_of_results_is_in_the_language_of_who_fetches_it(officer: Principal) -> None:
    with override("vi"):
        row = imported(officer, FAULTY)

    for language, header, told in (("vi", "Lý do bỏ qua", WHY_VI), ("en", "Why skipped", WHY_EN)):
        answer = browser_of(officer, language).get(f"/admin/suppliers/import/{row.pk}/result/")
        assert reasons_in(answer.getvalue()) == [header, *told]
    assert Job.objects.latest("pk").language == "vi"


def test_a_likeness_is_told_in_the_language_of_the_reader(officer: Principal) -> None:
    firm = SupplierFactory.create(organisation__legal_name="Cơ khí An", organisation__address="Lô 5 Phú Nghĩa")
    with override("vi"):
        row = previewed(officer, HEADER + "Cơ khí An,,Lô 5 Phú Nghĩa,,\n")

    with override("en"):
        assert problems_of(row) == [
            f"likely the same firm as {firm.public_id}, “Cơ khí An” (names 100 % alike, addresses 100 %)"
        ]


def test_rows_of_before_are_told_as_they_were_kept(officer: Principal) -> None:
    kept = {"column": "MST", "code": "invalid", "detail": "“12”: mã số thuế sai 100 %", "could_be": []}
    row = ImportRowFactory.create(result="skipped", problems=[kept])

    with override("en"):
        assert problems_of(row.of) == ["MST: “12”: mã số thuế sai 100 %"]


def test_why_a_preview_failed_is_told_in_the_language_of_the_reader(officer: Principal, client_for: ClientFor) -> None:
    row = sent(officer, HEADER + "".join(f"Cơ khí {n},,,,\n" for n in range(60)) + "a,b,c,d,e,f,g\n")
    with override("vi"):
        lists.request_preview(import_id=row.pk, by=officer)
        run_due_jobs()

    told = {"en": "Row 62 has more cells than there are headings.", "vi": "Dòng 62 có nhiều ô hơn số tiêu đề cột."}
    job = Job.objects.get()
    for language, why in told.items():
        headers = {"accept-language": language}
        client = client_for(officer)
        assert client.get(f"/api/v1/imports/{row.public_id}", headers=headers).json()["error"] == why
        error = client.get(f"/api/v1/jobs/{job.public_id}", headers=headers).json()["error"]
        assert (error["detail"], error["errors"][0]["detail"]) == (why, why)
        assert why in browser_of(officer, language).get(f"/admin/suppliers/import/{row.pk}/change/").content.decode()
        assert why in browser_of(officer, language).get(f"/admin/jobs/job/{job.pk}/change/").content.decode()


def test_a_failure_of_before_is_told_as_it_was_kept() -> None:
    row = ImportFactory.create(error="Dòng 62 có 100 % ô")

    with override("en"):
        assert row.why_failed == "Dòng 62 có 100 % ô"


def test_a_province_that_is_new_is_named_in_the_language_of_the_reader(officer: Principal) -> None:
    imported(officer, HEADER + f"Cơ khí An,{AN},Lô 5,,\n")
    with override("vi"):
        row = previewed(officer, HEADER + f'Cơ khí An,{AN},"Lô 5, Hải Phòng",,\n')

    for language, label, name in (("en", "Province", "Haiphong"), ("vi", "Tỉnh, thành phố", "Hải Phòng")):
        with override(language):
            changes = [change for line in lines_of(row.rows.all()) for change in line.changes]
        assert Change(label, "", name) in changes


def test_countries_are_named_beside_the_firm_that_a_row_resembles(officer: Principal) -> None:
    SupplierFactory.create(
        organisation__legal_name="Hoang Long Mechanical",
        organisation__address="Lot 12 Vita Park",
        organisation__country="LA",
        organisation__tax_code="",
    )
    text = "Name,Address,Country,Process\nHoang Long Mechanical Co.,Lot 12 Vita Park,la,CNC turning\n"
    row = previewed(officer, text)

    for language, name in (("en", "Laos"), ("vi", "Lào")):
        shown = browser_of(officer, language).get(f"/admin/suppliers/import/{row.pk}/duplicates/").context["pairs"]
        (country,) = [field for field in shown[0].fields if field.said == name]
        assert country.stored == [(name, False)]
