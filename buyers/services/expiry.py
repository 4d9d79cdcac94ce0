"""Requirements end by themselves when their last day for answers has passed."""

from datetime import date

from django.db import transaction

from accounts.principals import ANONYMOUS
from buyers.models import Requirement
from notifications.services import publish


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
