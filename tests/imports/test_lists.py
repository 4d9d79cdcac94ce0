"""A list from upload to firms: what each step shows, keeps and refuses. Jobs do the work."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError
from config.uploads.storage import storage
from jobs.errors import JobCancelledError, TooManyJobsError
from jobs.models import Job, ResultPart
from jobs.running import run_due_jobs
from jobs.runs import Run
from jobs.services import cancel_job
from notifications.models import Event
from suppliers.imports import lists
from suppliers.imports.errors import (
    ColumnError,
    ImportAtWorkError,
    ImportDoneError,
    NothingToImportError,
    PreviewNeededError,
)
from suppliers.imports.words import Word, words_of
from suppliers.models import Capability, Import, ImportRow, Listing, Supplier
from suppliers.tasks import sweep_documents
from taxonomy.models import Kind, Source, Term
from taxonomy.services import forget_term
from tests.factories.accounts import OrganisationFactory, member, tax_code
from tests.factories.suppliers import SupplierFactory
from tests.fixtures.files import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]

AN, BINH = tax_code(501), tax_code(502)
HEADER = "Tên công ty,MST,Địa chỉ,Công nghệ,Ghi chú\n"
ROW = f'Cơ khí An,{AN},"Lô 5, KCN Phú Nghĩa, Hà Nội",Tiện CNC,khách quen\n'
OTHER = f"Đúc Bình,{BINH},Lô 3 tỉnh Hải Dương,Đúc; Zauberei,\n"


@pytest.fixture
def officer() -> Principal:
    return member("agency")


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
    assert waiting.problems[0]["detail"].startswith("likely the same firm as row 2, “Hoang Long Mechanical”")


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


def likely(officer: Principal) -> tuple[Supplier, str]:
    """A stored firm, and a list with a row that is likely it."""
    firm = OrganisationFactory.create(
        legal_name="Công ty TNHH Cơ khí Hoàng Long", address="Lô 12 Vita Park", country="LA", tax_code=""
    )
    return SupplierFactory.create(organisation=firm), (
        "Name,Address,Country,Process\nHoang Long Mechanical Co.,Lot 12 Vita Park,LA,CNC turning\n"
    )


def test_a_row_that_is_likely_known_waits_and_is_decided_before_it_is_confirmed(officer: Principal) -> None:
    known, text = likely(officer)
    row = previewed(officer, text)
    waiting = row.rows.likely_known().get()
    assert (waiting.number, waiting.could_be()) == (2, [known.public_id])

    lists.decide_rows(import_id=row.pk, decisions={2: known.public_id}, by=officer)
    with pytest.raises(PreviewNeededError):
        lists.confirm_list(import_id=row.pk, by=officer)
    preview(row, officer)
    assert row.count["updated"] == 1
    lists.confirm_list(import_id=row.pk, by=officer)
    run_due_jobs()

    assert Supplier.objects.get() == known
    assert Listing.objects.get().supplier == known


def test_a_decision_is_taken_back(officer: Principal) -> None:
    _, text = likely(officer)
    row = previewed(officer, text)

    lists.decide_rows(import_id=row.pk, decisions={2: "new"}, by=officer)
    assert preview(row, officer).count["created"] == 1
    lists.decide_rows(import_id=row.pk, decisions={2: None}, by=officer)
    preview(row, officer)

    assert row.decided == {}
    assert row.rows.likely_known().count() == 1


@pytest.mark.parametrize("decisions", [{9: "new"}, {2: "sup_nobody"}])
def test_what_cannot_be_decided_is_refused(officer: Principal, decisions: dict[int, str | None]) -> None:
    _, text = likely(officer)
    row = previewed(officer, text)

    with pytest.raises(InvalidFactError):
        lists.decide_rows(import_id=row.pk, decisions=decisions, by=officer)

    row.refresh_from_db()
    assert (row.decided, row.is_outdated) == ({}, False)


def test_one_decision_teaches_a_word_for_all_rows_and_later_lists(officer: Principal) -> None:
    third = f"Cơ khí Cường,{tax_code(503)},Hà Nội,ZAUBEREI; Tiện,\n"
    row = previewed(officer, HEADER + OTHER + third)
    assert [(word.text, word.rows) for word in words_of(row)] == [("ZAUBEREI", 1), ("Zauberei", 1)]

    lists.teach_word(import_id=row.pk, kind="process", text="Zauberei", code="MACH.SGRIND", by=officer)
    preview(row, officer)

    assert words_of(row) == []
    imported(officer, HEADER + OTHER + third)
    assert Capability.objects.filter(process__code="MACH.SGRIND").count() == 2


def test_what_a_word_that_could_mean_several_things_was_taught_to_mean_settles_it_until_it_is_forgotten(
    officer: Principal,
) -> None:
    text = HEADER + f"A,{AN},Hà Nội,Forming,\n"
    row = previewed(officer, text)
    (word,) = words_of(row)
    assert (word.text, word.outcome) == ("Forming", "ambiguous")

    lists.teach_word(import_id=row.pk, kind="process", text="Forming", code=word.could_be[0], by=officer)
    lists.teach_word(import_id=row.pk, kind="process", text="Forming", code=word.could_be[1], by=officer)
    assert words_of(preview(row, officer)) == []
    taught = Term.objects.filter(source=Source.TAUGHT).values_list("process__code", flat=True)
    assert list(taught) == [word.could_be[1]]
    forget_term(kind=Kind.PROCESS, text="forming")

    assert [each.text for each in words_of(preview(row, officer))] == ["Forming"]


def test_a_province_is_taught_too(officer: Principal) -> None:
    text = f"Tên,MST,Tỉnh,Công nghệ\nA,{AN},Xứ Đoài,Tiện\n"
    row = previewed(officer, text)
    assert [(word.kind, word.text) for word in words_of(row)] == [("province", "Xứ Đoài")]

    lists.teach_word(import_id=row.pk, kind="province", text="Xứ Đoài", code="2025:01", by=officer)

    assert words_of(preview(row, officer)) == []


def test_a_word_is_not_taught_to_mean_what_there_is_not(officer: Principal) -> None:
    row = previewed(officer, HEADER + OTHER)

    with pytest.raises(InvalidFactError):
        lists.teach_word(import_id=row.pk, kind="process", text="Zauberei", code="NOTHING", by=officer)

    assert not Term.objects.filter(source=Source.TAUGHT).exists()


def test_of_two_who_confirm_one_does(officer: Principal) -> None:
    row = previewed(officer)
    lists.confirm_list(import_id=row.pk, by=officer)

    with pytest.raises(ImportAtWorkError):
        lists.confirm_list(import_id=row.pk, by=member("agency", organisation=officer.organisation))
    run_due_jobs()
    with pytest.raises(ImportDoneError):
        lists.confirm_list(import_id=row.pk, by=officer)

    assert Supplier.objects.count() == 1
    assert Event.objects.filter(topic="supplier.created").count() == 1


def test_one_list_at_a_time_is_worked_on(officer: Principal) -> None:
    first, second = sent(officer), sent(officer)
    lists.request_preview(import_id=first.pk, by=officer)

    with pytest.raises(TooManyJobsError):
        lists.request_preview(import_id=second.pk, by=officer)

    second.refresh_from_db()
    assert second.state == "uploaded"


def test_what_is_cancelled_while_it_is_written_leaves_nothing(
    officer: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = previewed(officer)
    job = lists.confirm_list(import_id=row.pk, by=officer)

    def stopped(_self: Run, done: int, **_told: Any) -> None:
        if done:
            raise JobCancelledError

    monkeypatch.setattr(Run, "report", stopped)
    run_due_jobs()

    row.refresh_from_db()
    job.refresh_from_db()
    assert (job.standing(), row.state, row.can_be_confirmed) == (Job.Standing.CANCELLED, "previewed", True)
    assert not Supplier.objects.exists()
    assert not Event.objects.filter(topic__startswith="import.f").exists()


def test_what_is_cancelled_before_a_worker_has_it_waits_to_be_confirmed_again(officer: Principal) -> None:
    row = previewed(officer)
    job = lists.confirm_list(import_id=row.pk, by=officer)

    cancel_job(job_id=job.pk, by=officer)

    row.refresh_from_db()
    assert (row.state, row.can_be_confirmed) == ("previewed", True)


def test_with_a_skipped_row_nothing_is_written_where_that_is_wished_and_who_confirmed_is_told(
    officer: Principal,
) -> None:
    row = sent(officer, HEADER + ROW + "Bad,12,,,\n")
    lists.change_list(import_id=row.pk, values={"all_or_nothing": True}, by=officer)
    preview(row, officer)
    lists.confirm_list(import_id=row.pk, by=officer)
    run_due_jobs()

    row.refresh_from_db()
    assert (row.state, row.error) == ("previewed", "Nothing was written, because rows were skipped.")
    assert not Supplier.objects.exists()
    assert Event.objects.get(topic="import.failed").people == [officer.user and officer.user.pk]


def test_a_worker_that_died_after_writing_makes_the_file_again_and_writes_nothing_twice(officer: Principal) -> None:
    row = imported(officer)
    job = Job.objects.get(pk=str(row.job_id))
    ResultPart.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(
        state="due", outcome="", finished_at=None, result=None, file_bytes=None, file_name="", file_type=""
    )

    run_due_jobs()

    job.refresh_from_db()
    assert (job.outcome, job.result) == ("succeeded", row.count)
    assert ImportRow.objects.count() == 1


def test_a_preview_of_a_file_that_turns_out_to_be_no_table_says_why(officer: Principal) -> None:
    text = HEADER + "".join(f"Cơ khí {n},,,,\n" for n in range(60)) + "a,b,c,d,e,f,g\n"
    row = sent(officer, text)
    lists.request_preview(import_id=row.pk, by=officer)
    run_due_jobs()

    row.refresh_from_db()
    assert (row.state, row.error) == ("uploaded", "Row 62 has more cells than there are headings.")
    assert not row.rows.exists()


def test_what_a_worker_has_is_changed_by_nobody(officer: Principal) -> None:
    row = previewed(officer)
    lists.confirm_list(import_id=row.pk, by=officer)
    acts: list[Callable[[], object]] = [
        lambda: lists.change_list(import_id=row.pk, values={"source": "x"}, by=officer),
        lambda: lists.request_preview(import_id=row.pk, by=officer),
        lambda: lists.decide_rows(import_id=row.pk, decisions={2: "new"}, by=officer),
        lambda: lists.remove_list(import_id=row.pk, by=officer),
    ]

    for act in acts:
        with pytest.raises(ImportAtWorkError):
            act()

    row.refresh_from_db()
    assert (row.state, row.source, row.decided) == ("importing", "hoi-vien.csv", {})


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
