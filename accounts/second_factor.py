"""When the agency's people need a second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings

from accounts.models import User


def lacks_second_factor(user: User) -> bool:
    """Whether staff are required to have a second factor and this person has set up none."""
    return settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(user)
