"""Contact persons: to whom they are disclosed, and who they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from structlog.contextvars import get_contextvars

from accounts.models import Consent, ContactReading, Disclosure, Membership, Organisation
from accounts.principals import Principal
from config.api.throttling import Standing, check

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How to reach an organisation. `role` is a membership's role, or `organisation` for its general contact."""

    name: str
    email: str
    phone: str
    role: str


@transaction.atomic
def disclose_contacts(
    *, reader: Organisation, subject: Organisation, reason: str, until: datetime | None = None
) -> Disclosure:
    """Let the members of `reader` see the contacts of `subject`.

    Args:
        reason: public id of what opened it, such as a connection. Once more with the same reason moves only `until`.
        until: the first moment at which it is over; open-ended unless given.
    """
    disclosure, _created = Disclosure.objects.update_or_create(
        reader=reader, subject=subject, reason=reason, defaults={"until": until}
    )
    return disclosure


@transaction.atomic
def keep_disclosures_between(one: Organisation, other: Organisation, *, reason: str) -> None:
    """Let what a reason has opened be open between these two, for as long as it was, and between nobody else.

    Safe to repeat. For one of them that has taken the place of another, such as by a merge.
    """
    pair = {one.pk, other.pk}
    for stray in Disclosure.objects.filter(reason=reason).exclude(reader__in=pair, subject__in=pair):
        sides: dict[str, int] = {"reader_id": stray.reader_id, "subject_id": stray.subject_id}
        gone = next(side for side, organisation in sides.items() if organisation not in pair)
        stays = set(sides.values()) & pair
        if stays:
            sides[gone] = (pair - stays).pop()
            opened = {"since": stray.since, "until": stray.until}
            Disclosure.objects.get_or_create(**sides, reason=reason, defaults=opened)
        stray.delete()


def contacts_of(organisation: Organisation, *, reader: Principal) -> list[Contact]:
    """The organisation's own contact, then its owners and editors in the order in which they joined.

    Empty unless the reader is staff, belongs to the organisation, or a disclosure to it is in force. That anybody but
    its own people reads them is written down for good. The other side is not shown those who object to it.

    Raises:
        TooManyRequests: they would be one more than the reader's organisation may see for the first time within a day.
    """
    is_own = reader.organisation_id == organisation.pk
    reason = "" if is_own else _ground_to_read(organisation, reader=reader)
    if reason is None:
        return []
    if not is_own:
        _write_down(organisation, reader=reader, reason=reason)
    contacts = []
    if organisation.contact_name or organisation.contact_email or organisation.contact_phone:
        contacts.append(
            Contact(
                name=organisation.contact_name,
                email=organisation.contact_email,
                phone=organisation.contact_phone,
                role="organisation",
            )
        )
    members = (
        Membership.objects.filter(organisation=organisation, user__is_active=True)
        .exclude(role=Membership.Role.VIEWER)
        .select_related("user")
        .order_by("pk")
    )
    if not (is_own or reader.is_staff):
        members = members.exclude(user__in=Consent.objects.objecting(Consent.Purpose.CONTACT_SHARING))
    return contacts + [
        Contact(name=member.user.full_name, email=member.user.email, phone=member.user.phone, role=member.role)
        for member in members
    ]


def opening_quota(organisation: Organisation, *, reader: Principal) -> Standing:
    """How the reader's organisation stands with the contacts that it may see for the first time within a day.

    It is exceeded only where this organisation's contacts would be one more: those seen once stay open.
    """
    assert reader.organisation is not None, "nobody else is disclosed anything"  # noqa: S101
    now = timezone.now()
    opened = list(ContactReading.objects.openings_of(reader.organisation, since=now - DAY).values_list("created_at"))
    quota, is_new = settings.CONTACTS_OPENED_PER_DAY, not _has_read(organisation, reader.organisation)
    return Standing(
        name="contacts-day",
        quota=quota,
        window_seconds=int(DAY.total_seconds()),
        remaining=max(0, quota - len(opened)),
        reset_seconds=ceil((opened[0][0] + DAY - now).total_seconds()) if opened else 0,
        is_exceeded=is_new and len(opened) >= quota,
    )


def _ground_to_read(organisation: Organisation, *, reader: Principal) -> str | None:
    """What opened the contacts to the reader: a connection's id, nothing of the kind for staff; None if nothing did."""
    if reader.is_staff:
        return ""
    disclosed = Disclosure.objects.in_force().filter(reader_id=reader.organisation_id, subject=organisation)
    return disclosed.order_by("-pk").values_list("reason", flat=True).first()


def _write_down(organisation: Organisation, *, reader: Principal, reason: str) -> None:
    """
    Raises:
        TooManyRequests: as `contacts_of`.
    """
    assert reader.organisation is not None, "nobody else has a ground to read"  # noqa: S101
    if _has_read(organisation, reader.organisation):
        _note(organisation, reader=reader, reason=reason, is_first=False)
    else:
        _open(organisation, reader=reader, reason=reason)


@transaction.atomic
def _open(organisation: Organisation, *, reader: Principal, reason: str) -> None:
    """Let the reader's organisation see them for the first time. What it opens at one moment is counted in a row."""
    assert reader.organisation is not None, "nobody else has a ground to read"  # noqa: S101
    Organisation.objects.select_for_update(no_key=True).get(pk=reader.organisation.pk)
    is_first = not _has_read(organisation, reader.organisation)
    if is_first and not reader.is_staff:
        check([opening_quota(organisation, reader=reader)])
    _note(organisation, reader=reader, reason=reason, is_first=is_first)


def _note(organisation: Organisation, *, reader: Principal, reason: str, is_first: bool) -> None:
    assert reader.organisation is not None, "nobody else has a ground to read"  # noqa: S101
    of_request = get_contextvars()
    ContactReading.objects.create(
        subject=organisation,
        reader=reader.organisation,
        person=reader.user,
        api_key=reader.api_key,
        reason=reason,
        is_first=is_first,
        request_id=of_request.get("request_id", ""),
        address=of_request.get("ip"),
    )


def _has_read(organisation: Organisation, reader: Organisation) -> bool:
    return ContactReading.objects.filter(subject=organisation, reader=reader).exists()
