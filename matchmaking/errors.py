"""What the rules of matchmaking refuse."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, DuplicateError, TransitionError


class ConnectionAlreadyDecidedError(TransitionError):
    """It was accepted, declined, withdrawn, or nobody answered in time. `state` says which."""

    code = "connection_already_decided"
    title = _("This connection has already been decided.")


class ConnectionExistsError(DuplicateError):
    """The buyer and the supplier already talk about this requirement."""

    title = _("There is a connection for this requirement and supplier already.")


class RequirementNotOpenError(ConflictError):
    """The requirement is a draft, or it has ended."""

    code = "requirement_not_open"
    title = _("The requirement is not open.")


class BuyerSuspendedError(ConflictError):
    """Staff no longer vouch for the buyer, so nobody's contacts are opened to it."""

    code = "buyer_suspended"
    title = _("The buyer is suspended at present.")


class SupplierNotPublishedError(ConflictError):
    """The supplier is no longer shown to buyers."""

    code = "supplier_not_published"
    title = _("The supplier is not published.")


class ConnectionEndedError(TransitionError):
    """It was declined, withdrawn or lost, or has expired. `state` says which."""

    code = "connection_ended"
    title = _("This connection has ended.")


class AttachmentQuotaError(ConflictError):
    """The connection has as many files, or as large ones, as it may. The context says how many and how large."""

    code = "attachment_quota_reached"
    title = _("This connection has as many files as it may.")


class NoContractError(ConflictError):
    """The two sides have no contract. `state` says how far they are."""

    code = "no_contract"
    title = _("There is no contract under this connection.")


class SearchTooWideError(ConflictError):
    """More is found than anybody could be told of the news among. `limit` says how much may be."""

    code = "search_too_wide"
    title = _("The search finds too much for alerts. Add filters, or switch alerts off.")


class SupplierListedError(DuplicateError):
    """The supplier is on the shortlist already."""

    title = _("The supplier is on this shortlist already.")
