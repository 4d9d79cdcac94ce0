"""Background work: tidying up. Safe to run at any time, any number of times, side by side."""

from celery import shared_task
from django.utils import timezone

from suppliers import services
from suppliers.models import Document
from suppliers.storage import FOLDER, sweep_orphans


@shared_task
def sweep_documents() -> None:
    """Remove files that were stored and then never became a document."""
    sweep_orphans(folder=FOLDER, rows=Document.objects.all())


@shared_task
def look_for_what_grows_old() -> None:
    """Tell firms which certificates end or have ended, and ask for figures of capacity that have grown old."""
    today = timezone.localdate()
    services.warn_of_certificates(today=today)
    services.ask_for_capacity(today=today)
