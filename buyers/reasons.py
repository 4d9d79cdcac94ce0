"""Reasons that people give for what they decide."""

from django.utils.translation import gettext as _

from config.api.acts import LONGEST_REASON
from config.errors import InvalidFactError


def required_reason(reason: str) -> str:
    """The reason without spaces around it.

    Raises:
        InvalidFactError: there is none, or it is too long.
    """
    stripped = reason.strip()
    if not stripped:
        raise InvalidFactError(_("Give the reason."), pointer="/reason", code="required")
    return checked_reason(stripped)


def checked_reason(reason: str) -> str:
    """
    Raises:
        InvalidFactError: it is too long.
    """
    if len(reason) > LONGEST_REASON:
        detail = _("At most %(most)s characters.") % {"most": LONGEST_REASON}
        raise InvalidFactError(detail, pointer="/reason", code="max_length")
    return reason
