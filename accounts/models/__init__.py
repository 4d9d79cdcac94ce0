"""Users, organisations, memberships, invitations, API keys, disclosures and consents."""

from accounts.models.api_keys import USE_IS_NOTED_EVERY, ApiKey
from accounts.models.changes import Change
from accounts.models.consents import Consent
from accounts.models.disclosures import ContactReading, Disclosure
from accounts.models.invitations import Invitation
from accounts.models.organisations import Membership, Organisation
from accounts.models.people import EMAIL_MAX_LENGTH, Language, User, UserManager
from accounts.models.saved_filters import SavedFilter

__all__ = [
    "EMAIL_MAX_LENGTH",
    "USE_IS_NOTED_EVERY",
    "ApiKey",
    "Change",
    "Consent",
    "ContactReading",
    "Disclosure",
    "Invitation",
    "Language",
    "Membership",
    "Organisation",
    "SavedFilter",
    "User",
    "UserManager",
]
