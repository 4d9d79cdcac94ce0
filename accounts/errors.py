"""What this app refuses, beyond the families in config.errors."""

from django.utils.translation import gettext_lazy as _

from config.errors import ConflictError, DuplicateError, NotAllowedError


class OrganisationExistsError(DuplicateError):
    """An organisation with this tax code is registered."""

    title = _("An organisation with this tax code is registered already.")


class AlreadyMemberError(DuplicateError):
    """The person belongs to the organisation."""

    title = _("This person is a member already.")


class LastOwnerError(ConflictError):
    """The act would leave the organisation without an owner."""

    code = "last_owner"
    title = _("An organisation keeps at least one owner. Invite someone else as an owner first.")


class TermsNeededError(ConflictError):
    """Without the terms there is no account; `data_requests` is where to ask for its erasure."""

    code = "terms_needed"
    title = _("Without the terms there is no account. Ask for erasure to leave.")


class LeadsOnlyError(NotAllowedError):
    """Only who runs the agency may do this."""

    code = "leads_only"
    title = _("Only an owner of the agency may do this.")


class OwnersOnlyError(NotAllowedError):
    """The actor is not an owner of the organisation for which it acts."""

    code = "owners_only"
    title = _("Only owners of the organisation may do this.")


class SecondFactorMissingError(ConflictError):
    """Who wants a second factor of everybody has none: they would shut themselves out."""

    code = "second_factor_missing"
    title = _("Set up your own second factor first, or you would shut yourself out.")


class PeopleOnlyError(NotAllowedError):
    """Software cannot do this, whatever its scopes."""

    code = "person_required"
    title = _("Only a person who has signed in may do this, not an API key.")


class StaffOnlyError(NotAllowedError):
    """The facts that identify an organisation are the agency's to change."""

    code = "staff_only"
    title = _("Only the agency may change this.")


class TooManyApiKeysError(ConflictError):
    """The organisation has as many live keys as one may have."""

    code = "too_many_api_keys"
    title = _("Your organisation has as many live API keys as it may have. Revoke one first.")


class ApiKeyEndedError(ConflictError):
    """The key was revoked or has expired."""

    code = "api_key_ended"
    title = _("This API key has expired or was revoked.")


class ApiKeyReplacedError(ConflictError):
    """A key is replaced once; its successor can be replaced when it is gone."""

    code = "api_key_replaced"
    title = _("This API key has a successor already.")


class OwnersAgreeError(ConflictError):
    """Nobody becomes an owner, and answers for an organisation, without having agreed."""

    code = "invitation_needed"
    title = _("Nobody becomes an owner without agreeing to it. Invite the person as an owner.")


class AgencyApartError(ConflictError):
    """Who decides about firms belongs to none."""

    code = "agency_apart"
    title = _("People of the agency cannot belong to firms, nor people of firms to the agency.")


class AlreadyInvitedError(DuplicateError):
    """An invitation to this address waits for an answer."""

    title = _("This address is invited already.")


class InvitedOftenError(ConflictError):
    """Whoever does not answer is left alone for a while."""

    code = "invited_often"
    title = _("This address was invited three times within 30 days. Wait before you invite it again.")


class NotInvitedError(NotAllowedError):
    """Only the invited person answers an invitation."""

    code = "not_invited"
    title = _("Only who has confirmed the invited e-mail address may answer this invitation.")


class InvitationExpiredError(ConflictError):
    """The invitation was not answered in time."""

    code = "invitation_expired"
    title = _("This invitation has expired. Ask for a new one.")


class NameProposalChangedError(ConflictError):
    """What the officer saw is no longer what the organisation wishes."""

    code = "name_proposal_changed"
    title = _("Another name, or none, is proposed by now. Look again.")
