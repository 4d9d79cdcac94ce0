"""The end of what jobs leave behind."""

from django.conf import settings
from django.db.models.functions import Now

from jobs.models import Job, ResultPart


def delete_expired() -> None:
    """Delete files that have been kept long enough, and jobs that ended long ago."""
    ResultPart.objects.filter(job__expires_at__lte=Now()).delete()
    Job.objects.filter(finished_at__lte=Now() - settings.JOBS_KEPT).delete()
