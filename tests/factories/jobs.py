"""Jobs that wait, and jobs that have made their file."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from jobs.models import Job, ResultPart
from tests.factories.accounts import OrganisationFactory


class JobFactory(DjangoModelFactory[Job]):
    """An export that waits for a worker."""

    class Meta:
        model = Job

    kind = "export"
    organisation = factory.SubFactory(OrganisationFactory)
    language = "en"


def finished_job(*, content: bytes = b"id\r\n", **fields: Any) -> Job:
    """An export that has succeeded, with its file."""
    now = timezone.now()
    ending = {"state": "done", "outcome": "succeeded", "finished_at": now, "expires_at": now + timedelta(days=7)}
    file = {"file_name": "suppliers.csv", "file_type": "text/csv; charset=utf-8", "file_bytes": len(content)}
    job = JobFactory.create(**ending, **file, result={"rows": 0}, **fields)
    ResultPart.objects.create(job=job, position=0, content=content)
    return job
