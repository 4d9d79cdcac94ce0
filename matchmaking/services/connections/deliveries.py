"""Delivery reports: the supplier reports, the buyer confirms; what a buyer reports itself counts at once."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer
from config.errors import DuplicateError, InvalidFactError
from matchmaking.errors import NoContractError
from matchmaking.models import Connection, DeliveryReport
from matchmaking.services.connections.refusals import refused
from matchmaking.services.connections.sides import Side, State, locked_connection, speaking_side
from matchmaking.services.connections.telling import tell

Standing = DeliveryReport.State


@transaction.atomic
def report_deliveries(
    *, connection_id: int, month: date, deliveries: int, good: int, note: str = "", by: Principal
) -> DeliveryReport:
    """Say how many deliveries there were in a month, and how many of them were on time and accepted.

    Args:
        month: any day of it.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for either side.
        BuyerNotVerifiedError: it is the buyer, and not verified.
        NoContractError: the two have no contract.
        InvalidFactError: the month lies ahead, or before the contract; or there were fewer deliveries than good ones.
        DuplicateError: the month is reported already.
    """
    connection = locked_connection(connection_id, by)
    side = speaking_side(connection, by)
    _require_verified(connection, side)
    if connection.state != State.CONTRACT:
        raise refused(NoContractError, connection)
    month = _checked_month(month, connection)
    if good > deliveries:
        raise InvalidFactError(_("At most as many as there were deliveries."), pointer="/good", code="max_value")
    _require_unreported(connection, month)
    is_buyer = side == Side.BUYER
    report = DeliveryReport.objects.create(
        connection=connection,
        month=month,
        deliveries=deliveries,
        good=good,
        note=note,
        state=Standing.CONFIRMED if is_buyer else Standing.REPORTED,
        reported_by=by.user,
        decided_by=by.user if is_buyer else None,
        decided_at=timezone.now() if is_buyer else None,
    )
    _tell("delivery_report.confirmed" if is_buyer else "delivery_report.added", report, by=by)
    return report


@transaction.atomic
def confirm_deliveries(*, report_id: int, by: Principal) -> DeliveryReport:
    """Confirm for the buyer what the supplier has reported: it counts for the supplier's track record from now on.

    Raises:
        DeliveryReport.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the buyer; BuyerNotVerifiedError where it is not verified.
        TransitionError: it was decided already.
    """
    return _decide(report_id, Standing.CONFIRMED, "", by)


@transaction.atomic
def dispute_deliveries(*, report_id: int, reason: str, by: Principal) -> DeliveryReport:
    """Say for the buyer that a report is wrong, or take a confirmation back. The month can then be reported anew.

    Raises: as `confirm_deliveries`.
    """
    return _decide(report_id, Standing.DISPUTED, reason, by)


def _decide(report_id: int, state: Standing, reason: str, by: Principal) -> DeliveryReport:
    connection_id = DeliveryReport.objects.visible_to(by).values_list("connection_id", flat=True).get(pk=report_id)
    connection = locked_connection(connection_id, by)
    report: DeliveryReport = DeliveryReport.objects.select_for_update().get(pk=report_id)
    report.connection = connection
    _require_verified(connection, speaking_side(connection, by, of=(Side.BUYER,)))
    report.move(state, reason=reason)
    report.decided_by, report.decided_at = by.user, timezone.now()
    report.save_next_version()
    _tell(f"delivery_report.{state}", report, by=by)
    return report


def _require_verified(connection: Connection, side: Side) -> None:
    if side == Side.BUYER and connection.requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer may confirm deliveries."))


def _checked_month(day: date, connection: Connection) -> date:
    month, start = day.replace(day=1), connection.contract_starts_on
    if month > timezone.localdate():
        raise InvalidFactError(_("That month lies ahead."), pointer="/month", code="in_the_future")
    if start is not None and month < start.replace(day=1):
        raise InvalidFactError(_("The contract had not started yet."), pointer="/month", code="before_the_contract")
    return month


def _require_unreported(connection: Connection, month: date) -> None:
    same = connection.delivery_reports.filter(month=month).exclude(state=Standing.DISPUTED).first()
    if same is not None:
        address = f"/api/v1/connections/{connection.public_id}/delivery-reports/{same.public_id}"
        raise DuplicateError(_("This month is reported already."), existing=address)


def _tell(topic: str, report: DeliveryReport, *, by: Principal) -> None:
    tell(
        topic,
        report.connection,
        by=by,
        to=[Side.BUYER if report.state == Standing.REPORTED else Side.SUPPLIER],
        reason=report.state_reason,
        report=report.public_id,
        month=f"{report.month:%Y-%m}",
        deliveries=report.deliveries,
        good=report.good,
    )
