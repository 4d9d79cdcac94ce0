"""Who speaks for which side of a connection, under the row's lock."""

from collections.abc import Collection

from django.utils import timezone

from accounts.principals import Principal
from config.errors import NotAllowedError
from matchmaking.errors import ConnectionAlreadyDecidedError
from matchmaking.models import Connection
from matchmaking.services.connections.refusals import refused

Side = Connection.Side
State = Connection.State
BOTH = (Side.BUYER, Side.SUPPLIER)


def locked_connection(connection_id: int, by: Principal) -> Connection:
    """
    Raises:
        Connection.DoesNotExist: there is none, or the caller may not see it.
    """
    visible = Connection.objects.visible_to(by).with_both_sides()
    return visible.select_for_update(of=("self",)).get(pk=connection_id)


def speaking_side(connection: Connection, by: Principal, *, of: Collection[str] = BOTH) -> Side:
    """The side for which the caller speaks. A side speaks for itself alone; the agency for neither of the two.

    Raises:
        NotAllowedError: it is none of these, or the caller may not write for it.
    """
    side = Side.AGENCY if by.is_staff else connection.side_of(by.organisation_id)
    if side is None or side not in of or not by.can_write:
        raise NotAllowedError
    return side


def require_unanswered(connection: Connection) -> None:
    """
    Raises:
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired.
    """
    if connection.standing() not in Connection.WAITING:
        raise refused(ConnectionAlreadyDecidedError, connection)


def enter(connection: Connection, state: State, *, reason: str = "") -> None:
    """Move to another state, as drawn, and save.

    Raises:
        TransitionError: no such move is drawn.
    """
    connection.move(state, reason=reason)
    connection.state_since = timezone.now()
    connection.save_next_version()
