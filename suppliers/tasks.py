"""Background work: tidying up. Safe to run at any time, any number of times, side by side."""

from celery import shared_task
from django.utils import timezone

from config.uploads.storage import sweep_orphans
from suppliers import services
from suppliers.imports.lists import FOLDER as LISTS
from suppliers.imports.lists import forget_lists
from suppliers.models import Document, Import
from suppliers.services.documents import FOLDER


@shared_task
def sweep_documents() -> None:
    """Remove files that were stored and then never became a document, or a list to import; and lists that were kept
    long enough."""
    forget_lists()
    sweep_orphans(folder=FOLDER, rows=Document.objects.all())
    sweep_orphans(folder=LISTS, rows=Import.objects.all())


@shared_task
def look_for_what_grows_old() -> None:
    """Tell firms which certificates end or have ended, and ask for figures of capacity that have grown old."""
    today = timezone.localdate()
    services.warn_of_certificates(today=today)
    services.ask_for_capacity(today=today)
