"""What a refused caller is told: the state that the connection is in, and what may be done in it."""

from typing import TypeVar

from django.utils.translation import gettext as _

from config.errors import DomainError
from matchmaking.models import Connection

State = Connection.State
Error = TypeVar("Error", bound=DomainError)


def refused(error: type[Error], connection: Connection, **context: str) -> Error:
    """The error, with the state as it is now, by code and in words."""
    standing = connection.standing()
    words = _("The connection is in the state “%(state)s”. %(advice)s")
    return error(words % {"state": standing.label, "advice": _advice(standing)}, state=standing.value, **context)


def _advice(standing: State) -> str:
    if standing in Connection.WAITING:
        return _("Who was asked can accept or decline it, who asked can take it back.")
    if standing == State.CONTRACT:
        return _("Deliveries and outcomes can be reported.")
    following = Connection.TRANSITIONS.get(standing, ())
    if not following:
        return _("It has ended. A new one can be begun while the requirement is open.")
    return _("What can follow: %(stages)s.") % {"stages": ", ".join(str(s.label) for s in State if s in following)}
