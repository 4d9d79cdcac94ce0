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
from accounts.services.disclosures import (
    Contact,
    contacts_of,
    disclose_contacts,
    keep_disclosures_between,
    opening_quota,
)
from accounts.services.invitations import (
    accept_invitation,
    decline_invitation,
    expire_lapsed_invitations,
    invite,
    withdraw_invitation,
)
from accounts.services.memberships import (
    add_member,
    change_role,
    owned_by_alone,
    remove_member,
    wind_up_the_deserted,
)
from accounts.services.organisations import change_organisation, create_organisation, create_organisations
from accounts.services.people import change_person, create_agency_owner, set_active
from accounts.services.trade_names import approve_trade_name, note_names_checked, refuse_trade_name

__all__ = [
    "Contact",
    "accept_invitation",
    "add_member",
    "approve_trade_name",
    "change_api_key",
    "change_organisation",
    "change_person",
    "change_role",
    "contacts_of",
    "create_agency_owner",
    "create_organisation",
    "create_organisations",
    "decline_invitation",
    "disclose_contacts",
    "expire_lapsed_invitations",
    "invite",
    "issue_api_key",
    "keep_disclosures_between",
    "note_names_checked",
    "note_refusal",
    "opening_quota",
    "owned_by_alone",
    "purposes_of",
    "record_consent",
    "refuse_trade_name",
    "remove_member",
    "revoke_api_key",
    "rotate_api_key",
    "set_active",
    "state_consent",
    "warn_of_expiring_keys",
    "wind_up_the_deserted",
    "withdraw_invitation",
]
