"""Registering organisations and changing what is known of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import tax_codes
from accounts.errors import (
    OrganisationExistsError,
    OwnersOnlyError,
    PeopleOnlyError,
    SecondFactorMissingError,
    StaffOnlyError,
)
from accounts.events import announce, announce_all
from accounts.models import Membership, Organisation
from accounts.names import name_key
from accounts.phones import e164
from accounts.principals import Principal
from accounts.second_factor import has_second_factor
from accounts.services.trade_names import hold_back_name
from config.errors import InvalidFactError, NotAllowedError
from config.iso import COUNTRIES
from config.storing import store_all
from config.text import is_visible, nfc

TEXTS = frozenset({"legal_name", "trade_name", "address", "contact_name", "tax_code_override"})
OWN = frozenset({"trade_name", "address", "website", "contact_name", "contact_email", "contact_phone"})
OWNERS = frozenset({"second_factor_required"})
STAFFS = frozenset({"legal_name", "country", "tax_code", "tax_code_override"})
"""What identifies an organisation. Verification rests on it, so only staff may change it afterwards."""


@transaction.atomic
def create_organisation(*, kind: str, legal_name: str, by: Principal, **details: Any) -> Organisation:
    """Register an organisation. A person becomes its owner; staff register firms that nobody has joined yet.

    Args:
        kind: `supplier` or `buyer`.
        details: trade_name, country (`VN` unless given), tax_code, address, website, contact_name, contact_email,
            contact_phone, and from staff tax_code_override, the reason to accept a failed check digit.

    Raises:
        PeopleOnlyError: an API key asks.
        NotAllowedError: the agency's own viewers only look.
        InvalidFactError: a Vietnamese organisation without a right tax code (which only staff may leave open, of a
            supplier), another without an address, an unknown country, a telephone number that is none, or a kind that
            cannot be registered.
        OrganisationExistsError: the tax code is registered.
    """
    if by.user is None:
        raise PeopleOnlyError
    if by.is_staff and not by.can_write:
        raise NotAllowedError
    if kind not in (Organisation.Kind.SUPPLIER, Organisation.Kind.BUYER):
        raise InvalidFactError(_("Either supplier or buyer."), pointer="/kind")
    organisation = Organisation(kind=kind)
    _fill(organisation, {**details, "legal_name": legal_name}, by=by)
    _save_unless_registered(organisation, by=by)
    if not by.is_staff:
        Membership.objects.create(user=by.user, organisation=organisation, role=Membership.Role.OWNER)
    announce("organisation.created", subject=organisation, actor=by)
    return organisation


@transaction.atomic
def create_organisations(*, kind: str, many: Sequence[Mapping[str, Any]], by: Principal) -> list[Organisation]:
    """What `create_organisation` does, for many that nobody has joined yet, in few statements. For staff.

    Args:
        many: the details of each, with `legal_name`.

    Raises:
        NotAllowedError: the actor is no officer of the agency who may write.
        InvalidFactError: as `create_organisation`; of which one is not told.
        IntegrityError: a tax code is registered.
    """
    if not (by.is_staff and by.can_write and by.user is not None):
        raise NotAllowedError
    organisations = []
    for details in many:
        organisation = Organisation(kind=kind)
        _fill(organisation, dict(details), by=by)
        organisation.name_key = name_key(organisation.legal_name, organisation.trade_name)
        organisations.append(organisation)
    store_all(organisations)
    announce_all("organisation.created", subjects=organisations, actor=by)
    return organisations


@transaction.atomic
def change_organisation(
    *, organisation_id: int, expected_version: int | None = None, by: Principal, **changes: Any
) -> Organisation:
    """Change some of the details that `create_organisation` takes; the kind never changes.

    A new trade name of an organisation that staff have verified or published waits for their approval.

    Raises:
        Organisation.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no owner or editor of it, or acts for another of their organisations.
        StaffOnlyError: a member wants to change the legal name, country or tax code.
        OwnersOnlyError: somebody else than an owner or staff decides on second factors.
        SecondFactorMissingError: who wants one of everybody has none.
        InvalidFactError, OrganisationExistsError: as in `create_organisation`.
        StaleVersionError: it has changed since `expected_version`.
        TooManyRequests: as `hold_back_name`.
    """
    organisation = Organisation.objects.visible_to(by).select_for_update(of=("self",)).get(pk=organisation_id)
    if not by.can_write or not (by.is_staff or by.organisation_id == organisation.pk):
        raise NotAllowedError(_("Your role in the organisation that you act for does not permit this."))
    organisation.check_version(expected_version)
    if not by.is_staff and any(getattr(organisation, name) != changes[name] for name in STAFFS & changes.keys()):
        raise StaffOnlyError
    _check_second_factors(organisation, changes, by=by)
    _fill(organisation, hold_back_name(organisation, changes, by=by), by=by)
    organisation.version += 1
    _save_unless_registered(organisation, by=by)
    announce("organisation.changed", subject=organisation, actor=by)
    return organisation


def _check_second_factors(organisation: Organisation, changes: dict[str, Any], *, by: Principal) -> None:
    wanted = changes.get("second_factor_required", organisation.second_factor_required)
    if wanted == organisation.second_factor_required:
        return
    if not (by.is_owner or by.is_staff):
        raise OwnersOnlyError
    if wanted and not by.is_staff and not (by.user and has_second_factor(by.user)):
        raise SecondFactorMissingError


def _fill(organisation: Organisation, details: dict[str, Any], *, by: Principal) -> None:
    """Write checked details onto the row."""
    may_lack_tax_code = _may_lack_tax_code(organisation, by=by)
    for name in details.keys() & (OWN | OWNERS | STAFFS):
        setattr(organisation, name, nfc(details[name]) if name in TEXTS else details[name])
    if not is_visible(organisation.legal_name):
        raise InvalidFactError(_("A name is needed."), pointer="/legal_name", code="required")
    if organisation.country not in COUNTRIES:
        raise InvalidFactError(_("Not a country code of ISO 3166-1, such as VN."), pointer="/country")
    if "contact_phone" in details:
        organisation.contact_phone = e164(organisation.contact_phone, pointer="/contact_phone")
    if details.keys() & {"country", "address", *STAFFS}:
        _identify(organisation, may_lack_tax_code=may_lack_tax_code, by=by)


def _may_lack_tax_code(organisation: Organisation, *, by: Principal) -> bool:
    """Lists often tell none: staff may register a supplier before they know it, and it is a draft until they do. What
    is known is not taken away."""
    if organisation.kind != Organisation.Kind.SUPPLIER:
        return False
    if not organisation.pk:
        return by.is_staff
    return organisation.country == tax_codes.HOME and not organisation.tax_code


def _identify(organisation: Organisation, *, may_lack_tax_code: bool, by: Principal) -> None:
    """Vietnamese organisations have a tax code, others an address."""
    if organisation.tax_code_override and not by.is_staff:
        raise StaffOnlyError
    if organisation.country != tax_codes.HOME and not organisation.address:
        raise InvalidFactError(_("Outside Vietnam an address is needed."), pointer="/address", code="required")
    if organisation.country == tax_codes.HOME and not organisation.tax_code:
        if may_lack_tax_code:
            return
        raise InvalidFactError(_("A Vietnamese organisation needs its tax code."), pointer="/tax_code", code="required")
    organisation.tax_code = tax_codes.normalised(
        organisation.tax_code, country=organisation.country, check_digit=not organisation.tax_code_override
    )


def _save_unless_registered(organisation: Organisation, *, by: Principal) -> None:
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as refusal:
        if "organisation_tax_code_used_once" not in str(refusal):
            raise
        raise _exists(organisation, by=by) from None


def _exists(wanted: Organisation, *, by: Principal) -> OrganisationExistsError:
    registered = Organisation.objects.get(country=wanted.country, tax_code=wanted.tax_code)
    visible = Organisation.objects.visible_to(by).filter(pk=registered.pk).exists()
    if registered.is_claimable:
        return OrganisationExistsError(
            _("This firm is registered and nobody has taken it over yet. You can claim it."),
            existing=address_of(registered) if visible else None,
            claim_url="/api/v1/claims",
        )
    return OrganisationExistsError(existing=address_of(registered) if visible else None)


def address_of(organisation: Organisation) -> str:
    return f"/api/v1/organisations/{organisation.public_id}"
