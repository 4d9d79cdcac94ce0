"""Requirements end by themselves when their last day for answers has passed."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.principals import ANONYMOUS
from buyers.models import Requirement
from notifications.services import publish, untold

WARNED_DAYS = (7, 1)
"""So many days before its last day for answers a requirement's buyer is told."""


def expire_requirements(*, today: date) -> int:
    """Expire every open requirement whose last day for answers was before `today`; how many there were.

    Each in its own transaction, so that one in use by someone else holds up none. Running it again changes nothing.
    """
    due = Requirement.objects.past_answering(today).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, today) for pk in list(due))


@transaction.atomic
def _expire(requirement_id: int, today: date) -> bool:
    """False where someone else has ended or prolonged it, or is at it: the next run looks again."""
    due = Requirement.objects.past_answering(today).select_related("buyer")
    requirement = due.select_for_update(of=("self",), skip_locked=True).filter(pk=requirement_id).first()
    if requirement is None:
        return False
    requirement.move(Requirement.State.EXPIRED)
    requirement.save_next_version()
    audience = [requirement.buyer.organisation_id]
    publish("requirement.expired", subject=requirement, actor=ANONYMOUS, audience=audience)
    return True


def warn_of_expiry(*, today: date) -> int:
    """Tell buyers which of their open requirements soon end: once for each of `WARNED_DAYS`, however often it runs.

    Of several days that were missed only the nearest is told, and none that had passed when it was opened.

    Returns:
        How many messages were published.
    """
    last = today + timedelta(days=max(WARNED_DAYS))
    ending = Requirement.objects.filter(state=Requirement.State.OPEN, answer_by__range=(today, last))
    facts = {fact: row for row in ending.select_related("buyer").order_by("pk") if (fact := _warning(row, today))}
    return sum(_warn(facts[fact], fact) for fact in untold(facts))


def _warning(requirement: Requirement, today: date) -> str:
    """Names the warning that is due; empty where none is."""
    assert requirement.answer_by is not None  # noqa: S101 - chosen by it
    assert requirement.opened_at is not None  # noqa: S101 - it is open
    days = min(days for days in WARNED_DAYS if (requirement.answer_by - today).days <= days)
    opened_on = timezone.localtime(requirement.opened_at).date()
    if opened_on > requirement.answer_by - timedelta(days=days):
        return ""
    return f"requirement.expiring {requirement.public_id} {requirement.answer_by} {days}"


@transaction.atomic
def _warn(requirement: Requirement, fact: str) -> bool:
    publish(
        "requirement.expiring",
        subject=requirement,
        actor=ANONYMOUS,
        audience=[requirement.buyer.organisation_id],
        payload={"answer_by": str(requirement.answer_by)},
        fact=fact,
    )
    return True
