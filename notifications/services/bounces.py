"""E-mails that came back after the mail server had taken them."""

from email.message import Message

from django.core.mail.message import sanitize_address
from django.db import transaction

from accounts.models import User
from jobs.models import DueRow
from notifications.bounces import Bounce, bounce_in
from notifications.models import Delivery, FailingAddress


@transaction.atomic
def note_bounce(*, report: Message) -> Bounce | None:
    """Note of an e-mail that it did not arrive. After a hard bounce nothing more is sent to that address; who
    has another one by now is written to there.

    The delivery is given up from then on, with the words of the server, and so among the dead letters. A report that
    comes twice, or of a delivery that is no longer kept, changes nothing.

    Returns:
        What the report says; None where it is none of an e-mail that did not arrive.
    """
    bounce = bounce_in(report)
    if bounce is None:
        return None
    mailed = Delivery.objects.mailed().filter(public_id=bounce.delivery, state=DueRow.State.DONE)
    row = mailed.select_related("recipient").select_for_update(of=("self",)).first()
    if row is None:
        return bounce
    words = f"It came back: {bounce.words}"[:500]
    Delivery.objects.filter(pk=row.pk).update(state=DueRow.State.DEAD, last_error=words, delivered_at=None)
    if bounce.is_hard and bounce.to == _as_written(row.reader):
        email = row.reader.email.lower()
        FailingAddress.objects.get_or_create(person=row.reader, email=email, defaults={"reason": bounce.words[:500]})
    return bounce


def _as_written(reader: User) -> str:
    """The person's address as it stands in e-mails, which spell domains in ASCII (punycode)."""
    return sanitize_address(reader.email, "utf-8").lower()


def trust_address(*, email: str) -> None:
    """Write to an address again, once somebody has confirmed that it takes e-mails."""
    FailingAddress.objects.filter(email=email.lower()).delete()
