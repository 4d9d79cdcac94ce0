"""Staff see which jobs wait and how far they are, and stop them."""

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from tests.factories.accounts import member
from tests.factories.jobs import JobFactory, finished_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer_client() -> Client:
    client = Client(headers={"accept-language": "en"})
    officer = member("agency")
    assert officer.user is not None
    client.force_login(officer.user)
    return client


def test_the_list_tells_state_and_progress(officer_client: Client) -> None:
    JobFactory.create(state="running", attempts=1, done=500, total=2000)
    finished_job()

    page = officer_client.get(reverse("admin:jobs_job_changelist")).content.decode()

    assert "500 of 2000" in page
    assert "Running" in page
    assert "Succeeded" in page


def test_a_personal_job_is_not_shown(officer_client: Client) -> None:
    job = JobFactory.create(is_personal=True)

    assert officer_client.get(reverse("admin:jobs_job_change", args=[job.pk])).status_code == 302
    assert job.public_id not in officer_client.get(reverse("admin:jobs_job_changelist")).content.decode()


def test_an_officer_stops_a_job(officer_client: Client) -> None:
    job = JobFactory.create()
    page = officer_client.get(reverse("admin:jobs_job_change", args=[job.pk])).content.decode()
    address = reverse("admin:jobs_job_cancel", args=[job.pk])

    assert address in page
    officer_client.post(address)

    assert Job.objects.get().standing() == "cancelled"
    assert address not in officer_client.get(reverse("admin:jobs_job_change", args=[job.pk])).content.decode()


def test_a_job_that_has_ended_is_not_stopped(officer_client: Client) -> None:
    job = finished_job()

    told = officer_client.post(reverse("admin:jobs_job_cancel", args=[job.pk]), follow=True).content.decode()

    assert "This job has ended already." in told
    assert Job.objects.get().standing() == "succeeded"


def test_nothing_of_a_job_is_edited(officer_client: Client) -> None:
    job = JobFactory.create()

    assert officer_client.post(reverse("admin:jobs_job_change", args=[job.pk]), {"kind": "x"}).status_code == 403
    assert officer_client.get(reverse("admin:jobs_job_add")).status_code == 403
    assert Job.objects.get().kind == "export"
