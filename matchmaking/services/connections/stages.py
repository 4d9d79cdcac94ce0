"""After both sides have agreed: visit, sample, trial, and what came of it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.models import Requirement
from buyers.services import award_requirement
from config.errors import InvalidFactError, NotAllowedError, TransitionError
from matchmaking.models import Connection
from matchmaking.services.connections.answering import require_words
from matchmaking.services.connections.doors import CONTACTS_KEPT, keep_doors_open
from matchmaking.services.connections.outcomes import a_year_after, ask_again_on
from matchmaking.services.connections.refusals import refused
from matchmaking.services.connections.sides import Side, State, enter, locked_connection, speaking_side
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
    award: bool = False,
    by: Principal,
) -> Connection:
    """Say, on behalf of either side, how far the two have come. Stages may be passed over, but not gone back to.

    Args:
        to: one of `STAGES`.
        reason: coded, of a loss; with a note where it is `other`.
        value_band, starts_on: of a contract, both.
        award: of a contract: the buyer says that its requirement is awarded with it, and ends.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for either side, or awards the requirement of another.
        InvalidFactError: what the stage needs is missing, or something is said that is no matter of the stage.
        TransitionError: that stage does not lie ahead, or the requirement has ended otherwise.
    """
    if award:
        _lock_requirement(connection_id)
    row = locked_connection(connection_id, by)
    side = speaking_side(row, by)
    _require_details(to, reason=reason, note=note, value_band=value_band, starts_on=starts_on, award=award)
    if award and side != Side.BUYER:
        raise NotAllowedError(_("Only the buyer can award its requirement."))
    state = State(to)
    _require_ahead(row, state)
    row.loss_reason, row.loss_note = reason, note
    row.value_band, row.contract_starts_on = value_band, starts_on
    if state == State.CONTRACT and starts_on is not None:
        ask_again_on(row, a_year_after(starts_on))
    enter(row, state)
    if state == State.LOST:
        keep_doors_open(row, until=timezone.now() + CONTACTS_KEPT)
    tell(TOPIC_OF.get(state, "connection.advanced"), row, by=by, to=others(row, side), reason=note or reason)
    if award and row.requirement.state != Requirement.State.AWARDED:
        award_requirement(requirement_id=row.requirement_id, by=by)
    return row


def _lock_requirement(connection_id: int) -> None:
    """Before the connection, as whoever begins to talk locks them, so that neither waits for the other for ever."""
    its = Connection.objects.filter(pk=connection_id).values("requirement")
    list(Requirement.objects.select_for_update().filter(pk__in=its).values_list("pk"))


def _require_ahead(row: Connection, state: State) -> None:
    standing = row.standing()
    if state not in Connection.TRANSITIONS.get(standing, ()):
        raise refused(TransitionError, row, current_state=standing.value, asked_state=state.value)


def _require_details(to: str, **given: Any) -> None:
    needed = {State.LOST: {"reason"}, State.CONTRACT: {"value_band", "starts_on"}}.get(State(to), set())
    taken = needed | {State.LOST: {"note"}, State.CONTRACT: {"award"}}.get(State(to), set())
    for name, value in given.items():
        if name in needed and not value:
            raise InvalidFactError(_("This stage needs it."), pointer=f"/{name}", code="required")
        if name not in taken and value:
            raise InvalidFactError(_("This stage does not take it."), pointer=f"/{name}", code="not_of_this_stage")
    if to == State.LOST:
        require_words(given["reason"], given["note"])
