"""Who may do what to whose rows, where seeing alone is not enough."""

from accounts.errors import LeadsOnlyError
from accounts.principals import Principal
from buyers.errors import BuyerMissingError, OwnOrganisationError
from buyers.models import Buyer, Requirement
from config.errors import InvalidFactError, NotAllowedError


def check_may_write(by: Principal) -> None:
    """
    Raises:
        NotAllowedError: the caller's role, or its key, does not permit changes.
    """
    if not by.can_write:
        raise NotAllowedError


def check_is_staff(by: Principal) -> None:
    """
    Raises:
        NotAllowedError: the caller is no person of the agency who may write.
    """
    if not (by.is_staff and by.can_write):
        raise NotAllowedError


def check_leads(by: Principal) -> None:
    """
    Raises:
        NotAllowedError: as `check_is_staff`; LeadsOnlyError where the caller does not run the agency.
    """
    check_is_staff(by)
    if not by.is_owner:
        raise LeadsOnlyError


def check_is_no_member(buyer: Buyer, by: Principal) -> None:
    """
    Raises:
        OwnOrganisationError: the caller belongs to the organisation that is to be approved.
    """
    if by.user is not None and by.user.memberships.filter(organisation_id=buyer.organisation_id).exists():
        raise OwnOrganisationError


def buyer_acting(by: Principal, *, buyer_id: int | None) -> Buyer:
    """The buyer for which something is entered: the caller's own, or the one that staff name.

    Raises:
        NotAllowedError: the caller may not write, or is no buyer.
        BuyerMissingError: the caller's organisation has not registered.
        InvalidFactError: staff named no buyer.
        Buyer.DoesNotExist: there is none, or `by` may not see it.
    """
    check_may_write(by)
    visible = Buyer.objects.visible_to(by)
    if buyer_id is not None:
        return visible.get(pk=buyer_id)
    if by.is_staff:
        raise InvalidFactError(pointer="/buyer", code="required")
    if not by.is_buyer:
        raise NotAllowedError
    buyer = visible.first()
    if buyer is None:
        raise BuyerMissingError
    return buyer


def check_owns(requirement: Requirement, by: Principal) -> None:
    """
    Raises:
        NotAllowedError: the caller sees the requirement but it is another's, or the caller may only read.
    """
    check_may_write(by)
    if not by.is_staff and requirement.buyer.organisation_id != by.organisation_id:
        raise NotAllowedError
