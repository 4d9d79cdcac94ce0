"""What was given up: staff look why, and have it tried again."""

from django.db import transaction

from accounts.principals import Principal
from config.errors import NotAllowedError
from notifications.errors import EndpointInactiveError
from notifications.models import DeadLetter
from notifications.services.publishing import publish
from notifications.topics import REVIVED


@transaction.atomic
def replay_dead_letter(*, letter_id: int, by: Principal) -> DeadLetter:
    """Have what was given up tried again, as often as a new one, under the same id.

    Returns:
        What it was until then, with its new state.

    Raises:
        DeadLetter.DoesNotExist: there is none, it is not given up any more, or the caller is no staff.
        NotAllowedError: the caller may not write.
        EndpointInactiveError: it is for an endpoint that is switched off.
    """
    letter = DeadLetter.objects.visible_to(by).with_work().get(pk=letter_id)
    if not by.can_write:
        raise NotAllowedError
    endpoint = letter.delivery.endpoint if letter.delivery else None
    if endpoint is not None and not endpoint.is_active:
        raise EndpointInactiveError
    if not letter.rows.revive():  # somebody was faster
        raise DeadLetter.DoesNotExist
    subject = endpoint or (letter.delivery.reader if letter.delivery else letter.event)
    publish(REVIVED, subject=subject, actor=by, payload={"delivery": letter.public_id})
    letter.state = letter.rows.values_list("state", flat=True).get()
    return letter
