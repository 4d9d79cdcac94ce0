"""Contact persons: to whom they are disclosed, and who they are."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Disclosure, Membership, Organisation
from accounts.principals import Principal


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


def contacts_of(organisation: Organisation, *, reader: Principal) -> list[Contact]:
    """The organisation's own contact, then its owners and editors in the order in which they joined.

    Empty unless the reader is staff, belongs to the organisation, or a disclosure to it is in force.
    """
    if not _may_read(organisation, reader=reader):
        return []
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
    return contacts + [
        Contact(name=member.user.full_name, email=member.user.email, phone=member.user.phone, role=member.role)
        for member in members
    ]


def _may_read(organisation: Organisation, *, reader: Principal) -> bool:
    if reader.is_staff or reader.organisation_id == organisation.pk:
        return True
    disclosed = Disclosure.objects.in_force().filter(reader_id=reader.organisation_id, subject=organisation)
    return disclosed.exists()
