"""What time and the fate of either side do to connections that wait for an answer. Safe to run at any time."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from accounts.principals import ANONYMOUS
from buyers.models import Requirement
from matchmaking.models import Connection, ConnectionQuerySet
from matchmaking.services.connections.sides import BOTH, Side, State, enter
from matchmaking.services.connections.telling import tell

REQUIREMENT_ENDED = "requirement_ended"
SUPPLIER_NOT_PUBLISHED = "supplier_not_published"


def expire_lapsed_connections() -> int:
    """Mark those that nobody answered in time as expired, and tell both sides."""
    return each_in_turn(Connection.objects.lapsed(), expire)


def withdraw_groundless_connections() -> int:
    """Withdraw unanswered ones whose requirement has ended or whose supplier is no longer published."""
    return each_in_turn(Connection.objects.groundless(), _withdraw_groundless)


def remind_of_unanswered_connections() -> int:
    """Remind whoever has not answered after 7 and after 12 days, once each; the second time the agency is warned too.

    Where a day was missed only the later reminder is sent.
    """
    later_first = sorted(Connection.REMINDER_DAYS, reverse=True)
    return sum(each_in_turn(Connection.objects.unreminded(day), partial(_remind, day=day)) for day in later_first)


def expire(connection: Connection) -> None:
    """Call it on a row that is locked and has lapsed."""
    enter(connection, State.EXPIRED)
    tell("connection.expired", connection, by=ANONYMOUS, to=BOTH)


def _withdraw_groundless(connection: Connection) -> None:
    ended = connection.requirement.state != Requirement.State.OPEN
    reason = REQUIREMENT_ENDED if ended else SUPPLIER_NOT_PUBLISHED
    enter(connection, State.WITHDRAWN, reason=reason)
    tell("connection.withdrawn", connection, by=ANONYMOUS, to=BOTH, reason=reason)


def _remind(connection: Connection, *, day: int) -> None:
    """No new version: what either side reads stays the same."""
    connection.reminded_on_day = day
    connection.save(update_fields=["reminded_on_day"])
    tell("connection.reminded", connection, by=ANONYMOUS, to=connection.awaited())
    if day == Connection.REMINDER_DAYS[-1]:
        tell("connection.late", connection, by=ANONYMOUS, to=[Side.AGENCY])


def each_in_turn(queryset: ConnectionQuerySet, act: Callable[[Connection], None]) -> int:
    """Do something to each row in a transaction of its own, passing over those that someone else holds."""
    done = 0
    for pk in list(queryset.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            mine = queryset.filter(pk=pk).with_both_sides().select_for_update(of=("self",), skip_locked=True)
            row = mine.first()
            if row is not None:
                act(row)
                done += 1
    return done
