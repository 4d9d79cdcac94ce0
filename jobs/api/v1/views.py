"""Endpoints about long work. What asks for it lies with what it is about."""

from typing import Any

from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedInToRead
from accounts.principals import Principal
from config.api.acts import NothingWriter, act
from config.api.files import AnyMediaType, attachment
from config.api.views import ResourceViewSet
from jobs import services
from jobs.api.v1.filters import JobFilters
from jobs.api.v1.serializers import JobSerializer
from jobs.errors import JobNotFinishedError, ResultExpiredError
from jobs.kinds import is_file_personal
from jobs.models import Job

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@extend_schema_view(
    list=extend_schema(operation_id="jobs_list", summary="Your organisation's long work, newest first; for staff, all"),
    retrieve=extend_schema(operation_id="jobs_retrieve", summary="How far a job is, and what came of it"),
)
class JobViewSet(ResourceViewSet[Job]):
    """Long work. Whoever may read may ask for it, for nothing of the domain changes; who asked may stop it, and whoever
    may write for the organisation."""

    queryset = Job.objects.select_related("organisation", "asked_by")
    serializer_class = JobSerializer
    filterset_class = JobFilters
    permission_classes = [SignedInToRead]

    @act(NothingWriter, operation_id="jobs_cancel", summary="Stop a job", answer=JobSerializer)
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002
        """At once where no worker has begun, else as soon as it can stop; then `cancel_requested` is true meanwhile."""
        self.read()
        return self.answer(services.cancel_job(job_id=self.get_object().pk, by=request.auth))

    @extend_schema(
        operation_id="jobs_result",
        summary="Fetch the file that a job made",
        responses={
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, XLSX): OpenApiTypes.BINARY,
            (200, "application/zip"): OpenApiTypes.BINARY,
        },
    )
    @action(detail=True, content_negotiation_class=AnyMediaType, tags_answers=False, further_problems=(409, 410))
    def result(self, request: Request, id: str) -> Any:  # noqa: A002
        """409 until the job has succeeded, 410 once the file has been deleted, 404 where the job makes none, and where
        only the person who asked may have it (a list of the admin)."""
        job = self.get_object()
        if not gives_file_to(job, request.auth):
            raise Http404
        return file_of(job)


def gives_file_to(job: Job, by: Principal) -> bool:
    """Whether somebody who sees the job may fetch its file."""
    is_who_asked = by.api_key is None and by.user is not None and by.user.pk == job.asked_by_id
    return is_who_asked or not is_file_personal(job.kind)


def file_of(job: Job) -> StreamingHttpResponse:
    """
    Raises:
        JobNotFinishedError: it has not succeeded, or not yet.
        ResultExpiredError: its file was kept for some days.
    """
    if job.outcome != Job.Standing.SUCCEEDED:
        raise JobNotFinishedError(state=job.standing())
    if job.file_bytes is None:
        raise Http404
    if job.has_expired:
        raise ResultExpiredError
    return attachment(job.file_parts(), name=job.file_name, media_type=job.file_type, length=job.file_bytes)
