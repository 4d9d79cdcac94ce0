"""How other endpoints answer when they have asked for long work."""

from rest_framework.request import Request
from rest_framework.response import Response

from config.api.conditional import tagged
from jobs.api.v1.serializers import JobSerializer
from jobs.models import Job


def accepted(request: Request, job: Job) -> Response:
    """202 with the job, and in Location where to look how far it is."""
    shown = JobSerializer(job, context={"request": request}).data
    response = tagged(request, shown, version=job.version, status=202)
    response["Location"] = f"/api/v1/jobs/{job.public_id}"
    return response
