"""For endpoints about the person who asks."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.models import User


def person_of(request: Request) -> User:
    """The person who asks.

    Raises:
        PermissionDenied: software asks.
    """
    person: User | None = request.auth.user
    if person is None:
        raise PermissionDenied(_("An API key belongs to an organisation, not to a person."), code="person_required")
    return person
