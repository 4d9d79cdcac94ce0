"""Acts on connections: ask, accept, decline, withdraw; and what time and the fate of either side do to them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.principals import ANONYMOUS, Principal
from accounts.services import disclose_contacts
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer, Requirement, RequirementAudience
from config.errors import InvalidFactError, NotAllowedError
from matchmaking.errors import (
    BuyerSuspendedError,
    ConnectionAlreadyDecidedError,
    ConnectionExistsError,
    RequirementNotOpenError,
    SupplierNotPublishedError,
)
from matchmaking.models import Connection, ConnectionQuerySet
from notifications.services import publish
from suppliers.models import Supplier

ANSWER_WITHIN = timedelta(days=14)
REQUIREMENT_ENDED = "requirement_ended"
SUPPLIER_NOT_PUBLISHED = "supplier_not_published"

State = Connection.State


@transaction.atomic
def request_connection(*, requirement_id: int, supplier_id: int, message: str = "", by: Principal) -> Connection:
    """Ask a supplier, on behalf of the buyer, to talk about a requirement. It has 14 days to answer.

    Where nobody has joined for the supplier yet, the agency is told, and can mediate.

    Raises:
        Requirement.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the buyer whose requirement it is.
        BuyerNotVerifiedError: the buyer is not verified.
        RequirementNotOpenError: the requirement is a draft or has ended.
        SupplierNotPublishedError: the supplier is not shown to buyers.
        ConnectionExistsError: the two talk about it already.
    """
    # Whoever asks for the same requirement at the same time waits here, and then finds the first one's connection.
    visible = Requirement.objects.visible_to(by).select_related("buyer__organisation")
    requirement = visible.select_for_update(of=("self",), no_key=True).get(pk=requirement_id)
    _require_side(requirement.buyer.organisation_id, by)
    if requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer may ask for a connection."))
    if requirement.state != Requirement.State.OPEN:
        raise RequirementNotOpenError(state=requirement.state)
    supplier = Supplier.objects.published().select_related("organisation").filter(pk=supplier_id).first()
    if supplier is None:
        raise SupplierNotPublishedError
    _make_room(requirement, supplier)
    connection = Connection.objects.create(
        requirement=requirement,
        supplier=supplier,
        message=message,
        requested_by=by.user,
        expires_at=timezone.now() + ANSWER_WITHIN,
    )
    RequirementAudience.objects.get_or_create(
        requirement=requirement,
        organisation_id=supplier.organisation_id,
        reason=RequirementAudience.Reason.CONNECTION,
    )
    _tell("connection.requested", connection, by=by, audience=[supplier.organisation_id])
    if not supplier.organisation.memberships.filter(user__is_active=True).exists():
        _tell("connection.unattended", connection, by=by, audience=Organisation.objects.agency_ids())
    return connection


@transaction.atomic
def accept_connection(*, connection_id: int, by: Principal) -> Connection:
    """Accept on behalf of the asked supplier, and open each side's contacts to the other.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the supplier.
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired.
        RequirementNotOpenError: the requirement has ended in the meantime.
        SupplierNotPublishedError: the supplier was suspended in the meantime.
        BuyerSuspendedError: the buyer was.
    """
    row = _locked(connection_id, by)
    supplier_side, buyer_side = row.supplier.organisation, row.requirement.buyer.organisation
    _require_side(supplier_side.pk, by)
    _require_undecided(row)
    if row.requirement.state != Requirement.State.OPEN:
        raise RequirementNotOpenError(state=row.requirement.state)
    if row.supplier.state != Supplier.State.PUBLISHED:
        raise SupplierNotPublishedError
    if row.requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerSuspendedError
    _decide(row, State.ACCEPTED, by=by)
    disclose_contacts(reader=buyer_side, subject=supplier_side, reason=row.public_id)
    disclose_contacts(reader=supplier_side, subject=buyer_side, reason=row.public_id)
    RequirementAudience.objects.filter(requirement=row.requirement, organisation=supplier_side).update(knows_buyer=True)
    _tell("connection.accepted", row, by=by, audience=[buyer_side.pk])
    return row


@transaction.atomic
def decline_connection(*, connection_id: int, reason: str, note: str = "", by: Principal) -> Connection:
    """Decline on behalf of the asked supplier, for a coded reason.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the supplier.
        InvalidFactError: the reason is `other` and the note is empty.
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired.
    """
    row = _locked(connection_id, by)
    _require_side(row.supplier.organisation_id, by)
    if reason == Connection.DeclineReason.OTHER and not note.strip():
        raise InvalidFactError(_("Say in words what the reason is."), pointer="/note", code="required")
    _require_undecided(row)
    row.decline_reason, row.decline_note = reason, note
    _decide(row, State.DECLINED, by=by)
    _tell("connection.declined", row, by=by, audience=[row.requirement.buyer.organisation_id], reason=note or reason)
    return row


@transaction.atomic
def withdraw_connection(*, connection_id: int, reason: str = "", by: Principal) -> Connection:
    """Take a request back on behalf of the buyer who made it, before it is answered.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the buyer.
        ConnectionAlreadyDecidedError: it was accepted, declined or withdrawn, or has expired.
    """
    row = _locked(connection_id, by)
    _require_side(row.requirement.buyer.organisation_id, by)
    _require_undecided(row)
    _move(row, State.WITHDRAWN, reason=reason)
    _tell("connection.withdrawn", row, by=by, audience=[row.supplier.organisation_id], reason=reason)
    return row


def expire_lapsed_connections() -> int:
    """Mark requests that nobody answered in time as expired, and tell both sides. Safe to run at any time."""
    return _each(Connection.objects.lapsed(), _expire)


def withdraw_groundless_connections() -> int:
    """Withdraw unanswered requests whose requirement has ended or whose supplier is no longer published."""
    return _each(Connection.objects.groundless(), _withdraw_groundless)


def _expire(connection: Connection) -> None:
    _move(connection, State.EXPIRED)
    _tell("connection.expired", connection, by=ANONYMOUS, audience=_both_sides(connection))


def _withdraw_groundless(connection: Connection) -> None:
    ended = connection.requirement.state != Requirement.State.OPEN
    reason = REQUIREMENT_ENDED if ended else SUPPLIER_NOT_PUBLISHED
    _move(connection, State.WITHDRAWN, reason=reason)
    _tell("connection.withdrawn", connection, by=ANONYMOUS, audience=_both_sides(connection), reason=reason)


def _each(queryset: ConnectionQuerySet, act: Callable[[Connection], None]) -> int:
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


def _make_room(requirement: Requirement, supplier: Supplier) -> None:
    """Close a request of the same two that has lapsed; refuse if they are still talking."""
    live = Connection.objects.live().filter(requirement=requirement, supplier=supplier).with_both_sides()
    standing = live.select_for_update(of=("self",)).first()
    if standing is None:
        return
    if standing.standing() != State.EXPIRED:
        raise ConnectionExistsError(existing=f"/api/v1/connections/{standing.public_id}")
    _expire(standing)


def _locked(connection_id: int, by: Principal) -> Connection:
    visible = Connection.objects.visible_to(by).with_both_sides()
    return visible.select_for_update(of=("self",)).get(pk=connection_id)


def _require_side(organisation_id: int, by: Principal) -> None:
    """Only the side itself speaks for itself: not the other one, and not staff."""
    if by.organisation_id != organisation_id or not by.can_write:
        raise NotAllowedError


def _require_undecided(connection: Connection) -> None:
    standing = connection.standing()
    if standing != State.REQUESTED:
        raise ConnectionAlreadyDecidedError(state=standing.value)


def _decide(connection: Connection, state: State, *, by: Principal) -> None:
    connection.decided_by, connection.decided_at = by.user, timezone.now()
    _move(connection, state)


def _move(connection: Connection, state: State, *, reason: str = "") -> None:
    connection.state, connection.state_reason = state, reason
    connection.save_next_version()


def _both_sides(connection: Connection) -> list[int]:
    return [connection.requirement.buyer.organisation_id, connection.supplier.organisation_id]


def _tell(topic: str, connection: Connection, *, by: Principal, audience: list[int], reason: str = "") -> None:
    publish(topic, subject=connection, actor=by, audience=audience, payload=_payload(connection), reason=reason)


def _payload(connection: Connection) -> dict[str, Any]:
    """What a message may say to either side; an anonymous buyer's name only once the supplier has accepted."""
    requirement = connection.requirement
    named = requirement.visibility != Requirement.Visibility.ANONYMOUS or connection.state == State.ACCEPTED
    return {
        "connection": connection.public_id,
        "requirement": requirement.public_id,
        "requirement_title": requirement.title,
        "supplier": connection.supplier.public_id,
        "supplier_name": str(connection.supplier),
        "buyer_name": str(requirement.buyer) if named else "",
        "state": connection.state,
        "reason": connection.decline_reason or connection.state_reason,
    }
