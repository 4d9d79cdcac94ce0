"""Personal data in accounts, and in the packages by which people sign in."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q

from accounts.models import Change, Invitation, Membership, Organisation, User
from config.personal_data import Erasure, Reference, Trace, references, traces

OWN = (
    "public_id",
    "email",
    "full_name",
    "phone",
    "language",
    "time_zone",
    "is_active",
    "is_staff",
    "created_at",
    "last_login",
)
NO_CONTACT = {"contact_name": "", "contact_email": "", "contact_phone": ""}

references += [
    Reference(
        path="accounts.ContactReading.person",
        section="contacts_read",
        shows=("public_id", "subject__legal_name", "reason", "created_at", "address", "request_id"),
        erasure=Erasure.KEPT,
        because="Whoever was disclosed may ask to whom; the database refuses to change such rows.",
    ),
    Reference(
        path="accounts.Membership.user",
        section="memberships",
        shows=("public_id", "organisation__legal_name", "role", "created_at"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="accounts.SavedFilter.person",
        section="saved_filters",
        shows=("page", "name", "query", "created_at"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="accounts.Invitation.invited_by",
        section="invitations_sent",
        shows=("public_id", "organisation__legal_name", "role", "state", "created_at", "decided_at"),
        erasure=Erasure.KEPT,
        because="The invitation is the organisation's; it is deleted 90 days after its end.",
    ),
    Reference(
        path="accounts.ApiKey.created_by",
        section="api_keys_made",
        shows=("public_id", "name", "visible_prefix", "scopes", "created_at", "expires_at", "revoked_at"),
        erasure=Erasure.KEPT,
        because="The key is the organisation's.",
    ),
    Reference(
        path="accounts.Consent.person",
        section="consents",
        shows=("purpose", "text_version", "text_language", "given", "created_at", "address", "request_id"),
        erasure=Erasure.BLANKED,
        blanks={"address": None, "request_id": ""},
        because="Consent must be provable; the row names no one any more.",
    ),
    Reference(path="accounts.User_groups.user", section="groups", shows=("group__name",), erasure=Erasure.DELETED),
    Reference(
        path="accounts.User_user_permissions.user",
        section="permissions",
        shows=("permission__codename",),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="account.EmailAddress.user",
        section="email_addresses",
        shows=("email", "verified", "primary"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="mfa.Authenticator.user",
        section="second_factors",
        shows=("type", "created_at", "last_used_at"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="usersessions.UserSession.user",
        section="sessions_noted",
        shows=("created_at", "last_seen_at", "ip", "user_agent"),
        erasure=Erasure.DELETED,
    ),
    Reference(
        path="admin.LogEntry.user",
        section="acts_in_the_admin",
        shows=("action_time", "action_flag"),
        erasure=Erasure.KEPT,
        because="What officers did must stay traceable to an officer.",
    ),
]


def _account(person: User) -> Iterator[Mapping[str, Any]]:
    yield from User.objects.filter(pk=person.pk).values(*OWN)


def _forget_account(person: User) -> None:
    """The account's own columns go last, with `User.anonymise`."""


def sessions_of(person: User) -> Iterator[Session]:
    """Sessions hold their user inside: there is no way but to look into each."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            yield session


def _session_rows(person: User) -> Iterator[Mapping[str, Any]]:
    for session in sessions_of(person):
        yield {"expires_at": session.expire_date}


def _end_sessions(person: User) -> None:
    Session.objects.filter(pk__in=[session.pk for session in sessions_of(person)]).delete()


def _as_contact(person: User) -> Any:
    same = Q(contact_email__iexact=person.email)
    if person.phone:
        same |= Q(contact_phone=person.phone)
    return Organisation.objects.filter(same)


def _contact_rows(person: User) -> Iterator[Mapping[str, Any]]:
    yield from _as_contact(person).values("public_id", "legal_name", "contact_name", "contact_email", "contact_phone")


def _forget_contact(person: User) -> None:
    for organisation in _as_contact(person).select_for_update():
        for name, blank in NO_CONTACT.items():
            setattr(organisation, name, blank)
        organisation.save_next_version()


def _invitation_rows(person: User) -> Iterator[Mapping[str, Any]]:
    shown = ("public_id", "email", "organisation__legal_name", "role", "state", "created_at", "decided_at")
    yield from Invitation.objects.to(person).values(*shown)


def _forget_invitations(person: User) -> None:
    Invitation.objects.to(person).delete()


def _about(person: User) -> Any:
    """What the admin logged of acts on the account, or under a heading with the person's address."""
    on_account = Q(content_type__app_label="accounts", content_type__model="user", object_id=str(person.pk))
    return LogEntry.objects.filter(on_account | Q(object_repr__icontains=person.email))


def _log_rows(person: User) -> Iterator[Mapping[str, Any]]:
    yield from _about(person).values("action_time", "object_repr", "change_message")


def _forget_log(person: User) -> None:
    _about(person).update(object_repr=person.public_id, change_message="")


def _change_rows(person: User) -> Iterator[Mapping[str, Any]]:
    """What history keeps of the account and of the person's memberships, also of those that are over."""
    memberships = Change.objects.filter(model=Membership._meta.label)  # noqa: SLF001 - public, for all its underscore
    coming_and_going = memberships.filter(columns__user_id__contains=person.pk).values("row")
    kept = Change.objects.filter(subject=person.public_id) | memberships.filter(row__in=coming_and_going)
    yield from kept.order_by("id").values("model", "row", "kind", "columns", "created_at")


def _forget_no_change(person: User) -> None:
    """History withholds names, addresses and numbers from the start: it points at an account without a name."""


traces += [
    Trace(section="account", rows=_account, erase=_forget_account),
    Trace(section="sessions", rows=_session_rows, erase=_end_sessions),
    Trace(section="invitations_received", rows=_invitation_rows, erase=_forget_invitations),
    Trace(section="contact_person_of", rows=_contact_rows, erase=_forget_contact),
    Trace(section="acts_on_the_account", rows=_log_rows, erase=_forget_log),
    Trace(section="changes_kept", rows=_change_rows, erase=_forget_no_change),
]
