"""Asking for long work, and stopping it."""

from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from accounts.models import Organisation, User
from accounts.principals import Principal
from config.errors import NotAllowedError
from jobs.errors import JobEndedError, TooManyJobsError
from jobs.kinds import Kind, kind_of
from jobs.models import Job
from jobs.models.job import ATTEMPTS
from jobs.tasks import run_due
from jobs.waking import waker


@transaction.atomic
def ask_for_job(*, kind: str, parameters: dict[str, Any], by: Principal) -> Job:
    """Have a worker do something later, in the name of who asks. It begins only if the transaction commits.

    Args:
        kind: the name of a registered kind.
        parameters: JSON that was checked.

    Raises:
        NotAllowedError: nobody asks.
        TooManyJobsError: the organisation waits for as many of this kind as it may.
    """
    if by.is_anonymous:
        raise NotAllowedError
    asked = kind_of(kind)
    _leave_room(asked, by)
    language = get_language() or settings.LANGUAGE_CODE
    job = Job.objects.create(
        kind=asked.name,
        parameters=parameters,
        is_personal=asked.is_personal,
        organisation=by.organisation,
        asked_by=by.user,
        asked_with=by.api_key,
        language=language.partition("-")[0],
        give_up_after=ATTEMPTS,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
    transaction.on_commit(lambda: waker.wake(run_due), robust=True)
    return job


@transaction.atomic
def cancel_job(*, job_id: int, by: Principal) -> Job:
    """Stop a job: at once where no worker has begun, else between two batches. A second wish changes nothing.

    Raises:
        Job.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError: somebody else's, and `by` may not change the organisation's own records.
        JobEndedError: it has ended.
    """
    job = Job.objects.visible_to(by).select_for_update(of=("self",)).get(pk=job_id)
    is_own = (by.user is not None and job.asked_by_id == by.user.pk) or (
        by.api_key is not None and job.asked_with_id == by.api_key.pk
    )
    if not (is_own or by.can_write):
        raise NotAllowedError
    if job.outcome:
        raise JobEndedError(state=job.standing())
    Job.objects.cancel(job)
    job.refresh_from_db()
    return job


def _leave_room(kind: Kind, by: Principal) -> None:
    """
    Raises:
        TooManyJobsError: who asks waits for as many of this kind as it may.
    """
    if kind.at_most is None:
        return
    waiting = Job.objects.unfinished().filter(kind=kind.name, organisation=by.organisation)
    # Locked, so that those who ask at the same moment are counted one after another.
    if by.organisation is not None:
        Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    elif by.user is not None:
        User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
        waiting = waiting.filter(asked_by=by.user)
    if waiting.count() >= kind.at_most:
        raise TooManyJobsError(most=kind.at_most)
