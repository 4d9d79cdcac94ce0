"""A list of two firms that an officer uploads, and the steps that it goes through."""

from typing import Any

from accounts.principals import Principal
from jobs.running import run_due_jobs
from suppliers.imports import lists
from suppliers.models import Import
from tests.fixtures.files import upload
from tests.imports.scene import AN, BINH

HEADER = "Tên công ty,MST,Địa chỉ,Công nghệ,Ghi chú\n"
ROW = f'Cơ khí An,{AN},"Lô 5, KCN Phú Nghĩa, Hà Nội",Tiện CNC,khách quen\n'
OTHER = f"Đúc Bình,{BINH},Lô 3 tỉnh Hải Dương,Đúc; Zauberei,\n"


def sent(officer: Principal, text: str = HEADER + ROW, **values: Any) -> Import:
    return lists.upload_list(file=upload(text.encode(), "hoi-vien.csv"), by=officer, **values)


def previewed(officer: Principal, text: str = HEADER + ROW, **values: Any) -> Import:
    row = sent(officer, text, **values)
    return preview(row, officer)


def preview(row: Import, officer: Principal) -> Import:
    lists.request_preview(import_id=row.pk, by=officer)
    run_due_jobs()
    row.refresh_from_db()
    assert (row.state, row.error) == ("previewed", "")
    return row


def imported(officer: Principal, text: str = HEADER + ROW, **values: Any) -> Import:
    row = previewed(officer, text, **values)
    lists.confirm_list(import_id=row.pk, by=officer)
    run_due_jobs()
    row.refresh_from_db()
    assert (row.state, row.error) == ("imported", "")
    return row
