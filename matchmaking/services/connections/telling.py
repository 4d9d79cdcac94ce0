"""What the sides of a connection, and the agency, are told of it."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Organisation
from accounts.principals import Principal
from matchmaking.models import Connection
from matchmaking.services.connections.sides import BOTH, Side
from notifications.services import publish


def tell(
    topic: str,
    connection: Connection,
    *,
    by: Principal,
    to: Iterable[str],
    reason: str = "",
    fact: str = "",
    **more: Any,
) -> None:
    """Write down what happened, for these sides. It counts as done by the side for which the caller speaks.

    Args:
        fact: names what is told, so that it is told once.
        more: what the topic says besides what all say of a connection.
    """
    publish(
        topic,
        subject=connection,
        actor=by,
        audience=_audience_of(connection, to),
        payload={**_payload_of(connection, by=by), **more},
        reason=reason,
        fact=fact,
    )


def _audience_of(connection: Connection, sides: Iterable[str]) -> list[int]:
    """Ids of the organisations that are these sides."""
    ids: list[int] = []
    for side in sides:
        ids += Organisation.objects.agency_ids() if side == Side.AGENCY else [connection.organisation_of(side)]
    return ids


def others(connection: Connection, side: str) -> list[str]:
    """Whom to tell of what a side did: the other one; where the agency brought them together, the agency too."""
    mediator = [Side.AGENCY] if connection.initiator == Side.AGENCY else []
    return [other for other in (*BOTH, *mediator) if other != side]


def _payload_of(connection: Connection, *, by: Principal) -> dict[str, Any]:
    """What a message may say to either side; a hidden buyer's name only once both have agreed."""
    requirement = connection.requirement
    is_named = connection.is_opened or not requirement.hides_buyer
    side = Side.AGENCY if by.is_staff else connection.side_of(by.organisation_id)
    return {
        "connection": connection.public_id,
        "requirement": requirement.public_id,
        "requirement_title": requirement.title,
        "supplier": connection.supplier.public_id,
        "supplier_name": str(connection.supplier),
        "buyer_name": str(requirement.buyer) if is_named else "",
        "state": connection.state,
        "initiator": connection.initiator,
        "side": side or "",
        "expires_on": f"{connection.expires_at:%Y-%m-%d}",
        "reason": connection.loss_reason or connection.decline_reason or connection.state_reason,
    }
