"""What people can do with accounts, organisations, memberships and keys: an act a function."""

from accounts.services.api_keys import issue_api_key, revoke_api_key
from accounts.services.people import change_person

__all__ = ["change_person", "issue_api_key", "revoke_api_key"]
