"""What refuses an application, or a change of a programme."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError


class SupportNotOpenError(ConflictError):
    """Applications are taken later. The context says from which day on."""

    code = "support_not_open"
    title = _("This programme does not take applications yet.")


class SupportEndedError(ConflictError):
    """Applications are taken no more. The context says which day was the last."""

    code = "support_ended"
    title = _("This programme has ended and takes no more applications.")


class NotEligibleError(ConflictError):
    """The firm does not meet the programme's conditions. The context lists all of them, met or not."""

    code = "not_eligible"
    title = _("The firm does not meet the conditions of this programme.")


class SupportBudgetError(ConflictError):
    """The budget does not suffice. The context says how much is left."""

    code = "support_budget_exceeded"
    title = _("This is more than what is left of the programme's budget.")


class SupportClosedError(ConflictError):
    """A closed programme stays as it is."""

    code = "support_closed"
    title = _("This programme is closed and cannot be changed.")


class SupportInUseError(ConflictError):
    """Firms may have read of it, or applied."""

    code = "support_in_use"
    title = _("Only a draft can be removed. Close the programme instead.")
