"""Yes, no, and never mind: what ends the waiting for an answer."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.models import Buyer, Requirement
from config.errors import InvalidFactError
from matchmaking.errors import (
    BuyerSuspendedError,
    ConnectionAlreadyDecidedError,
    RequirementNotOpenError,
    SupplierNotPublishedError,
)
from matchmaking.models import Connection
from matchmaking.services.connections.doors import open_doors
from matchmaking.services.connections.sides import (
    BOTH,
    Side,
    State,
    enter,
    locked_connection,
    require_unanswered,
    speaking_side,
)
from matchmaking.services.connections.telling import others, tell
from suppliers.models import Supplier

ASKED: dict[str, tuple[Side, ...]] = {
    Side.BUYER: (Side.SUPPLIER,),
    Side.SUPPLIER: (Side.BUYER,),
    Side.AGENCY: BOTH,
}
"""Who is to answer, by who asked."""


@transaction.atomic
def accept_connection(*, connection_id: int, by: Principal) -> Connection:
    """Agree on behalf of an asked side. Once both sides have agreed, each side's contacts are open to the other.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for a side that was asked.
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired, or this side has agreed.
        RequirementNotOpenError: the requirement has ended in the meantime.
        SupplierNotPublishedError: the supplier was suspended in the meantime.
        BuyerSuspendedError: the buyer was.
    """
    row = locked_connection(connection_id, by)
    side = speaking_side(row, by, of=ASKED[row.initiator])
    require_unanswered(row)
    if side not in row.awaited():
        raise ConnectionAlreadyDecidedError(_("Your side has agreed already."), state=row.state)
    _require_ground(row)
    _agree(row, side)
    if row.awaited():
        row.save_next_version()
        tell("connection.agreed", row, by=by, to=others(row, side))
        return row
    _decide(row, State.ACCEPTED, by=by)
    open_doors(row)
    tell("connection.accepted", row, by=by, to=others(row, side))
    return row


@transaction.atomic
def decline_connection(*, connection_id: int, reason: str, note: str = "", by: Principal) -> Connection:
    """Decline on behalf of an asked side, for a coded reason.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for a side that was asked.
        InvalidFactError: the reason is `other` and the note is empty.
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired.
    """
    row = locked_connection(connection_id, by)
    side = speaking_side(row, by, of=ASKED[row.initiator])
    require_words(reason, note)
    require_unanswered(row)
    row.decline_reason, row.decline_note = reason, note
    _decide(row, State.DECLINED, by=by)
    tell("connection.declined", row, by=by, to=others(row, side), reason=note or reason)
    return row


@transaction.atomic
def withdraw_connection(*, connection_id: int, reason: str = "", by: Principal) -> Connection:
    """Take it back on behalf of the side that asked, before it is answered; a proposal, for the agency.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the side that asked.
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired.
    """
    row = locked_connection(connection_id, by)
    speaking_side(row, by, of=(row.initiator,))
    require_unanswered(row)
    enter(row, State.WITHDRAWN, reason=reason)
    tell("connection.withdrawn", row, by=by, to=ASKED[row.initiator], reason=reason)
    return row


def require_words(reason: str, note: str) -> None:
    """
    Raises:
        InvalidFactError: the reason is `other` and nothing says which.
    """
    if reason == Connection.DeclineReason.OTHER and not note.strip():
        raise InvalidFactError(_("Say in words what the reason is."), pointer="/note", code="required")


def _require_ground(row: Connection) -> None:
    if row.requirement.state != Requirement.State.OPEN:
        raise RequirementNotOpenError(state=row.requirement.state)
    if row.supplier.state != Supplier.State.PUBLISHED:
        raise SupplierNotPublishedError
    if row.requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerSuspendedError


def _agree(row: Connection, side: Side) -> None:
    if side == Side.BUYER:
        row.buyer_agreed_at = timezone.now()
    else:
        row.supplier_agreed_at = timezone.now()


def _decide(row: Connection, state: State, *, by: Principal) -> None:
    row.decided_by, row.decided_at = by.user, timezone.now()
    enter(row, state)
