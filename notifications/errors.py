"""What the rules of notifications refuse."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError


class TooManyEndpointsError(ConflictError):
    """The organisation has as many endpoints as it may. `limit` says how many."""

    code = "limit_reached"
    title = _("There are as many endpoints as there may be.")


class EndpointInactiveError(ConflictError):
    """It is switched off: nothing is sent to it."""

    code = "webhook_endpoint_inactive"
    title = _("The endpoint is switched off. Enable it first.")


class DeliveryPendingError(ConflictError):
    """It waits for its next attempt, or is being made at this moment."""

    code = "delivery_pending"
    title = _("This delivery is not finished yet.")
