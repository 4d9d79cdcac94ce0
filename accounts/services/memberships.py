"""Who belongs to an organisation, and as what."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.errors import AgencyApartError, AlreadyMemberError, LastOwnerError, OwnersAgreeError, OwnersOnlyError
from accounts.events import announce
from accounts.models import ApiKey, Invitation, Membership, Organisation, User
from accounts.principals import Principal


@transaction.atomic
def add_member(*, organisation_id: int, user: User, role: str, by: Principal) -> Membership:
    """Let a person act for a firm who has asked for it. Whom nobody heard is invited instead.

    Raises:
        Organisation.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: the actor is neither an owner of it nor staff.
        AlreadyMemberError: the person belongs to it.
        AgencyApartError: the person belongs to the agency.
    """
    organisation = locked_organisation(organisation_id, by=by)
    check_may_manage(organisation, by=by)
    return join(organisation=organisation, user=user, role=role, by=by)


def join(*, organisation: Organisation, user: User, role: str, by: Principal) -> Membership:
    """Make a person who agrees a member, or a member an owner. Call it with the organisation locked.

    Raises:
        AlreadyMemberError: the person belongs to it, and is not to become its owner.
        AgencyApartError: of the agency and a firm, the person would belong to both.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    present = organisation.memberships.filter(user=user).first()
    if present is None:
        _keep_apart(organisation, user)
        membership = Membership.objects.create(organisation=organisation, user=user, role=role)
        _open_or_close_the_admin(user)
        announce("membership.added", subject=membership, actor=by, audience=[organisation.pk])
        return membership
    if role != Membership.Role.OWNER or present.role == role:
        raise AlreadyMemberError(existing=f"/api/v1/memberships/{present.public_id}")
    return _give_role(present, role, by=by)


@transaction.atomic
def change_role(*, membership_id: int, role: str, expected_version: int | None = None, by: Principal) -> Membership:
    """Give a member another role. To become an owner, the person is invited and agrees.

    Raises:
        Membership.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: the actor is neither an owner of the organisation nor staff.
        StaleVersionError: it has changed since `expected_version`.
        OwnersAgreeError: the person is to become an owner.
        LastOwnerError: nobody else is an owner, and the actor is not staff.
    """
    membership = _locked_membership(membership_id, by=by)
    check_may_manage(membership.organisation, by=by)
    membership.check_version(expected_version)
    if role != membership.role == Membership.Role.OWNER:
        _keep_an_owner(membership, by=by)
    if role == Membership.Role.OWNER != membership.role:
        raise OwnersAgreeError(invitations="/api/v1/invitations")
    return _give_role(membership, role, by=by)


@transaction.atomic
def remove_member(*, membership_id: int, expected_version: int | None = None, by: Principal) -> None:
    """End a membership. Owners remove anyone, everyone may leave. Who is the only member leaves nobody behind.

    Raises:
        Membership.DoesNotExist: there is none, or the actor may not see it.
        OwnersOnlyError: it is somebody else's, and the actor is neither an owner of the organisation nor staff.
        StaleVersionError: it has changed since `expected_version`.
        LastOwnerError: others would stay without an owner, and the actor is not staff.
    """
    membership = _locked_membership(membership_id, by=by)
    if by.user is None or membership.user_id != by.user.pk:
        check_may_manage(membership.organisation, by=by)
    membership.check_version(expected_version)
    _keep_an_owner(membership, by=by)
    announce("membership.removed", subject=membership, actor=by, audience=[membership.organisation_id])
    membership.delete()
    _open_or_close_the_admin(membership.user)
    wind_up_the_deserted([membership.organisation_id])


def owned_by_alone(person: User) -> list[Organisation]:
    """Organisations whose other members would be without an owner if the person left."""
    owned = Organisation.objects.filter(memberships__user=person, memberships__role=Membership.Role.OWNER)
    return [each for each in owned.order_by("pk") if _needs(each, owner=person)]


def wind_up_the_deserted(organisations: Collection[int]) -> None:
    """Where nobody is left, nobody answers for the organisation's software, nor for whom it invited."""
    deserted = Organisation.objects.filter(pk__in=organisations, memberships=None)
    ApiKey.objects.filter(organisation__in=deserted, revoked_at=None).update(revoked_at=timezone.now())
    for invitation in Invitation.objects.select_for_update().filter(organisation__in=deserted, state="pending"):
        invitation.end(Invitation.State.WITHDRAWN)


def locked_organisation(organisation_id: int, *, by: Principal) -> Organisation:
    """The organisation, locked: changes of its membership happen one after another."""
    return Organisation.objects.visible_to(by).select_for_update(of=("self",)).get(pk=organisation_id)


def _locked_membership(membership_id: int, *, by: Principal) -> Membership:
    organisation_id = Membership.objects.visible_to(by).values_list("organisation_id", flat=True).get(pk=membership_id)
    Organisation.objects.select_for_update().get(pk=organisation_id)
    return (
        Membership.objects.select_for_update(of=("self",)).select_related("organisation", "user").get(pk=membership_id)
    )


def check_may_manage(organisation: Organisation, *, by: Principal) -> None:
    owns = by.is_owner and by.organisation_id == organisation.pk
    acts_for_a_firm = by.is_staff and by.can_write and organisation.kind != Organisation.Kind.AGENCY
    if not (owns or acts_for_a_firm):
        raise OwnersOnlyError


def _give_role(membership: Membership, role: str, *, by: Principal) -> Membership:
    membership.role = role
    membership.save_next_version()
    announce("membership.changed", subject=membership, actor=by, audience=[membership.organisation_id])
    return membership


def _keep_an_owner(leaving: Membership, *, by: Principal) -> None:
    """Staff may leave a firm without an owner: they find it another, or nobody would ever get out."""
    if leaving.role != Membership.Role.OWNER or (by.is_staff and leaving.organisation.kind != Organisation.Kind.AGENCY):
        return
    others = leaving.organisation.memberships.exclude(pk=leaving.pk)
    is_pushed = leaving.user != by.user and not others.filter(role=Membership.Role.OWNER).exists()
    if is_pushed or _needs(leaving.organisation, owner=leaving.user):
        raise LastOwnerError


def _needs(organisation: Organisation, *, owner: User) -> bool:
    """Whether others would stay behind without an owner. The agency always needs one."""
    others = organisation.memberships.exclude(user=owner)
    is_agency = organisation.kind == Organisation.Kind.AGENCY
    return (is_agency or others.exists()) and not others.filter(role=Membership.Role.OWNER).exists()


def _keep_apart(organisation: Organisation, user: User) -> None:
    of_agency = Membership.objects.filter(user=user, organisation__kind=Organisation.Kind.AGENCY)
    of_firms = Membership.objects.filter(user=user).exclude(organisation__kind=Organisation.Kind.AGENCY)
    if (of_firms if organisation.kind == Organisation.Kind.AGENCY else of_agency).exists():
        raise AgencyApartError


def _open_or_close_the_admin(user: User) -> None:
    """The agency's people enter the admin, and nobody else but superusers."""
    of_agency = user.memberships.filter(organisation__kind=Organisation.Kind.AGENCY).exists()
    User.objects.filter(pk=user.pk).update(is_staff=of_agency or user.is_superuser)
