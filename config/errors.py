"""What can go wrong in the domain. No HTTP here: config.api.problems gives each family its status."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """An act that the rules of the domain refuse.

    `code` is stable and part of the API; `title` is for people; `context` holds the facts of this case.
    """

    code = "refused"
    title: Text = _("The request was refused.")

    def __init__(self, detail: Text = "", **context: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.context = context


class NotAllowedError(DomainError):
    """The caller may see the thing but may not do this to it."""

    code = "not_allowed"
    title = _("You may not do this.")


class ConflictError(DomainError):
    """The state of things does not permit the act."""

    code = "conflict"
    title = _("The current state does not permit this.")


class LimitReachedError(ConflictError):
    """There are as many of these as there may be. `limit` says how many."""

    code = "limit_reached"
    title = _("There are as many of these as there may be.")


class GoneError(DomainError):
    """It was here, and will not come back."""

    code = "gone"
    title = _("This is no longer here.")


class TransitionError(ConflictError):
    """A move between states that the state machine does not draw."""

    code = "transition_not_allowed"
    title = _("This step is not possible in the current state.")


class DuplicateError(ConflictError):
    """Something with this natural key exists already; `existing` is its URL where the caller may see it."""

    code = "already_exists"
    title = _("This already exists.")


class StaleVersionError(DomainError):
    """The caller's copy is older than the stored row."""

    code = "stale_version"
    title = _("Someone changed this in the meantime. Read it again and repeat your change.")


class TooLargeError(DomainError):
    """More was sent than is taken."""

    code = "too_large"
    title = _("The request is too large.")


class InvalidFactError(DomainError):
    """A value that no rule of form refuses but the domain does. `pointer` is the JSON pointer of the field."""

    code = "invalid"
    title = _("A value is not valid.")

    def __init__(self, detail: Text = "", *, pointer: str = "", code: str | None = None, **context: Any) -> None:
        super().__init__(detail, **context)
        self.pointer = pointer
        self.code = code or self.code
