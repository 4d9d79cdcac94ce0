"""Doing the jobs that are due, whatever becomes of the worker."""

from contextlib import closing
from functools import partial
from io import SEEK_END
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import translation
from structlog.contextvars import bound_contextvars

from accounts.principals import Principal
from config.errors import DomainError, InvalidFactError
from config.phrases import Phrase
from jobs.errors import JobCancelledError, JobLostError, RightsLostError
from jobs.kinds import kind_of
from jobs.models import Job, ResultPart
from jobs.runs import File, Result, Run
from jobs.working import work_off

GONE = translation.gettext_noop("What this job was about is no longer there, or no longer yours to see.")

log = structlog.get_logger(__name__)


def run_due_jobs() -> None:
    """Do the jobs that are due, one after another, for about a minute."""
    asked = Job.objects.select_related("organisation", "asked_by", "asked_with__organisation")
    work_off(asked, _run, lease=settings.JOB_LEASE)


def _run(job: Job) -> None:
    with bound_contextvars(request_id=job.request_id, job_id=job.public_id), translation.override(job.language):
        try:
            with closing(_done(job)) as result:
                _succeed(job, result)
        except JobCancelledError:
            Job.objects.end(job, outcome=Job.Standing.CANCELLED)
        except JobLostError:
            log.warning("job_lost", attempt=job.attempts)
        except (DomainError, ObjectDoesNotExist) as refusal:
            Job.objects.end(job, outcome=Job.Standing.FAILED, error=_problem_of(refusal))


def _done(job: Job) -> Result:
    """What comes of the job, with the rights that who asked has now.

    Raises:
        RightsLostError: there are none any more.
    """
    if job.cancel_asked_at is not None:
        raise JobCancelledError
    by = Principal.anew(user=job.asked_by, organisation=job.organisation, api_key=job.asked_with)
    if by is None:
        raise RightsLostError
    if not Job.objects.start(job):
        raise JobLostError
    return kind_of(job.kind).handler(Run(job, by=by))


@transaction.atomic
def _succeed(job: Job, result: Result) -> None:
    """Keep the result, its file and the end together, or nothing of them.

    Raises:
        JobLostError: another worker has taken the job over.
    """
    described = _described(result.file) if result.file else {}
    if not Job.objects.end(job, outcome=Job.Standing.SUCCEEDED, result=result.value, **described):
        raise JobLostError
    if result.file:
        result.file.content.seek(0)
        for position, content in enumerate(iter(partial(result.file.content.read, ResultPart.BYTES), b"")):
            ResultPart.objects.create(job=job, position=position, content=content)


def _described(file: File) -> dict[str, Any]:
    length = file.content.seek(0, SEEK_END)
    return {"file_name": file.name, "file_type": file.media_type, "file_bytes": length}


def _problem_of(refusal: DomainError | ObjectDoesNotExist) -> dict[str, Any]:
    """As `Job.problem` tells it."""
    if isinstance(refusal, ObjectDoesNotExist):
        return {"code": "not_found", "title": GONE, "detail": GONE, "told": {}, "errors": []}
    errors = []
    if isinstance(refusal, InvalidFactError):
        errors = [{"pointer": refusal.pointer, "code": refusal.code}]
    title, detail = Phrase.of(refusal.title), Phrase.of(refusal.detail)
    return {
        "code": refusal.code,
        "title": title.message,
        "detail": detail.message,
        "told": detail.told,
        "errors": errors,
    }
