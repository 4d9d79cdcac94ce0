"""Background work: tidying up. Safe to run at any time, any number of times, side by side."""

from celery import shared_task

from suppliers.storage import sweep_orphans


@shared_task
def sweep_documents() -> None:
    """Remove files that were stored and then never became a document."""
    sweep_orphans()
