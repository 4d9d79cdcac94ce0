"""A list from upload to firms: what each step shows, keeps and refuses. Jobs do the work."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.principals import Principal
from config.errors import NotAllowedError
from config.uploads.storage import storage
from jobs.models import Job, ResultPart
from jobs.running import run_due_jobs
from notifications.models import Event
from suppliers.imports import lists
from suppliers.imports.errors import ColumnError, NothingToImportError
from suppliers.imports.words import Word, words_of
from suppliers.models import Capability, Import, Supplier
from suppliers.tasks import sweep_documents
from tests.factories.accounts import member
from tests.imports.list_scene import HEADER, OTHER, ROW, imported, preview, previewed, sent
from tests.imports.scene import AN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]


def results(row: Import) -> list[tuple[int, str, str]]:
    return list(row.rows.order_by("number").values_list("number", "name", "result"))


def test_an_upload_is_read_and_its_columns_are_proposed_with_samples(officer: Principal) -> None:
    row = sent(officer)

    assert (row.state, row.name, row.source, row.country) == ("uploaded", "hoi-vien.csv", "hoi-vien.csv", "VN")
    assert row.columns == {
        "Tên công ty": "legal_name",
        "MST": "tax_code",
        "Địa chỉ": "address",
        "Công nghệ": "processes",
        "Ghi chú": "-",
    }
    assert row.samples["Công nghệ"] == ["Tiện CNC"]
    assert row.uploaded_by == officer.user
    assert not Supplier.objects.exists()


def test_what_a_person_said_of_columns_is_remembered_for_the_same_headings(officer: Principal) -> None:
    first = sent(officer)
    lists.change_list(import_id=first.pk, values={"columns": {"Ghi chú": "description_vi"}}, by=officer)
    unlooked = sent(officer)
    preview(first, officer)

    again = sent(officer, HEADER.upper() + OTHER)
    another = sent(officer, HEADER.replace("MST", "Mã số thuế") + OTHER)

    assert unlooked.columns["Ghi chú"] == "-"
    assert again.columns["GHI CHÚ"] == "description_vi"
    assert again.columns["TÊN CÔNG TY"] == "legal_name"
    assert another.columns["Ghi chú"] == "-"


def test_a_preview_writes_nothing_and_tells_what_would_become_of_each_row(officer: Principal) -> None:
    row = previewed(officer, HEADER + ROW + OTHER + "Bad,12,,,\n")

    assert not Supplier.objects.exists()
    assert results(row) == [(2, "Cơ khí An", "created"), (3, "Đúc Bình", "created"), (4, "Bad", "skipped")]
    assert row.count == {"created": 2, "updated": 0, "unchanged": 0, "skipped": 1}
    bad = row.rows.get(number=4)
    assert [(each["column"], each["code"]) for each in bad.problems] == [("MST", "invalid_tax_code")]
    assert row.rows.get(number=2).said["address"] == "Lô 5, KCN Phú Nghĩa, Hà Nội"
    assert words_of(row) == [Word("Công nghệ", "process", "Zauberei", "unknown", (), 1)]


def test_what_is_confirmed_is_written_and_a_file_says_what_became_of_each_row(officer: Principal) -> None:
    row = imported(officer, HEADER + ROW + "Bad,12,,,=1+1\n")

    assert row.imported_at is not None
    assert Supplier.objects.get().public_id == row.rows.get(number=2).supplier
    job = Job.objects.get(pk=str(row.job_id))
    assert (job.result, job.done, job.total) == ({"created": 1, "updated": 0, "unchanged": 0, "skipped": 1}, 2, 2)
    assert job.file_name == "hoi-vien – result.xlsx"
    content = b"".join(bytes(part.content) for part in ResultPart.objects.filter(job=job).order_by("position"))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][:4] == ("Row", "Name", "Result", "Supplier")
    assert lines[1][:4] == (2, "Cơ khí An", "new", row.rows.get(number=2).supplier)
    assert lines[2][:3] == (3, "Bad", "skipped")
    assert str(lines[2][5]).startswith("MST: “12”")


def test_who_confirmed_is_told_and_others_are_not(officer: Principal) -> None:
    member("agency", organisation=officer.organisation)

    row = imported(officer)

    event = Event.objects.get(topic="import.finished")
    assert event.subject == row.public_id
    assert event.payload == {"list": "hoi-vien.csv", "created": 1, "updated": 0, "skipped": 0}
    assert event.people == [officer.user and officer.user.pk]


def test_the_same_file_again_changes_nothing(officer: Principal) -> None:
    imported(officer)
    before = list(Supplier.objects.values()), list(Capability.objects.values())

    again = imported(officer)

    assert again.count == {"created": 0, "updated": 0, "unchanged": 1, "skipped": 0}
    assert (list(Supplier.objects.values()), list(Capability.objects.values())) == before


def test_what_leaves_everything_as_it_was_is_known_as_such(officer: Principal) -> None:
    first, again = imported(officer), imported(officer)

    assert (first.changed_nothing, again.changed_nothing, again.is_all_skipped) == (False, True, False)


def test_a_list_of_which_every_row_is_skipped_is_not_confirmed(officer: Principal) -> None:
    row = previewed(officer, HEADER + "Bad,12,,,\n")

    with pytest.raises(NothingToImportError):
        lists.confirm_list(import_id=row.pk, by=officer)

    row.refresh_from_db()
    assert (row.state, row.is_all_skipped, Job.objects.count()) == ("previewed", True, 1)


def test_a_preview_names_no_firm_that_only_its_own_rows_would_make(officer: Principal) -> None:
    text = (
        "Name,Address,Country\nHoang Long Mechanical,Lot 12 Vita Park,LA\nHoàng Long Mechanical Co,Lot12 Vita Park,LA\n"
    )

    waiting = previewed(officer, text).rows.likely_known().get()

    assert (waiting.number, waiting.could_be()) == (3, [])
    assert waiting.why_skipped()[0].reason.startswith("likely the same firm as row 2, “Hoang Long Mechanical”")


def test_a_newer_list_shows_before_and_after_of_what_it_changes(officer: Principal) -> None:
    imported(officer)

    row = previewed(officer, HEADER + f"Cơ khí An Mới,{AN},,Mài phẳng,\n")

    (only,) = row.rows.all()
    assert only.result == "updated"
    assert only.changes == [
        {"field": "legal_name", "before": "Cơ khí An", "after": "Cơ khí An Mới"},
        {"field": "processes", "before": "", "after": "MACH.SGRIND"},
    ]
    assert Supplier.objects.get().organisation.legal_name == "Cơ khí An"


def test_with_a_skipped_row_nothing_is_written_where_that_is_wished_and_who_confirmed_is_told(
    officer: Principal,
) -> None:
    row = sent(officer, HEADER + ROW + "Bad,12,,,\n")
    lists.change_list(import_id=row.pk, values={"all_or_nothing": True}, by=officer)
    preview(row, officer)
    lists.confirm_list(import_id=row.pk, by=officer)
    run_due_jobs()

    row.refresh_from_db()
    assert (row.state, row.why_failed) == ("previewed", "Nothing was written, because rows were skipped.")
    assert not Supplier.objects.exists()
    assert Event.objects.get(topic="import.failed").people == [officer.user and officer.user.pk]


def test_columns_that_say_too_little_are_refused_and_nothing_moves(officer: Principal) -> None:
    row = sent(officer)

    with pytest.raises(ColumnError):
        lists.change_list(import_id=row.pk, values={"columns": {"Tên công ty": "-"}}, by=officer)

    row.refresh_from_db()
    assert row.columns["Tên công ty"] == "legal_name"


def test_a_list_that_is_thrown_away_takes_its_file_along(
    officer: Principal, django_capture_on_commit_callbacks: Any
) -> None:
    row = previewed(officer)
    with django_capture_on_commit_callbacks(execute=True):
        lists.remove_list(import_id=row.pk, by=officer)

    assert not Import.objects.exists()
    assert not storage().exists(row.stored_as)


def test_lists_are_forgotten_with_their_files_after_half_a_year(officer: Principal) -> None:
    old, recent = sent(officer), sent(officer)
    Import.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(days=181))

    sweep_documents()

    assert Import.objects.get() == recent
    assert (storage().exists(old.stored_as), storage().exists(recent.stored_as)) == (False, True)


def test_only_who_may_write_for_the_agency_sends_lists() -> None:
    for stranger in (member("supplier"), member("buyer"), member("agency", role="viewer")):
        with pytest.raises(NotAllowedError):
            sent(stranger)
    assert not Import.objects.exists()


def test_strangers_see_no_list(officer: Principal) -> None:
    row = sent(officer)

    for stranger in (member("supplier"), member("buyer")):
        assert not Import.objects.visible_to(stranger).exists()
        with pytest.raises(Import.DoesNotExist):
            lists.request_preview(import_id=row.pk, by=stranger)
