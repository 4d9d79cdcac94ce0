"""What people can do with accounts, organisations, memberships and keys: an act a function."""

from accounts.services.api_keys import (
    change_api_key,
    issue_api_key,
    note_refusal,
    revoke_api_key,
    rotate_api_key,
    warn_of_expiring_keys,
)
from accounts.services.consents import purposes_of, record_consent, state_consent
from accounts.services.disclosures import Contact, contacts_of, disclose_contacts, opening_quota
from accounts.services.memberships import add_member, add_member_by_email, change_role, confirmed_user, remove_member
from accounts.services.organisations import change_organisation, create_organisation
from accounts.services.people import change_person, create_agency_owner, set_active

__all__ = [
    "Contact",
    "add_member",
    "add_member_by_email",
    "change_api_key",
    "change_organisation",
    "change_person",
    "change_role",
    "confirmed_user",
    "contacts_of",
    "create_agency_owner",
    "create_organisation",
    "disclose_contacts",
    "issue_api_key",
    "note_refusal",
    "opening_quota",
    "purposes_of",
    "record_consent",
    "remove_member",
    "revoke_api_key",
    "rotate_api_key",
    "set_active",
    "state_consent",
    "warn_of_expiring_keys",
]
