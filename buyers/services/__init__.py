"""What buyers, and staff on their behalf, do."""

from buyers.services.attachments import add_attachment, remove_attachment
from buyers.services.buyers import (
    change_buyer,
    create_buyer,
    reinstate_buyer,
    reject_buyer,
    suspend_buyer,
    undo_buyer_decision,
    verify_buyer,
)
from buyers.services.expiry import expire_requirements, warn_of_expiry
from buyers.services.plants import add_plant, change_plant, remove_plant
from buyers.services.requirements import (
    change_requirement,
    create_requirement,
    discard_requirement,
    locked_requirement,
)
from buyers.services.states import (
    award_requirement,
    close_requirement,
    open_requirement,
    reopen_requirement,
    withdraw_requirement,
)

__all__ = [
    "add_attachment",
    "add_plant",
    "award_requirement",
    "change_buyer",
    "change_plant",
    "change_requirement",
    "close_requirement",
    "create_buyer",
    "create_requirement",
    "discard_requirement",
    "expire_requirements",
    "locked_requirement",
    "open_requirement",
    "reinstate_buyer",
    "reject_buyer",
    "remove_attachment",
    "remove_plant",
    "reopen_requirement",
    "suspend_buyer",
    "undo_buyer_decision",
    "verify_buyer",
    "warn_of_expiry",
    "withdraw_requirement",
]
