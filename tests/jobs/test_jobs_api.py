"""Long work as its readers see it: /jobs."""

from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.principals import ANONYMOUS, Principal
from accounts.services import issue_api_key
from config.errors import NotAllowedError
from jobs import services
from jobs.api.v1.answers import accepted
from jobs.errors import TooManyJobsError
from jobs.models import Job
from jobs.running import run_due_jobs
from tests.conftest import ClientFor
from tests.factories.accounts import UserFactory, member
from tests.fixtures.jobs import KIND, AskFor
from tests.jobs.test_running import crash, refuse

pytestmark = pytest.mark.django_db


def address(job: Job, act: str = "") -> str:
    return f"/api/v1/jobs/{job.public_id}" + (f"/{act}" if act else "")


def test_a_job_tells_how_far_it_is_and_what_came_of_it(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker)
    client = client_for(asker)

    before = client.get(address(job))
    run_due_jobs()
    after = client.get(address(job))

    body: dict[str, Any] = after.json()
    job.refresh_from_db()
    assert asker.user is not None
    assert asker.organisation is not None
    assert before.json() | {"id": job.public_id, "kind": KIND, "state": "queued", "file": None} == before.json()
    assert before.json()["progress"] == {"done": 0, "total": None, "phrase": ""}
    assert (before.json()["result"], before.json()["error"]) == (None, None)
    assert body["organisation"] == asker.organisation.public_id
    assert body["asked_by"] == asker.user.public_id
    assert body["parameters"] == {"letters": 3}
    assert (body["state"], body["result"], body["cancel_requested"]) == ("succeeded", {"letters": 3}, False)
    assert body["progress"] == {"done": 3, "total": 3, "phrase": "Counting"}
    assert body["file"] == {
        "name": "thư.txt",
        "media_type": "text/plain",
        "bytes": 3,
        "url": f"/api/v1/jobs/{job.public_id}/result",
        "expires_at": body["file"]["expires_at"],
    }
    assert before["ETag"] != after["ETag"]
    assert client.get(address(job), headers={"if-none-match": after["ETag"]}).status_code == 304


def test_the_file_is_downloaded_and_kept_nowhere_on_the_way(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker)
    run_due_jobs()

    answer: Any = client_for(asker).get(address(job, "result"), headers={"accept": "text/csv"})

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"xxx")
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''th%C6%B0.txt"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Length"] == "3"


