"""Refusals that are particular to supplier firms."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, NotAllowedError


class OwnEntryError(NotAllowedError):
    """Nobody approves what they entered themselves."""

    code = "own_entry"
    title = _("You entered this yourself: somebody else must approve it.")


class SupplierArchivedError(ConflictError):
    """An archived firm's facts stay as they are."""

    code = "supplier_archived"
    title = _("This firm is archived and cannot be changed.")


class ProfileIncompleteError(ConflictError):
    """What staff need for a review is not there yet; `missing` says what."""

    code = "profile_incomplete"
    title = _("The profile is not complete enough to be submitted.")


class SiteInUseError(ConflictError):
    """Capabilities or certificates still stand at the site."""

    code = "site_in_use"
    title = _("Move or remove the capabilities and certificates of this site first.")


class DocumentQuotaError(ConflictError):
    """The firm keeps as many files, or as large ones, as it may. The context says how many and how large."""

    code = "document_quota_reached"
    title = _("This firm keeps as many documents as it may. Remove some first.")


class TooManyClaimsError(ConflictError):
    """The person has as many claims waiting as one may have. The context says how many."""

    code = "too_many_claims"
    title = _("You have as many claims waiting as one person may have. Wait until staff have decided.")


class FirmAlreadyClaimedError(ConflictError):
    """Somebody represents the firm already."""

    code = "already_claimed"
    title = _("This firm is represented by somebody already.")


class CheckedSinceError(ConflictError):
    """The fact was checked again after the check that is to be undone."""

    code = "checked_since"
    title = _("This fact has been checked again since. Undo the later check first.")


class CheckNotInForceError(ConflictError):
    """Undoing the check would change nothing that still rests on it."""

    code = "check_not_in_force"
    title = _("This check no longer counts: it was undone, or the fact has changed since.")


class AssessmentUndoneError(ConflictError):
    """The visit counts no longer already."""

    code = "assessment_undone"
    title = _("This assessment has been undone already.")


class PublishedFirmStaysError(ConflictError):
    """Buyers see the one and not the other: the published firm survives."""

    code = "published_firm_stays"
    title = _("Of the two only the other firm is published: let that one stay.")


class DifferentTaxCodesError(ConflictError):
    """Different tax codes are different firms, unless an officer says which of the two is right."""

    code = "different_tax_codes"
    title = _("Different tax codes are different firms. If one of them is wrong, say which one is right.")


class BothRepresentedError(ConflictError):
    """Nobody gets into a firm that others represent merely by merging."""

    code = "both_represented"
    title = _("Different people represent the two firms. Settle with them who goes on, and remove the others first.")


class SameGoingOnError(ConflictError):
    """Both firms have the same going on, such as a connection about one requirement."""

    code = "same_going_on"
    title = _("Both firms have the same going on with the same partner. End it for one of them first.")


class MergeOvertakenError(ConflictError):
    """There is nothing to undo, or something later goes first."""

    code = "merge_overtaken"
    title = _("This merge was undone already, or the firm was merged into another since: undo the later merge first.")
