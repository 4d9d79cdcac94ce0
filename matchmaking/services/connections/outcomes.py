"""What came of contracts: asked of both sides 12 months after the start, and each year anew while deliveries go on."""

from datetime import date, datetime, time
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.principals import ANONYMOUS, Principal
from matchmaking.errors import NoContractError
from matchmaking.models import Connection, Outcome
from matchmaking.services.connections.doors import CONTACTS_KEPT, keep_doors_open
from matchmaking.services.connections.refusals import refused
from matchmaking.services.connections.sides import BOTH, State, locked_connection, speaking_side
from matchmaking.services.connections.telling import others, tell
from matchmaking.services.connections.time import each_in_turn

Status = Outcome.Status


def a_year_after(day: date) -> date:
    """The same day of the next year; after a 29th of February the 28th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def ask_again_on(connection: Connection, due_on: date | None) -> None:
    """When both sides are asked what came of the contract; None: no more. Contacts stay open until some time after."""
    connection.outcome_due_on = due_on
    asked = timezone.now() if due_on is None else timezone.make_aware(datetime.combine(due_on, time.min))
    keep_doors_open(connection, until=max(asked, timezone.now()) + CONTACTS_KEPT)


def ask_for_outcomes(*, today: date) -> int:
    """Ask both sides of contracts of which a year is over, and once more where neither answers. Safe at any time."""
    return each_in_turn(Connection.objects.outcome_due(today), partial(_ask, today=today))


def _ask(connection: Connection, *, today: date) -> None:
    """No new version: what either side reads stays the same."""
    connection.outcome_asked_on = today
    connection.save(update_fields=["outcome_asked_on"])
    tell("connection.outcome_asked", connection, by=ANONYMOUS, to=BOTH)


@transaction.atomic
def tell_outcome(*, connection_id: int, status: str, value_band: str = "", note: str = "", by: Principal) -> Outcome:
    """Say for either side what has become of a contract. While deliveries go on, it is asked again in a year.

    Once one side has said that it has ended it is asked no more; the other may still say its own word.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for either side.
        NoContractError: the two have no contract.
    """
    connection = locked_connection(connection_id, by)
    side = speaking_side(connection, by)
    if connection.state != State.CONTRACT:
        raise refused(NoContractError, connection)
    outcome = Outcome.objects.create(
        connection=connection, side=side, status=status, value_band=value_band, note=note, told_by=by.user
    )
    _plan(connection, status)
    connection.save_next_version()
    tell("connection.outcome_told", connection, by=by, to=others(connection, side), reason=note, status=status)
    return outcome


def _plan(connection: Connection, status: str) -> None:
    """When to ask again. What has ended for one side stays so: nobody keeps the other's contacts open by a word."""
    due_on = connection.outcome_due_on
    if due_on is None:
        return
    if status != Status.ONGOING:
        ask_again_on(connection, None)
    elif due_on <= timezone.localdate():
        ask_again_on(connection, a_year_after(due_on))