def test_there_is_no_file_before_the_job_has_succeeded(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    client = client_for(asker)
    job = ask_for(asker)

    queued = client.get(address(job, "result"), headers={"accept": "text/csv"})

    assert (queued.status_code, queued["Content-Type"]) == (409, "application/problem+json")
    assert (queued.json()["code"], queued.json()["state"]) == ("job_not_succeeded", "queued")


def test_a_failed_job_says_why_and_has_no_file(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    client = client_for(asker)
    job = ask_for(asker, refuse)
    run_due_jobs()

    assert client.get(address(job)).json()["error"]["code"] == "too_small"
    told = client.get(address(job, "result"))
    assert (told.status_code, told.json()["state"]) == (409, "failed")


def test_a_fault_of_ours_is_not_shown(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker, crash)
    Job.objects.update(give_up_after=1)
    run_due_jobs()

    told = client_for(asker).get(address(job))

    assert told.json()["error"]["code"] == "internal_error"
    assert "secret" not in told.content.decode()


def test_an_expired_file_is_gone(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker)
    run_due_jobs()
    Job.objects.update(expires_at=Now())

    gone = client_for(asker).get(address(job, "result"))

    assert (gone.status_code, gone.json()["code"]) == (410, "result_expired")
    assert client_for(asker).get(address(job)).json()["file"] is None


def test_the_organisation_and_staff_see_a_job_and_nobody_else(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker)
    run_due_jobs()
    colleague = member(role="viewer", organisation=asker.organisation)

    for sees in (asker, colleague, member("agency")):
        client = client_for(sees)
        assert [row["id"] for row in client.get("/api/v1/jobs").json()["results"]] == [job.public_id]
        assert client.get(address(job)).status_code == 200
        assert client.get(address(job, "result")).status_code == 200
    for blind in (member(), member("buyer"), Principal(user=UserFactory.create())):
        client = client_for(blind)
        assert client.get("/api/v1/jobs").json()["results"] == []
        assert client.get(address(job)).status_code == 404
        assert client.get(address(job, "result")).status_code == 404
        assert client.post(address(job, "cancel")).status_code == 404


def test_a_stranger_is_asked_to_sign_in(client_for: ClientFor, ask_for: AskFor) -> None:
    job = ask_for(member())
    stranger = client_for(ANONYMOUS)

    assert stranger.get("/api/v1/jobs").status_code == 401
    assert stranger.get(address(job)).status_code == 401
    assert stranger.get(address(job, "result")).status_code == 401
    assert stranger.post(address(job, "cancel")).status_code == 401
    with pytest.raises(NotAllowedError):
        ask_for(ANONYMOUS)


def test_a_personal_job_is_seen_by_nobody_but_who_asked(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker, is_personal=True)
    colleague, staff = member(organisation=asker.organisation), member("agency")

    assert client_for(asker).get(address(job)).status_code == 200
    assert client_for(colleague).get(address(job)).status_code == 404
    assert client_for(staff).get(address(job)).status_code == 404
    assert client_for(staff).get("/api/v1/jobs").json()["results"] == []


def test_a_person_without_an_organisation_sees_their_own(client_for: ClientFor, ask_for: AskFor) -> None:
    asker, other = Principal(user=UserFactory.create()), Principal(user=UserFactory.create())
    job = ask_for(asker)
    run_due_jobs()

    assert client_for(asker).get(address(job)).json()["state"] == "succeeded"
    assert client_for(other).get(address(job)).status_code == 404


def test_a_job_that_waits_is_cancelled_at_once(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member(role="viewer")
    job = ask_for(asker)

    answer = client_for(asker).post(address(job, "cancel"))
    run_due_jobs()

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert Job.objects.get().attempts == 0
    again = client_for(asker).post(address(job, "cancel"))
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "job_has_ended", "cancelled")


def test_who_may_only_read_cancels_nobody_elses_job(client_for: ClientFor, ask_for: AskFor) -> None:
    owner = member()
    viewer = member(role="viewer", organisation=owner.organisation)
    job = ask_for(owner)

    refused = client_for(viewer).post(address(job, "cancel"))

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert Job.objects.get().standing() == "queued"
    editor = member(role="editor", organisation=owner.organisation)
    assert client_for(editor).post(address(job, "cancel")).json()["state"] == "cancelled"


def test_software_that_may_only_read_cancels_its_own_job(client_for: ClientFor, ask_for: AskFor) -> None:
    owner = member()
    ours, _secret = issue_api_key(name="ERP", scopes={"read"}, by=owner)
    other, _secret = issue_api_key(name="CRM", scopes={"read"}, by=owner)
    job = ask_for(Principal.of_key(ours))

    assert client_for(Principal.of_key(other)).post(address(job, "cancel")).status_code == 403
    assert client_for(Principal.of_key(ours)).post(address(job, "cancel")).json()["state"] == "cancelled"


def test_an_organisation_waits_for_so_many_jobs_of_a_kind_at_a_time(ask_for: AskFor) -> None:
    asker = member()
    colleague = member(organisation=asker.organisation)
    first = ask_for(asker, at_most=2)
    ask_for(colleague, at_most=2)

    with pytest.raises(TooManyJobsError) as refusal:
        ask_for(asker, at_most=2)

    assert refusal.value.context == {"most": 2}
    assert Job.objects.count() == 2
    ask_for(member(), at_most=2)
    services.cancel_job(job_id=first.pk, by=asker)
    ask_for(asker, at_most=2)


def test_a_person_without_an_organisation_waits_for_so_many_too(ask_for: AskFor) -> None:
    asker = Principal(user=UserFactory.create())
    ask_for(asker, at_most=1)

    with pytest.raises(TooManyJobsError):
        ask_for(asker, at_most=1)
    ask_for(Principal(user=UserFactory.create()), at_most=1)


def test_jobs_are_listed_by_state_and_kind(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    client = client_for(asker)
    done = ask_for(asker)
    run_due_jobs()
    cancelled, queued = ask_for(asker), ask_for(asker)
    services.cancel_job(job_id=cancelled.pk, by=asker)

    def listed(**wanted: str) -> list[str]:
        return [row["id"] for row in client.get("/api/v1/jobs", wanted).json()["results"]]

    assert listed() == [queued.public_id, cancelled.public_id, done.public_id]
    assert listed(state="succeeded") == [done.public_id]
    assert listed(state="queued") == [queued.public_id]
    assert listed(state="cancelled", kind=KIND) == [cancelled.public_id]
    assert listed(kind="other") == []
    assert client.get("/api/v1/jobs", {"state": "due"}).status_code == 400


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_takes_the_same_queries_however_long(client_for: ClientFor, ask_for: AskFor, rows: int) -> None:
    asker = member()
    for _ in range(rows):
        ask_for(asker)

    with CaptureQueriesContext(connection) as queries:
        assert len(client_for(asker).get("/api/v1/jobs").json()["results"]) == rows

    assert len(queries) == 1


def test_a_phrase_and_a_state_are_said_in_the_reader_s_language(client_for: ClientFor, ask_for: AskFor) -> None:
    asker = member()
    job = ask_for(asker, crash)
    Job.objects.update(give_up_after=1)
    run_due_jobs()

    told = client_for(asker).get(address(job), headers={"accept-language": "vi"}).json()

    assert told["error"]["title"] == "Công việc không thành công."


def test_another_endpoint_answers_202_with_where_to_look(client_for: ClientFor, ask_for: AskFor, rf: Any) -> None:
    job = ask_for(member())

    answer = accepted(rf.post("/"), job)

    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/jobs/{job.public_id}")
    assert answer.data["state"] == "queued"
    assert "ETag" in answer
