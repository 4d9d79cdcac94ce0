"""A list while a worker has it: two who want it, what is cancelled, what goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.principals import Principal
from jobs.errors import JobCancelledError, TooManyJobsError
from jobs.models import Job, ResultPart
from jobs.running import run_due_jobs
from jobs.runs import Run
from jobs.services import cancel_job
from notifications.models import Event
from suppliers.imports import lists
from suppliers.imports.errors import ImportAtWorkError, ImportDoneError
from suppliers.models import ImportRow, Supplier
from tests.factories.accounts import member
from tests.imports.list_scene import HEADER, imported, previewed, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]


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
    assert (row.state, row.why_failed) == ("uploaded", "Row 62 has more cells than there are headings.")
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
