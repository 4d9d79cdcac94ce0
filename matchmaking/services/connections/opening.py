"""The first word: a buyer asks, a supplier offers, or the agency proposes that the two should talk."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer, Requirement, RequirementAudience
from config.errors import NotAllowedError
from matchmaking.errors import (
    BuyerSuspendedError,
    ConnectionExistsError,
    RequirementNotOpenError,
    SupplierNotPublishedError,
)
from matchmaking.models import Connection
from matchmaking.services.connections.sides import BOTH, Side, State
from matchmaking.services.connections.telling import tell
from matchmaking.services.connections.time import expire
from suppliers.models import Supplier, SupplierQuerySet


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
    requirement = locked_to_ask(requirement_id, by)
    connection = _open(requirement, _locked_published(supplier_id), State.REQUESTED, message, by)
    tell("connection.requested", connection, by=by, to=[Side.SUPPLIER])
    if not connection.supplier.organisation.memberships.filter(user__is_active=True).exists():
        tell("connection.unattended", connection, by=by, to=[Side.AGENCY])
    return connection


@transaction.atomic
def offer_connection(*, requirement_id: int, supplier_id: int, message: str = "", by: Principal) -> Connection:
    """Offer, on behalf of a supplier, to talk about a requirement that it sees. The buyer has 14 days to answer.

    Raises:
        Requirement.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for the supplier.
        RequirementNotOpenError, BuyerSuspendedError: nobody can be asked about it at present.
        SupplierNotPublishedError: the supplier is not shown to buyers.
        ConnectionExistsError: the two talk about it already.
    """
    requirement = _locked_requirement(requirement_id, by)
    firm = _locked(Supplier.objects.visible_to(by)).get(pk=supplier_id)
    _require(by, firm.organisation_id)
    if requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerSuspendedError
    published = firm if firm.state == Supplier.State.PUBLISHED else None
    connection = _open(requirement, published, State.OFFERED, message, by)
    tell("connection.offered", connection, by=by, to=[Side.BUYER])
    return connection


@transaction.atomic
def propose_connection(*, requirement_id: int, supplier_id: int, message: str = "", by: Principal) -> Connection:
    """Propose, for the agency, that a buyer and a supplier talk. It is accepted once both have agreed, within 14 days.

    Raises:
        Requirement.DoesNotExist: there is none.
        NotAllowedError: the caller does not write for the agency.
        RequirementNotOpenError, BuyerSuspendedError, SupplierNotPublishedError, ConnectionExistsError: as
            `offer_connection`.
    """
    if not by.is_staff or not by.can_write:
        raise NotAllowedError
    requirement = _locked_requirement(requirement_id, by)
    if requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerSuspendedError
    connection = _open(requirement, _locked_published(supplier_id), State.PROPOSED, message, by)
    tell("connection.proposed", connection, by=by, to=BOTH)
    return connection


def locked_to_ask(requirement_id: int, by: Principal) -> Requirement:
    """The requirement, locked, about which the caller may ask suppliers now. Raises what `request_connection` does."""
    requirement = _locked_requirement(requirement_id, by)
    _require(by, requirement.buyer.organisation_id)
    if requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer may ask for a connection."))
    if requirement.state != Requirement.State.OPEN:
        raise RequirementNotOpenError(state=requirement.state)
    return requirement


STARTED_BY = {State.REQUESTED: Side.BUYER, State.OFFERED: Side.SUPPLIER, State.PROPOSED: Side.AGENCY}


def _locked_requirement(requirement_id: int, by: Principal) -> Requirement:
    """Locked: whoever opens one for the same requirement at the same time waits here, and then finds the first one."""
    visible = Requirement.objects.visible_to(by).select_related("buyer__organisation")
    return visible.select_for_update(of=("self",), no_key=True).get(pk=requirement_id)


def _locked_published(supplier_id: int) -> Supplier | None:
    return _locked(Supplier.objects.published()).filter(pk=supplier_id).first()


def _locked(suppliers: SupplierQuerySet) -> SupplierQuerySet:
    """Locked, after the requirement: whoever merges or suspends the firm at the same time comes before or after. Who
    opens several takes them in the order of their keys, so that nobody waits in a circle."""
    return suppliers.select_related("organisation").select_for_update(of=("self",), no_key=True)


def _require(by: Principal, organisation_id: int) -> None:
    if by.organisation_id != organisation_id or not by.can_write:
        raise NotAllowedError


def _open(requirement: Requirement, supplier: Supplier | None, state: State, message: str, by: Principal) -> Connection:
    if requirement.state != Requirement.State.OPEN:
        raise RequirementNotOpenError(state=requirement.state)
    if supplier is None:
        raise SupplierNotPublishedError
    _make_room(requirement, supplier)
    now, initiator = timezone.now(), STARTED_BY[state]
    connection = Connection.objects.create(
        requirement=requirement,
        supplier=supplier,
        message=message,
        state=state,
        state_since=now,
        initiator=initiator,
        buyer_agreed_at=now if initiator == Side.BUYER else None,
        supplier_agreed_at=now if initiator == Side.SUPPLIER else None,
        requested_by=by.user,
        expires_at=now + Connection.ANSWER_WITHIN,
    )
    RequirementAudience.objects.get_or_create(
        requirement=requirement,
        organisation_id=supplier.organisation_id,
        reason=RequirementAudience.Reason.CONNECTION,
    )
    return connection


def _make_room(requirement: Requirement, supplier: Supplier) -> None:
    """Close a connection of the same two that has lapsed; refuse if they are still talking."""
    live = Connection.objects.live().filter(requirement=requirement, supplier=supplier).with_both_sides()
    standing = live.select_for_update(of=("self",)).first()
    if standing is None:
        return
    if standing.standing() != State.EXPIRED:
        raise ConnectionExistsError(existing=f"/api/v1/connections/{standing.public_id}")
    expire(standing)
