"""Background work for buyers."""

from celery import shared_task
from django.utils import timezone

from buyers.models import RequirementAttachment
from buyers.services import expire_requirements, warn_of_expiry
from buyers.services.attachments import FOLDER
from config.uploads.storage import sweep_orphans


@shared_task
def expire_overdue_requirements() -> None:
    """End what is past its last day for answers in Vietnam. Safe to run at any time and any number of times."""
    expire_requirements(today=timezone.localdate())


@shared_task
def warn_of_ending_requirements() -> None:
    """Tell buyers which of their requirements soon end. Safe to run at any time and any number of times."""
    warn_of_expiry(today=timezone.localdate())


@shared_task
def sweep_attachments() -> None:
    """Remove files that were stored and then never became an attachment, or whose requirement is gone."""
    sweep_orphans(folder=FOLDER, rows=RequirementAttachment.objects.all())
