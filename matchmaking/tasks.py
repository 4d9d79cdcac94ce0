"""Background work of matchmaking. Every task is safe to run at any time and any number of times."""

from celery import group, shared_task
from django.utils import timezone

from config.uploads.storage import sweep_orphans
from matchmaking import catalogue, services
from matchmaking.models import Attachment


@shared_task
def end_connections() -> None:
    """Expire what nobody answered, withdraw what lost its ground without anyone noticing, remind of the rest, and tell
    suppliers of what has changed meanwhile."""
    services.expire_lapsed_connections()
    services.withdraw_groundless_connections()
    services.remind_of_unanswered_connections()
    services.tell_of_changed_requirements()


@shared_task
def ask_for_outcomes() -> None:
    """Ask both sides of contracts of which a year is over what came of them."""
    services.ask_for_outcomes(today=timezone.localdate())


@shared_task
def sweep_attachments() -> None:
    """Remove files that were stored and then never came with a message."""
    sweep_orphans(folder=services.ATTACHMENTS, rows=Attachment.objects.all())


@shared_task
def refresh_audiences() -> None:
    """Look anew who matches what is not public: changes of facts count for it once they are a day old."""
    ranges = services.ranges_of_audiences()
    group(refresh_some_audiences.si(first=first, last=last) for first, last in ranges).apply_async()


@shared_task
def refresh_some_audiences(*, first: int, last: int) -> None:
    """The same for the requirements of one range of row ids."""
    services.refresh_audiences(first=first, last=last)


@shared_task
def update_matches() -> None:
    """Find anew what matches open requirements where either side changed, and tell both sides of what is new."""
    services.update_matches()
    services.tell_of_matches()


@shared_task
def look_at_open_requirements_anew() -> None:
    """Have the matches of all open requirements found anew, once a day."""
    services.look_at_open_requirements_anew()


@shared_task
def look_at_changes() -> None:
    """Tell the owners of saved searches of what changed and now fits."""
    services.look_at_changes()


@shared_task
def tell_of_findings() -> None:
    """Find what no change of a row tells of, then send the day's digests."""
    services.sweep_searches()
    services.send_digests()


@shared_task
def summarise_all_matches() -> None:
    """Rank all published suppliers for all open requirements: a task for each range, for any number of workers."""
    services.forget_ended_summaries()
    group(summarise_matches.si(first=first, last=last) for first, last in services.ranges_to_summarise()).apply_async()


@shared_task
def summarise_matches(*, first: int, last: int) -> None:
    """The same for the open requirements of one range of row ids."""
    services.summarise_matches(first=first, last=last)


@shared_task
def merge_catalogue() -> None:
    """Make a new base of the catalogue for this machine, once enough has changed or where there is none to be used."""
    catalogue.merge()
