"""What was given up: staff look why, and have it tried again."""

from django.db import transaction

from accounts.principals import Principal
from config.errors import NotAllowedError
from notifications.errors import EndpointInactiveError
from notifications.models import DeadLetter, Delivery
from notifications.services.publishing import publish
from notifications.topics import REVIVED


@transaction.atomic
def replay_dead_letter(*, delivery_id: int, by: Principal) -> Delivery:
    """Have a delivery that was given up tried again, as often as a new one, under the same id.

    Raises:
        DeadLetter.DoesNotExist: there is none, it is not given up any more, or the caller is no staff.
        NotAllowedError: the caller may not write.
        EndpointInactiveError: it is for an endpoint that is switched off.
    """
    letters = DeadLetter.objects.visible_to(by).select_related("recipient", "endpoint", "event")
    letter = letters.select_for_update(of=("self",)).get(pk=delivery_id)
    if not by.can_write:
        raise NotAllowedError
    endpoint = letter.endpoint
    if endpoint is not None and not endpoint.is_active:
        raise EndpointInactiveError
    Delivery.objects.filter(pk=letter.pk).revive()
    publish(REVIVED, subject=endpoint or letter.reader, actor=by, payload={"delivery": letter.public_id})
    return Delivery.objects.select_related("recipient", "endpoint", "event").get(pk=letter.pk)
