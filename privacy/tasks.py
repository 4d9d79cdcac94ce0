"""Background work. Safe to run at any time, any number of times, side by side."""

from celery import shared_task

from privacy import farewells, retention


@shared_task
def send_farewells() -> None:
    """Send the last messages of those who were erased."""
    farewells.send_farewells()


@shared_task
def forget() -> None:
    """Forget what is no longer needed."""
    retention.forget_what_is_no_longer_needed()
