"""Registering as a buyer, and the staff's decisions on who may act as one."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import note_names_checked
from buyers.errors import BuyerExistsError
from buyers.models import Buyer
from buyers.reasons import required_reason
from buyers.rights import check_is_no_member, check_is_staff, check_leads, check_may_write
from config.errors import NotAllowedError
from notifications.services import publish


@transaction.atomic
def create_buyer(*, values: Mapping[str, Any], by: Principal) -> Buyer:
    """Register the caller's organisation as a buyer; staff then verify it.

    Args:
        values: parent_country (ISO 3166-1), description, sectors (rows); all may be left out.

    Raises:
        NotAllowedError: the caller may not write, or its organisation is no buyer.
        BuyerExistsError: it is registered already.
    """
    check_may_write(by)
    if by.organisation is None or not by.is_buyer:
        raise NotAllowedError
    # The lock makes a second registration wait, so that it meets the first instead of a constraint.
    organisation = Organisation.objects.select_for_update().get(pk=by.organisation.pk)
    if existing := Buyer.objects.filter(organisation=organisation).first():
        raise BuyerExistsError(existing=f"/api/v1/buyers/{existing.public_id}")
    buyer = Buyer(organisation=organisation)
    _write(buyer, values)
    publish("buyer.registered", subject=buyer, actor=by, audience=[organisation.pk, *Organisation.objects.agency_ids()])
    return buyer


@transaction.atomic
def change_buyer(
    *, buyer_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> Buyer:
    """Change what a buyer says of itself.

    Raises:
        Buyer.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError: the caller may not write.
        StaleVersionError: the row has moved on since `expected_version`.
    """
    check_may_write(by)
    buyer = _locked(buyer_id, by)
    buyer.check_version(expected_version)
    buyer.version += 1
    _write(buyer, values)
    publish("buyer.changed", subject=buyer, actor=by)
    return buyer


def verify_buyer(*, buyer_id: int, by: Principal, expected_version: int | None = None) -> Buyer:
    """Confirm that a registered buyer is who it says: from now on it may open requirements.

    Raises:
        NotAllowedError: the caller is not staff, or a member of that organisation (OwnOrganisationError).
        TransitionError: the buyer is not waiting to be verified.
    """
    return _decide(Buyer.State.VERIFIED, "buyer.verified", buyer_id, by, expected_version, only_from="registered")


def reject_buyer(*, buyer_id: int, reason: str, by: Principal, expected_version: int | None = None) -> Buyer:
    """Turn a registered buyer down, for a reason.

    Raises: as `verify_buyer`; InvalidFactError without a reason.
    """
    reason = required_reason(reason)
    return _decide(Buyer.State.REJECTED, "buyer.rejected", buyer_id, by, expected_version, reason=reason)


def suspend_buyer(*, buyer_id: int, reason: str, by: Principal, expected_version: int | None = None) -> Buyer:
    """Take a verified buyer's rights away until it is reinstated.

    Raises: as `verify_buyer`; InvalidFactError without a reason.
    """
    reason = required_reason(reason)
    return _decide(Buyer.State.SUSPENDED, "buyer.suspended", buyer_id, by, expected_version, reason=reason)


def reinstate_buyer(*, buyer_id: int, by: Principal, reason: str = "", expected_version: int | None = None) -> Buyer:
    """Give a suspended buyer its rights back.

    Raises: as `verify_buyer`.
    """
    state = Buyer.State.VERIFIED
    return _decide(state, "buyer.reinstated", buyer_id, by, expected_version, reason=reason, only_from="suspended")


def undo_buyer_decision(*, buyer_id: int, reason: str, by: Principal, expected_version: int | None = None) -> Buyer:
    """Take back a verification or rejection that was a mistake: the buyer waits for a decision again.

    What it did as a verified one stays, and counts again once it is verified.

    Raises: as `verify_buyer`; LeadsOnlyError where the caller does not run the agency; InvalidFactError without a
        reason; TransitionError where it is neither verified nor rejected.
    """
    check_leads(by)
    reason = required_reason(reason)
    return _decide(Buyer.State.REGISTERED, "buyer.undone", buyer_id, by, expected_version, reason=reason)


@transaction.atomic
def _decide(
    to: Buyer.State,
    topic: str,
    buyer_id: int,
    by: Principal,
    expected_version: int | None,
    *,
    reason: str = "",
    only_from: str | None = None,
) -> Buyer:
    check_is_staff(by)
    buyer = _locked(buyer_id, by)
    buyer.check_version(expected_version)
    buyer.move(to, reason=reason, only_from=only_from)
    if to == Buyer.State.VERIFIED:
        check_is_no_member(buyer, by)
    buyer.save_next_version()
    _mark_organisation(buyer)
    publish(topic, subject=buyer, actor=by, audience=[buyer.organisation_id], reason=reason)
    return buyer


def _mark_organisation(buyer: Buyer) -> None:
    """Tell apps that know no buyers whether the organisation is one that staff vouch for at present."""
    verified_at = timezone.now() if buyer.state == Buyer.State.VERIFIED else None
    organisation = Organisation.objects.select_for_update().get(pk=buyer.organisation_id)
    organisation.verified_at = verified_at
    organisation.save_next_version()
    if verified_at is not None:
        note_names_checked(organisation.pk)


def _locked(buyer_id: int, by: Principal) -> Buyer:
    return Buyer.objects.visible_to(by).select_for_update(of=("self",)).get(pk=buyer_id)


def _write(buyer: Buyer, values: Mapping[str, Any]) -> None:
    for name in ("parent_country", "description"):
        if name in values:
            setattr(buyer, name, values[name])
    buyer.save()
    if "sectors" in values:
        buyer.sectors.set(values["sectors"])
