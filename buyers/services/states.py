"""Opening a requirement, and all the ways in which it ends."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.content import content_of
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer, Requirement
from buyers.reasons import checked_reason, required_reason
from buyers.services.dates import check_dates, check_not_past
from buyers.services.history import keep_version, read_again
from buyers.services.requirements import locked_requirement
from notifications.services import publish

State = Requirement.State


@transaction.atomic
def open_requirement(*, requirement_id: int, by: Principal, expected_version: int | None = None) -> Requirement:
    """Publish a draft to those whom its visibility names. This is its first version.

    Raises:
        Requirement.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError: it is another's; BuyerNotVerifiedError where staff have not verified the buyer.
        StaleVersionError: the row has moved on since `expected_version`.
        TransitionError: it is no draft.
        InvalidFactError: one of its dates has passed.
    """
    requirement = locked_requirement(requirement_id, by)
    requirement.check_version(expected_version)
    requirement.move(State.OPEN, only_from=State.DRAFT)
    _check_ready(requirement)
    requirement.opened_at = timezone.now()
    requirement.save_next_version()
    keep_version(requirement, by=by)
    _tell("requirement.opened", requirement, by)
    return requirement


@transaction.atomic
def reopen_requirement(
    *, requirement_id: int, answer_by: date, by: Principal, expected_version: int | None = None
) -> Requirement:
    """Open an expired requirement again, for answers until a new day. What is asked gets a new version.

    Raises: as `open_requirement`; TransitionError where it has not expired.
    """
    requirement = locked_requirement(requirement_id, by)
    requirement.check_version(expected_version)
    requirement.move(State.OPEN, only_from=State.EXPIRED)
    requirement.answer_by = answer_by
    check_dates({"answer_by": answer_by, "needed_on": requirement.needed_on})
    _check_ready(requirement)
    requirement.content_version += 1
    requirement.save_next_version()
    keep_version(requirement, by=by)
    _tell("requirement.reopened", requirement, by)
    return requirement


def withdraw_requirement(
    *, requirement_id: int, reason: str, by: Principal, expected_version: int | None = None
) -> Requirement:
    """End an open requirement because it is no longer needed.

    Raises: as `open_requirement`; InvalidFactError without a reason; TransitionError where it is not open.
    """
    reason = required_reason(reason)
    return _end(State.WITHDRAWN, "requirement.withdrawn", requirement_id, reason, by, expected_version)


def award_requirement(
    *, requirement_id: int, by: Principal, reason: str = "", expected_version: int | None = None
) -> Requirement:
    """End an open requirement because a supplier got the order.

    Raises: as `withdraw_requirement`; the reason may be left out.
    """
    return _end(State.AWARDED, "requirement.awarded", requirement_id, reason, by, expected_version)


def close_requirement(
    *, requirement_id: int, reason: str, by: Principal, expected_version: int | None = None
) -> Requirement:
    """End an open requirement without an order.

    Raises: as `withdraw_requirement`.
    """
    reason = required_reason(reason)
    return _end(State.CLOSED_NO_AWARD, "requirement.closed", requirement_id, reason, by, expected_version)


@transaction.atomic
def _end(
    to: Requirement.State, topic: str, requirement_id: int, reason: str, by: Principal, expected_version: int | None
) -> Requirement:
    requirement = locked_requirement(requirement_id, by)
    requirement.check_version(expected_version)
    requirement.move(to, reason=checked_reason(reason))
    requirement.save_next_version()
    _tell(topic, requirement, by)
    return requirement


def _check_ready(requirement: Requirement) -> None:
    """What opening needs beyond what a draft needs. The lock keeps the buyer verified until it is done."""
    buyer = Buyer.objects.select_for_update().get(pk=requirement.buyer_id)
    if buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer may open a requirement."))
    content_of(read_again(requirement))
    check_not_past({"answer_by": requirement.answer_by, "needed_on": requirement.needed_on})


def _tell(topic: str, requirement: Requirement, by: Principal) -> None:
    publish(
        topic,
        subject=requirement,
        actor=by,
        audience=[requirement.buyer.organisation_id],
        payload={"content_version": requirement.content_version},
        reason=requirement.state_reason,
    )
