"""What this app refuses, beyond the families in config.errors."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, DuplicateError, NotAllowedError


class RequestOpenError(DuplicateError):
    """The person has asked for this already, and it is not done yet."""

    title = _("You have asked for this already, and it is not done yet.")


class OwnRequestError(NotAllowedError):
    """Nobody decides about their own request."""

    code = "own_request"
    title = _("This is your own request: somebody else must handle it.")


class WrongKindError(ConflictError):
    """Only a request for erasure is carried out by erasing."""

    code = "wrong_kind"
    title = _("Nobody has asked for erasure here.")
