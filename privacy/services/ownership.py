"""What keeps a person from being erased: organisations whose members would be without an owner."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import LastOwnerError
from accounts.models import User
from accounts.services import owned_by_alone


def refuse_to_leave_ownerless(person: User) -> None:
    """Staff find the organisation another owner first, or end the membership themselves: they may.

    Raises:
        LastOwnerError: naming the organisations.
    """
    if stuck := owned_by_alone(person):
        names = ", ".join(str(organisation) for organisation in stuck)
        raise LastOwnerError(
            _("Invite another owner first, or remove the person there: without an owner would be %(names)s.")
            % {"names": names},
            organisations=[f"/api/v1/organisations/{organisation.public_id}" for organisation in stuck],
        )
