"""What keeps a person from leaving: organisations that would be without an owner."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import LastOwnerError
from accounts.models import Membership, Organisation, User


def refuse_to_leave_ownerless(person: User) -> None:
    """A person who owns an organisation alone hands it over first. Who is its only member leaves it empty.

    Raises:
        LastOwnerError: naming the organisations.
    """
    owned = Organisation.objects.filter(memberships__user=person, memberships__role=Membership.Role.OWNER)
    stuck = [organisation for organisation in owned.order_by("pk") if _depends_on(organisation, person)]
    if stuck:
        names = ", ".join(str(organisation) for organisation in stuck)
        raise LastOwnerError(
            _("Make somebody else an owner first, or remove the other members: %(names)s.") % {"names": names},
            organisations=[f"/api/v1/organisations/{organisation.public_id}" for organisation in stuck],
        )


def _depends_on(organisation: Organisation, person: User) -> bool:
    others = organisation.memberships.exclude(user=person)
    return others.exists() and not others.filter(role=Membership.Role.OWNER).exists()
