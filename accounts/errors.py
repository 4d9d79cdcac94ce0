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
    title = _("An organisation keeps at least one owner. Make someone else an owner first.")


class OwnersOnlyError(NotAllowedError):
    """The actor is not an owner of the organisation for which it acts."""

    code = "owners_only"
    title = _("Only owners of the organisation may do this.")


class PeopleOnlyError(NotAllowedError):
    """Software cannot do this, whatever its scopes."""

    code = "person_required"
    title = _("Only a person who has signed in may do this, not an API key.")


class StaffOnlyError(NotAllowedError):
    """The facts that identify an organisation are the agency's to change."""

    code = "staff_only"
    title = _("Only the agency may change this.")
