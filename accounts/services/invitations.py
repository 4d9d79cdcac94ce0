"""Asking people to join an organisation, and their answers."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.errors import (
    AlreadyInvitedError,
    AlreadyMemberError,
    InvitationExpiredError,
    InvitedOftenError,
    NotInvitedError,
    OwnersOnlyError,
)
from accounts.events import announce
from accounts.models import Invitation, Membership, Organisation
from accounts.models.invitations import GOOD_FOR
from accounts.principals import ANONYMOUS, Principal
from accounts.services.memberships import check_may_manage, join, locked_organisation
from config.errors import InvalidFactError

MOST_TO_ONE_ADDRESS = 3
WITHIN = timedelta(days=30)
State = Invitation.State


@transaction.atomic
def invite(*, email: str, role: str, organisation_id: int | None = None, by: Principal) -> Invitation:
    """Ask whoever has this address to join. The answer tells nothing of whether there is such an account.

    Args:
        organisation_id: the one that the actor acts for unless given. Staff invite people into firms.

    Raises:
        Organisation.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: the actor is neither an owner of it nor staff.
        InvalidFactError: the address has letters that look like others.
        AlreadyMemberError: a member of this organisation has the address, and is not to become an owner.
        AlreadyInvitedError: an invitation to it waits for an answer.
        InvitedOftenError: it was asked often enough for now.
    """
    inviting = organisation_id or by.organisation_id
    if inviting is None:
        raise OwnersOnlyError
    organisation = locked_organisation(inviting, by=by)
    check_may_manage(organisation, by=by)
    address = _normal(email)
    _refuse_members(organisation, address, role)
    _refuse_to_nag(organisation, address)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=address,
        role=role,
        invited_by=by.user,
        expires_at=timezone.now() + GOOD_FOR,
    )
    _tell_owners("invitation.created", invitation, by=by)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Principal) -> Invitation:
    """Take an invitation back.

    Raises:
        Invitation.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: the actor is neither an owner of the organisation nor staff.
        TransitionError: it has been answered or has ended.
    """
    invitation = _locked(invitation_id, by=by)
    check_may_manage(invitation.organisation, by=by)
    invitation.end(State.WITHDRAWN)
    _tell_owners("invitation.withdrawn", invitation, by=by)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation_id: int, by: Principal) -> Invitation:
    """Join the organisation in the role that was offered; a member becomes its owner.

    Whom the person acts for unless they say so stays as it was.

    Raises:
        Invitation.DoesNotExist, NotInvitedError, InvitationExpiredError, TransitionError: as `decline_invitation`.
        AgencyApartError: the person belongs to the agency and this is a firm, or the other way round.
        AlreadyMemberError: the person belongs to the organisation by now.
    """
    invitation = _locked_to_answer(invitation_id, by=by)
    assert by.user is not None, "only persons are invited"  # noqa: S101
    invitation.end(State.ACCEPTED)
    join(organisation=invitation.organisation, user=by.user, role=invitation.role, by=by)
    _tell_owners("invitation.accepted", invitation, by=by)
    return invitation


@transaction.atomic
def decline_invitation(*, invitation_id: int, by: Principal) -> Invitation:
    """Say no.

    Raises:
        Invitation.DoesNotExist: there is none, or the actor may not see it.
        NotInvitedError: it went to an address that the actor has not confirmed.
        InvitationExpiredError: it is past its last moment.
        TransitionError: it has been answered or withdrawn.
    """
    invitation = _locked_to_answer(invitation_id, by=by)
    invitation.end(State.DECLINED)
    _tell_owners("invitation.declined", invitation, by=by)
    return invitation


def expire_lapsed_invitations() -> int:
    """End what nobody answered in time. Safe to run at any time. Returns how many ended."""
    return sum(_expire(pk) for pk in Invitation.objects.lapsed().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _expire(invitation_id: int) -> int:
    free = Invitation.objects.lapsed().select_for_update(skip_locked=True)
    invitation = free.filter(pk=invitation_id).first()
    if invitation is None:
        return 0
    invitation.end(State.EXPIRED)
    announce("invitation.expired", subject=invitation, actor=ANONYMOUS)
    return 1


def _normal(email: str) -> str:
    address = email.strip().lower()
    if not address.isascii():  # as at sign-up
        raise InvalidFactError(_("Write the e-mail address in ASCII letters."), pointer="/email", code="not_ascii")
    return address


def _refuse_members(organisation: Organisation, address: str, role: str) -> None:
    member = organisation.memberships.filter(user__email=address).first()
    becomes_owner = role == Membership.Role.OWNER and member is not None and member.role != role
    if member is not None and not becomes_owner:
        raise AlreadyMemberError(existing=f"/api/v1/memberships/{member.public_id}")


def _refuse_to_nag(organisation: Organisation, address: str) -> None:
    """The organisation is locked, so nobody else invites for it meanwhile."""
    earlier = organisation.invitations.filter(email=address)
    for pk in earlier.lapsed().values_list("pk", flat=True):
        _expire(pk)
    if waiting := earlier.live().first():
        raise AlreadyInvitedError(existing=f"/api/v1/invitations/{waiting.public_id}")
    if earlier.filter(created_at__gt=timezone.now() - WITHIN).count() >= MOST_TO_ONE_ADDRESS:
        raise InvitedOftenError


def _locked(invitation_id: int, *, by: Principal) -> Invitation:
    """The organisation is locked first, as by whatever else changes who belongs to it."""
    organisation_id = Invitation.objects.visible_to(by).values_list("organisation_id", flat=True).get(pk=invitation_id)
    Organisation.objects.select_for_update().get(pk=organisation_id)
    rows = Invitation.objects.select_related("organisation", "invited_by")
    return rows.select_for_update(of=("self",)).get(pk=invitation_id)


def _locked_to_answer(invitation_id: int, *, by: Principal) -> Invitation:
    invitation = _locked(invitation_id, by=by)
    if not Invitation.objects.to(by.user).filter(pk=invitation_id).exists():
        raise NotInvitedError
    if invitation.state == State.PENDING and not invitation.is_live:
        raise InvitationExpiredError
    return invitation


def _tell_owners(topic: str, invitation: Invitation, *, by: Principal) -> None:
    owners = invitation.organisation.memberships.filter(role=Membership.Role.OWNER)
    announce(
        topic,
        subject=invitation,
        actor=by,
        audience=[invitation.organisation_id],
        people=list(owners.values_list("user_id", flat=True)),
        payload={"organisation_name": invitation.organisation.legal_name, "role": invitation.role},
    )
