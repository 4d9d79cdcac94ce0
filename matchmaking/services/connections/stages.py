"""After both sides have agreed: visit, sample, trial, and what came of it."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from config.errors import InvalidFactError
from matchmaking.models import Connection
from matchmaking.services.connections.answering import require_words
from matchmaking.services.connections.doors import CONTACTS_KEPT, keep_doors_open
from matchmaking.services.connections.outcomes import a_year_after, ask_again_on
from matchmaking.services.connections.sides import State, enter, locked_connection, speaking_side
from matchmaking.services.connections.telling import others, tell

TOPIC_OF = {State.CONTRACT: "connection.contracted", State.LOST: "connection.lost"}
STAGES = (State.VISIT, State.SAMPLE, State.TRIAL, State.CONTRACT, State.LOST)


@transaction.atomic
def advance_connection(
    *,
    connection_id: int,
    to: str,
    reason: str = "",
    note: str = "",
    value_band: str = "",
    starts_on: date | None = None,
    by: Principal,
) -> Connection:
    """Say, on behalf of either side, how far the two have come. Stages may be passed over, but not gone back to.

    Args:
        to: one of `STAGES`.
        reason: coded, of a loss; with a note where it is `other`.
        value_band, starts_on: of a contract, both.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for either side.
        InvalidFactError: what the stage needs is missing, or something is said that is no matter of the stage.
        TransitionError: that stage does not lie ahead.
    """
    row = locked_connection(connection_id, by)
    side = speaking_side(row, by)
    _require_details(to, reason=reason, note=note, value_band=value_band, starts_on=starts_on)
    state = State(to)
    row.loss_reason, row.loss_note = reason, note
    row.value_band, row.contract_starts_on = value_band, starts_on
    if state == State.CONTRACT and starts_on is not None:
        ask_again_on(row, a_year_after(starts_on))
    enter(row, state)
    if state == State.LOST:
        keep_doors_open(row, until=timezone.now() + CONTACTS_KEPT)
    tell(TOPIC_OF.get(state, "connection.advanced"), row, by=by, to=others(row, side), reason=note or reason)
    return row


def _require_details(to: str, *, reason: str, note: str, value_band: str, starts_on: date | None) -> None:
    given = {"reason": reason, "note": note, "value_band": value_band, "starts_on": starts_on}
    needed = {State.LOST: {"reason"}, State.CONTRACT: {"value_band", "starts_on"}}.get(State(to), set())
    taken = needed | ({"note"} if to == State.LOST else set())
    for name, value in given.items():
        if name in needed and not value:
            raise InvalidFactError(_("This stage needs it."), pointer=f"/{name}", code="required")
        if name not in taken and value:
            raise InvalidFactError(_("This stage does not take it."), pointer=f"/{name}", code="not_of_this_stage")
    if to == State.LOST:
        require_words(reason, note)
