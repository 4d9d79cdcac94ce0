"""What the rules for buyers refuse, beyond the families of `config.errors`."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, DuplicateError, NotAllowedError


class BuyerExistsError(DuplicateError):
    """The organisation is registered as a buyer already."""

    title = _("Your organisation is registered as a buyer already.")


class BuyerMissingError(ConflictError):
    """The organisation has not registered as a buyer yet."""

    code = "buyer_missing"
    title = _("Register your organisation as a buyer first.")


class BuyerNotVerifiedError(NotAllowedError):
    """Only verified buyers open requirements, see matches and ask for connections."""

    code = "buyer_not_verified"
    title = _("Only a verified buyer may do this.")


class OwnOrganisationError(NotAllowedError):
    """Nobody verifies an organisation that they are a member of."""

    code = "own_organisation"
    title = _("You are a member of this organisation: someone else has to decide.")


class PlantInUseError(ConflictError):
    """A requirement names the plant."""

    code = "plant_in_use"
    title = _("A requirement names this plant.")


class AttachmentQuotaError(ConflictError):
    """The requirement has as many files, or as large ones, as it may. The context says how many and how large."""

    code = "attachment_quota_reached"
    title = _("This requirement has as many files as it may. Remove some first.")


class RequirementEndedError(ConflictError):
    """What was asked cannot be changed any more."""

    code = "requirement_ended"
    title = _("Only drafts and open requirements can be changed.")
