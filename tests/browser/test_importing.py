"""An officer imports a list by mouse: upload, columns, preview, a duplicate decided, confirm, result."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from openpyxl import Workbook, load_workbook
from playwright.sync_api import ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from jobs.running import run_due_jobs
from suppliers.models import Import, Listing, Supplier
from taxonomy.services import load_taxonomy
from tests.browser.staff import DESK, TABLET, cookie_of, page_for, serious_findings
from tests.factories.accounts import OrganisationFactory, member, tax_code
from tests.factories.suppliers import SupplierFactory

ROWS = [
    ["DANH SÁCH HỘI VIÊN"],
    ["Tên công ty", "MST", "Địa chỉ", "Công nghệ", "Ghi chú"],
    ["Cơ khí Hoàng Long", None, "Lot 12, Thang Long Industrial Park, Hanoi", "Tiện CNC", "Hội viên từ 2019"],
    ["Nhựa Bình Minh", tax_code(501), "Số 5 đường Nguyễn Trãi, Hà Nội", "ép phun nhựa", "Làm hàng xe máy"],
    ["Đúc Sao Mai", None, "Lô 3, KCN Nam Sách, Hải Dương", "Đúc", None],
    ["Dập Đông Á", "12", "Hà Nội", "dập kim loại", None],
]
ENGLISH = {
    "upload": "Upload",
    "preview": "Preview",
    "description": "Description (vi)",
    "decide": "1 row is likely a firm that is known: decide",
    "same": "The same firm as Cơ khí Hoàng Long",
    "keep": "Keep these decisions",
    "again": "Preview again",
    "drafts": "1 new firm has no tax code.",
    "write": "Import these rows",
    "done": "What became of each row",
    "result": "Fetch the result as xlsx",
}
VIETNAMESE = {
    "upload": "Tải lên",
    "preview": "Xem trước",
    "description": "Mô tả (tiếng Việt)",
    "decide": "1 dòng có thể là doanh nghiệp đã biết: cần quyết định",
    "same": "Cùng doanh nghiệp với Cơ khí Hoàng Long",
    "keep": "Lưu các quyết định này",
    "again": "Xem trước lại",
    "drafts": "1 doanh nghiệp mới chưa có mã số thuế.",
    "write": "Nhập các dòng này",
    "done": "Kết quả của từng dòng",
    "result": "Tải kết quả dạng xlsx",
}


def list_in(folder: Path) -> Path:
    book = Workbook()
    sheet: Any = book.active
    for row in ROWS:
        sheet.append(row)
    path = folder / "hoi-vien.xlsx"
    book.save(path)
    return path


def worked_off() -> None:
    """Jobs are done by another thread, as the browser's loop lets nobody at the database in this one."""

    def work() -> None:
        run_due_jobs()
        connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()


@pytest.mark.parametrize(
    ("language", "viewport", "words"),
    [("en", DESK, ENGLISH), ("vi", TABLET, VIETNAMESE)],
    ids=["in English at a desk", "in Vietnamese on a tablet"],
)
@pytest.mark.django_db(transaction=True)
def test_an_officer_imports_a_list_by_mouse(
    live_server: LiveServer, tmp_path: Path, language: str, viewport: ViewportSize, words: dict[str, str]
) -> None:
    load_taxonomy(parks=False)
    known = SupplierFactory.create(
        organisation=OrganisationFactory.create(
            legal_name="Cơ khí Hoàng Long", trade_name="", kind="supplier", address="Lô 12, KCN Thăng Long, Hà Nội"
        )
    )
    cookie, findings = cookie_of(member("agency"), live_server.url), []

    with page_for(cookie, language=language, viewport=viewport) as (page, watched):
        content = page.locator("#content")

        def press(name: str) -> None:
            findings.extend(serious_findings(page))
            with page.expect_response(lambda answer: answer.request.method == "POST"):  # its job is there by then
                content.get_by_role("button", name=words[name], exact=True).click()

        page.goto(f"{live_server.url}/admin/suppliers/import/add/")
        content.locator("input[type=file]").set_input_files(list_in(tmp_path))
        press("upload")
        content.get_by_label("Ghi chú").select_option(label=words["description"])
        press("preview")
        page.wait_for_url("**/change/")
        worked_off()
        content.get_by_role("link", name=words["decide"]).click()
        content.get_by_label(words["same"]).check()
        press("keep")
        content.get_by_role("link", name=f"2. {words['preview']}").click()
        press("again")
        worked_off()
        expect(content.get_by_text(words["drafts"])).to_be_visible()
        press("write")
        worked_off()
        expect(content.get_by_text(words["done"])).to_be_visible()
        findings.extend(serious_findings(page))
        with page.expect_download() as file:
            content.get_by_role("link", name=words["result"]).click()
        with file.value.path().open("rb") as content_of_result:
            result = load_workbook(content_of_result).worksheets[0]

    assert findings == []
    assert (watched.complaints, watched.foreign(live_server.url)) == ([], [])
    row = Import.objects.get()
    assert (row.state, row.count) == ("imported", {"created": 2, "updated": 1, "unchanged": 0, "skipped": 1})
    assert Listing.objects.get().supplier == known
    assert Supplier.objects.get(organisation__tax_code=tax_code(501)).description_vi == "Làm hàng xe máy"
    assert Supplier.objects.filter(organisation__tax_code="", state="draft").count() == 1
    assert [cells[0] for cells in result.iter_rows(min_row=2, values_only=True)] == [3, 4, 5, 6]
