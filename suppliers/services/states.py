"""A firm's way from draft to the public and back: each step a function, an event and a reason where one is due."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import note_names_checked
from config.api.acts import LONGEST_REASON
from config.errors import InvalidFactError
from notifications.services import publish
from suppliers.errors import OwnEntryError, ProfileIncompleteError
from suppliers.models import Capability, Evidence, Site, Supplier
from suppliers.services.access import lock_supplier, lock_supplier_as_staff, refuse_own

State = Supplier.State


@transaction.atomic
def submit_supplier(*, supplier_id: int, by: Principal) -> Supplier:
    """Ask staff to review and publish the profile.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        TransitionError: it is neither a draft nor sent back for changes.
        ProfileIncompleteError: what a review needs is missing.
    """
    supplier = lock_supplier(supplier_id, by=by)
    supplier.move(to=State.SUBMITTED)
    if missing := _missing(supplier):
        raise ProfileIncompleteError(missing=missing)
    supplier.submitted_at = timezone.now()
    supplier.submitted_by = by.user
    supplier.save_next_version()
    told = [supplier.organisation_id, *Organisation.objects.agency_ids()]
    publish("supplier.submitted", subject=supplier, actor=by, audience=told)
    return supplier


@transaction.atomic
def publish_supplier(*, supplier_id: int, by: Principal) -> Supplier:
    """Show a submitted profile to everybody, or a suspended one again.

    Raises:
        Supplier.DoesNotExist, NotAllowedError: see `lock_supplier_as_staff`.
        TransitionError: it is neither submitted nor suspended.
        OwnEntryError: the officer submitted it, or entered some of its facts.
    """
    supplier = lock_supplier_as_staff(supplier_id, by=by)
    supplier.move(to=State.PUBLISHED)
    refuse_own(supplier, entered_by=supplier.submitted_by, by=by)
    if Evidence.objects.entered_by(by).filter(supplier=supplier).exists():
        raise OwnEntryError
    supplier.published_at = supplier.published_at or timezone.now()
    note_names_checked(supplier.organisation_id)
    return _save_and_tell(supplier, "supplier.published", by=by)


@transaction.atomic
def request_changes(*, supplier_id: int, reason: str, by: Principal) -> Supplier:
    """Send a submitted profile back to the firm, saying what to change.

    Raises:
        Supplier.DoesNotExist, NotAllowedError: see `lock_supplier_as_staff`.
        InvalidFactError: no reason is given.
        TransitionError: it is not submitted.
    """
    supplier = lock_supplier_as_staff(supplier_id, by=by)
    supplier.move(to=State.CHANGES_REQUESTED, reason=checked_reason(reason))
    return _save_and_tell(supplier, "supplier.changes_requested", by=by)


@transaction.atomic
def suspend_supplier(*, supplier_id: int, reason: str, by: Principal) -> Supplier:
    """Take a published profile from view until it is published again.

    Raises:
        Supplier.DoesNotExist, NotAllowedError: see `lock_supplier_as_staff`.
        InvalidFactError: no reason is given.
        TransitionError: it is not published.
    """
    supplier = lock_supplier_as_staff(supplier_id, by=by)
    supplier.move(to=State.SUSPENDED, reason=checked_reason(reason))
    return _save_and_tell(supplier, "supplier.suspended", by=by)


@transaction.atomic
def archive_supplier(*, supplier_id: int, by: Principal, reason: str = "") -> Supplier:
    """Close a profile for good.

    Raises:
        Supplier.DoesNotExist, NotAllowedError: see `lock_supplier_as_staff`.
        TransitionError: it is archived already.
    """
    supplier = lock_supplier_as_staff(supplier_id, by=by)
    supplier.move(to=State.ARCHIVED, reason=checked_reason(reason) if reason else "")
    return _save_and_tell(supplier, "supplier.archived", by=by)


def checked_reason(reason: str) -> str:
    """The reason of an act, in words.

    Raises:
        InvalidFactError: there is none, or it is too long.
    """
    if not reason.strip():
        raise InvalidFactError(_("Say why."), pointer="/reason", code="required")
    if len(reason) > LONGEST_REASON:
        raise InvalidFactError(
            _("At most %(most)s characters.") % {"most": LONGEST_REASON}, pointer="/reason", code="max_length"
        )
    return reason.strip()


def _save_and_tell(supplier: Supplier, topic: str, *, by: Principal) -> Supplier:
    supplier.save_next_version()
    publish(topic, subject=supplier, actor=by, audience=[supplier.organisation_id], reason=supplier.state_reason)
    return supplier


def _missing(supplier: Supplier) -> list[str]:
    """What a review needs and the profile lacks. Firms abroad need neither tax code nor province, but an address."""
    sites = Site.objects.filter(supplier=supplier)
    missing = []
    if not Capability.objects.filter(site__supplier=supplier).exists():
        missing.append("capability")
    if supplier.organisation.country != "VN":
        if not supplier.organisation.address and not sites.exclude(address="").exists():
            missing.append("address")
        return missing
    if not supplier.organisation.tax_code:
        missing.append("tax_code")
    if not sites.filter(province__isnull=False).exists():
        missing.append("province")
    return missing
