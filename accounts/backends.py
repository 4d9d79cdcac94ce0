"""What the agency's people may do in the admin."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import Membership, User


class AgencyBackend(BaseBackend):
    """Owners of the agency (leads) may do what the admin offers, editors (officers) all but what is for leads, viewers
    may look. Nobody else gains anything.

    It signs nobody in. What the admin offers is each page's own decision; permissions that begin with `lead_` are for
    leads.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        role = _role_in_agency(user_obj)
        action = perm.partition(".")[2]
        if action.startswith("lead_"):
            return role == Membership.Role.OWNER
        return role is not None and (action.startswith("view_") or role != Membership.Role.VIEWER)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return _role_in_agency(user_obj) is not None


def _role_in_agency(user: Any) -> str | None:
    return user.role_in_agency if isinstance(user, User) and user.is_active and user.is_staff else None
