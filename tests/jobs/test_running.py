"""A worker does a job once, in the name of who asked, whatever becomes of it and of the worker."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import ApiKey
from accounts.principals import Principal
from accounts.services import issue_api_key, remove_member, revoke_api_key
from config.errors import InvalidFactError
from jobs import kinds, services
from jobs.expiry import delete_expired
from jobs.models import DueRow, Job, ResultPart
from jobs.models.job import ATTEMPTS
from jobs.running import run_due_jobs
from jobs.runs import Result, Run
from jobs.signals import job_ended
from tests.factories.accounts import UserFactory, member
from tests.fixtures.jobs import AskFor, letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended() -> Iterator[list[str]]:
    """The outcomes that were announced."""
    announced: list[str] = []

    def note(job: Job, **signal: object) -> None:
        announced.append(job.outcome)

    job_ended.connect(note)
    yield announced
    job_ended.disconnect(note)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def error_of(job: Job) -> str:
    error: dict[str, str] = again(job).error or {}
    return error["code"]


def let_retries_begin() -> None:
    Job.objects.filter(state=DueRow.State.DUE).update(due_at=Now())


def test_a_job_keeps_its_result_and_its_file(ask_for: AskFor, ended: list[str]) -> None:
    job = ask_for(member())

    run_due_jobs()

    done = again(job)
    assert (done.standing(), done.result, done.error) == ("succeeded", {"letters": 3}, None)
    assert (done.done, done.total, done.phrase) == (3, 3, "Counting")
    assert (done.file_name, done.file_type, done.file_bytes) == ("thư.txt", "text/plain", 3)
    assert b"".join(done.file_parts()) == b"xxx"
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.expires_at == done.finished_at + timedelta(days=7)
    assert ended == ["succeeded"]


def test_a_long_file_is_kept_in_parts(ask_for: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResultPart, "BYTES", 2)
    job = ask_for(member())

    run_due_jobs()

    assert list(again(job).file_parts()) == [b"xx", b"x"]


def test_the_work_has_the_rights_and_the_language_of_who_asked(ask_for: AskFor) -> None:
    asker, seen = member("buyer", role="viewer"), []

    def look(run: Run) -> Result:
        seen.append((run.by.user, run.by.organisation, run.by.role, str(Job.Standing.FAILED.label)))
        return Result()

    ask_for(asker, look)
    run_due_jobs()

    assert seen == [(asker.user, asker.organisation, "viewer", "Failed")]


def refuse(run: Run) -> Result:
    raise InvalidFactError("It is too small.", pointer="/size", code="too_small")


def test_what_the_domain_refuses_fails_at_once(ask_for: AskFor, ended: list[str]) -> None:
    job = ask_for(member(), refuse)

    run_due_jobs()

    failed = again(job)
    assert (failed.standing(), failed.attempts, failed.result, failed.file_bytes) == ("failed", 1, None, None)
    assert failed.error == {
        "code": "too_small",
        "title": "A value is not valid.",
        "detail": "It is too small.",
        "told": {},
        "errors": [{"pointer": "/size", "code": "too_small"}],
    }
    assert failed.problem() == {
        "code": "too_small",
        "title": "A value is not valid.",
        "detail": "It is too small.",
        "errors": [{"pointer": "/size", "code": "too_small", "detail": "It is too small."}],
    }
    assert ended == ["failed"]


def crash(run: Run) -> Result:
    raise RuntimeError("a secret of ours")


def test_a_crash_is_tried_again_and_in_the_end_has_failed(ask_for: AskFor, ended: list[str]) -> None:
    job = ask_for(member(), crash)

    run_due_jobs()
    assert (again(job).standing(), ended) == ("queued", [])
    for _ in range(ATTEMPTS):
        let_retries_begin()
        run_due_jobs()

    failed = again(job)
    assert (failed.standing(), failed.state, failed.attempts) == ("failed", "dead", ATTEMPTS)
    assert failed.last_error == "RuntimeError: a secret of ours"
    assert failed.error is None
    assert ended == ["failed"]


def test_a_job_whose_worker_died_is_done_by_another(ask_for: AskFor) -> None:
    job = ask_for(member())
    Job.objects.claim(lease=timedelta(minutes=1), limit=1)
    run_due_jobs()
    assert (again(job).standing(), again(job).attempts) == ("running", 1)

    Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    run_due_jobs()

    assert (again(job).standing(), again(job).attempts) == ("succeeded", 2)


def test_who_was_only_slow_stops_at_its_next_report_and_changes_nothing(ask_for: AskFor, ended: list[str]) -> None:
    def be_overtaken(run: Run) -> Result:
        Job.objects.update(attempts=2)
        run.report(1)
        pytest.fail("it goes on")

    job = ask_for(member(), be_overtaken)
    run_due_jobs()

    assert (again(job).standing(), again(job).attempts, again(job).done, ended) == ("running", 2, 0, [])


def test_who_was_only_slow_keeps_nothing_of_what_it_made(ask_for: AskFor, ended: list[str]) -> None:
    def be_overtaken(run: Run) -> Result:
        made = letters(run)
        Job.objects.update(attempts=2)
        return made

    job = ask_for(member(), be_overtaken)
    run_due_jobs()

    assert (again(job).standing(), again(job).file_bytes, ended) == ("running", None, [])
    assert not ResultPart.objects.exists()


def test_a_job_that_is_running_stops_between_two_batches(ask_for: AskFor, ended: list[str]) -> None:
    asker, batches = member(), []

    def work(run: Run) -> Result:
        for batch in range(5):
            run.report(batch)
            batches.append(batch)
            if batch == 1:
                services.cancel_job(job_id=run.job.pk, by=asker)
                assert again(run.job).standing() == "running"
        return Result()

    job = ask_for(asker, work)
    run_due_jobs()

    assert batches == [0, 1]
    assert (again(job).standing(), ended) == ("cancelled", ["cancelled"])


def test_a_job_cancelled_while_its_worker_was_dying_is_not_begun_again(ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker, crash)
    Job.objects.claim(lease=timedelta(minutes=1), limit=1)
    services.cancel_job(job_id=job.pk, by=asker)
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))

    run_due_jobs()

    assert again(job).standing() == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_within_a_transaction_and_survives_its_end(ask_for: AskFor) -> None:
    def work(run: Run) -> Result:
        with transaction.atomic():
            UserFactory.create(email="undone@firm.example")
            run.report(7, total=9, phrase="Counting")
            transaction.set_rollback(True)
        return Result()

    job = ask_for(member(), work)
    run_due_jobs()

    assert (again(job).done, again(job).total, again(job).standing()) == (7, 9, "succeeded")


def test_a_report_keeps_the_job_for_another_lease(ask_for: AskFor) -> None:
    left: list[bool] = []

    def work(run: Run) -> Result:
        Job.objects.update(lease_until=Now() + timedelta(seconds=1))
        run.report(1)
        left.append(Job.objects.filter(lease_until__gt=Now() + timedelta(seconds=20)).exists())
        return Result()

    ask_for(member(), work)
    run_due_jobs()

    assert left == [True]


def test_who_has_left_the_organisation_gets_nothing(ask_for: AskFor, ended: list[str]) -> None:
    owner = member()
    leaving = member(role="editor", organisation=owner.organisation)
    job = ask_for(leaving)
    assert leaving.user is not None
    remove_member(membership_id=leaving.user.memberships.get().pk, by=owner)

    run_due_jobs()

    assert (again(job).standing(), again(job).file_bytes, ended) == ("failed", None, ["failed"])
    assert error_of(job) == "rights_lost"


def test_a_person_who_was_shut_out_gets_nothing(ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker)
    assert asker.user is not None
    asker.user.is_active = False
    asker.user.save()

    run_due_jobs()

    assert error_of(job) == "rights_lost"


def with_key(owner: Principal) -> tuple[Principal, ApiKey]:
    key, _secret = issue_api_key(name="ERP", scopes={"read"}, by=owner)
    return Principal.of_key(key), key


def test_software_gets_its_job_while_its_key_lives(ask_for: AskFor) -> None:
    asker, _key = with_key(member())
    job = ask_for(asker)

    run_due_jobs()

    assert again(job).standing() == "succeeded"


@pytest.mark.parametrize("how", ["revoked", "expired", "deleted"])
def test_software_whose_key_has_ended_gets_nothing(ask_for: AskFor, how: str) -> None:
    owner = member()
    asker, key = with_key(owner)
    job = ask_for(asker)
    if how == "revoked":
        revoke_api_key(api_key_id=key.pk, by=owner)
    elif how == "expired":
        ApiKey.objects.update(expires_at=timezone.now())
    else:
        key.delete()

    run_due_jobs()

    assert error_of(job) == "rights_lost"


def test_what_this_release_cannot_do_waits_for_one_that_can(ask_for: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ask_for(member())
    monkeypatch.delitem(kinds._kinds, job.kind)

    run_due_jobs()

    assert (again(job).standing(), again(job).attempts) == ("queued", 1)


def test_a_name_stands_for_one_kind_of_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register("tests.one", letters)
    kinds.register("tests.one", letters)

    with pytest.raises(ValueError, match=r"tests\.one"):
        kinds.register("tests.one", crash)
    assert kinds.kind_of("tests.one").handler is letters


def test_files_and_old_jobs_are_deleted_in_time(ask_for: AskFor) -> None:
    asker = member()
    fresh, week_old, ancient = [ask_for(asker) for _ in range(3)]
    run_due_jobs()
    Job.objects.filter(pk=week_old.pk).update(expires_at=Now() - timedelta(seconds=1))
    Job.objects.filter(pk=ancient.pk).update(finished_at=Now() - timedelta(days=90, seconds=1))
    waiting = ask_for(asker)

    delete_expired()

    assert list(Job.objects.order_by("pk")) == [fresh, week_old, waiting]
    assert list(ResultPart.objects.values_list("job", flat=True)) == [fresh.pk]


def test_the_end_is_undone_where_who_hears_of_it_raises(ask_for: AskFor) -> None:
    def object_to_it(job: Job, **signal: object) -> None:
        raise RuntimeError("not now")

    job = ask_for(member())
    job_ended.connect(object_to_it)
    try:
        run_due_jobs()
    finally:
        job_ended.disconnect(object_to_it)

    assert (again(job).standing(), again(job).file_bytes) == ("queued", None)
    assert not ResultPart.objects.exists()
    assert connection.is_usable()
