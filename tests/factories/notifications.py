"""Events as the services of other apps publish them."""

from typing import Any

from django.db import transaction

from accounts.models import Organisation
from accounts.principals import ANONYMOUS, Principal
from notifications.models import Event
from notifications.services import publish

REQUIREMENT_TITLE = "Bánh răng trụ thẳng, môđun 2"
CONNECTION_WORDS = {"requirement_title": REQUIREMENT_TITLE, "supplier_name": "Mechanics", "buyer_name": "Kyoto Pumps"}


@transaction.atomic
def connection_requested(to: Organisation, *, by: Principal = ANONYMOUS, **payload: Any) -> Event:
    """A buyer has asked a supplier for a connection; its members are to be told."""
    words = {**CONNECTION_WORDS, **payload}
    return publish("connection.requested", subject=to, actor=by, audience=[to.pk], payload=words)
