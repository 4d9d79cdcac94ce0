"""Who belongs to an organisation, and as what."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import AlreadyMemberError, LastOwnerError, OwnersOnlyError
from accounts.events import announce
from accounts.models import Membership, Organisation, User
from accounts.principals import Principal
from config.errors import InvalidFactError


def confirmed_user(email: str) -> User:
    """The active person with this confirmed address.

    Raises:
        InvalidFactError: there is none.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or not user.has_confirmed_email:
        detail = _("Nobody with this confirmed e-mail address. Ask the person to sign up first.")
        raise InvalidFactError(detail, pointer="/email", code="unknown_person")
    return user


@transaction.atomic
def add_member(*, organisation_id: int, user: User, role: str, by: Principal) -> Membership:
    """Let a person act for an organisation.

    Raises:
        Organisation.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: the actor is neither an owner of it nor staff.
        AlreadyMemberError: the person belongs to it.
    """
    organisation = _locked(organisation_id, by=by)
    _check_may_manage(organisation, by=by)
    if present := organisation.memberships.filter(user=user).first():
        raise AlreadyMemberError(existing=f"/api/v1/memberships/{present.public_id}")
    membership = Membership.objects.create(organisation=organisation, user=user, role=role)
    _open_or_close_the_admin(user)
    announce("membership.added", subject=membership, actor=by, audience=[organisation.pk])
    return membership


def add_member_by_email(*, email: str, role: str, by: Principal) -> Membership:
    """Let a person who has signed up act for the actor's own organisation.

    Raises:
        OwnersOnlyError: the actor is not an owner. It is said first, so that only owners learn who has signed up.
        InvalidFactError: nobody has confirmed this address.
        AlreadyMemberError: the person belongs to the organisation.
    """
    if by.organisation is None or not by.is_owner:
        raise OwnersOnlyError
    return add_member(organisation_id=by.organisation.pk, user=confirmed_user(email), role=role, by=by)


@transaction.atomic
def change_role(*, membership_id: int, role: str, expected_version: int | None = None, by: Principal) -> Membership:
    """Give a member another role.

    Raises:
        Membership.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: the actor is neither an owner of the organisation nor staff.
        StaleVersionError: it has changed since `expected_version`.
        LastOwnerError: nobody else is an owner.
    """
    membership = _locked_membership(membership_id, by=by)
    _check_may_manage(membership.organisation, by=by)
    membership.check_version(expected_version)
    if role != Membership.Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save_next_version()
    announce("membership.changed", subject=membership, actor=by, audience=[membership.organisation_id])
    return membership


@transaction.atomic
def remove_member(*, membership_id: int, expected_version: int | None = None, by: Principal) -> None:
    """End a membership. Owners remove anyone, everyone may leave.

    Raises:
        Membership.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: it is somebody else's, and the actor is neither an owner of the organisation nor staff.
        StaleVersionError: it has changed since `expected_version`.
        LastOwnerError: nobody else is an owner.
    """
    membership = _locked_membership(membership_id, by=by)
    if by.user is None or membership.user_id != by.user.pk:
        _check_may_manage(membership.organisation, by=by)
    membership.check_version(expected_version)
    _keep_an_owner(membership)
    announce("membership.removed", subject=membership, actor=by, audience=[membership.organisation_id])
    membership.delete()
    _open_or_close_the_admin(membership.user)


def _locked(organisation_id: int, *, by: Principal) -> Organisation:
    """The organisation, locked: changes of its membership happen one after another."""
    return Organisation.objects.visible_to(by).select_for_update(of=("self",)).get(pk=organisation_id)


def _locked_membership(membership_id: int, *, by: Principal) -> Membership:
    organisation_id = Membership.objects.visible_to(by).values_list("organisation_id", flat=True).get(pk=membership_id)
    Organisation.objects.select_for_update().get(pk=organisation_id)
    return (
        Membership.objects.select_for_update(of=("self",)).select_related("organisation", "user").get(pk=membership_id)
    )


def _check_may_manage(organisation: Organisation, *, by: Principal) -> None:
    owns = by.is_owner and by.organisation_id == organisation.pk
    acts_for_a_firm = by.is_staff and by.can_write and organisation.kind != Organisation.Kind.AGENCY
    if not (owns or acts_for_a_firm):
        raise OwnersOnlyError


def _keep_an_owner(leaving: Membership) -> None:
    owners = leaving.organisation.memberships.filter(role=Membership.Role.OWNER)
    if leaving.role == Membership.Role.OWNER and not owners.exclude(pk=leaving.pk).exists():
        raise LastOwnerError


def _open_or_close_the_admin(user: User) -> None:
    """The agency's people enter the admin, and nobody else but superusers."""
    of_agency = user.memberships.filter(organisation__kind=Organisation.Kind.AGENCY).exists()
    User.objects.filter(pk=user.pk).update(is_staff=of_agency or user.is_superuser)
