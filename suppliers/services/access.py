"""Who may change a firm's facts, and the lock under which everybody does so."""

from accounts.errors import LeadsOnlyError
from accounts.models import User
from accounts.principals import Principal
from config.errors import NotAllowedError
from suppliers.errors import OwnEntryError, SupplierArchivedError
from suppliers.models import Capability, Certificate, Site, Supplier


def lock_supplier(supplier_id: int, *, by: Principal) -> Supplier:
    """A firm that the actor may change: its own, or for staff any. Locked until the transaction ends.

    Every writer locks the firm first, so the rows below it need no locks of their own.

    Raises:
        Supplier.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: it is another's, or the actor only reads.
        SupplierArchivedError: it is archived.
    """
    supplier = _locked(supplier_id, by=by)
    if not by.can_write or not (by.is_staff or supplier.organisation_id == by.organisation_id):
        raise NotAllowedError
    if supplier.state == Supplier.State.ARCHIVED:
        raise SupplierArchivedError
    return supplier


def lock_supplier_as_staff(supplier_id: int, *, by: Principal) -> Supplier:
    """A firm that staff decide about, locked.

    Raises:
        Supplier.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer of the agency.
    """
    supplier = _locked(supplier_id, by=by)
    require_staff(by)
    return supplier


def require_staff(by: Principal) -> None:
    """Refuse everybody but officers of the agency who may write."""
    if not (by.is_staff and by.can_write and by.user is not None):
        raise NotAllowedError


def require_lead(by: Principal) -> None:
    """Refuse everybody but those who run the agency: its owners."""
    require_staff(by)
    if not by.is_owner:
        raise LeadsOnlyError


def refuse_own(supplier: Supplier, *, entered_by: User | None, by: Principal) -> None:
    """Nobody approves what they entered, or what their own firm says.

    Raises:
        OwnEntryError: the actor is that person, or a member of the firm.
    """
    own = supplier.organisation.memberships.filter(user=by.user).exists()
    if own or (entered_by is not None and entered_by == by.user):
        raise OwnEntryError


def lock_site(site_id: int, *, by: Principal) -> Site:
    """As `lock_supplier`, for a site of the firm."""
    supplier_id = Site.objects.visible_to(by).values_list("supplier_id", flat=True).get(pk=site_id)
    lock_supplier(supplier_id, by=by)
    return Site.objects.select_related("supplier__organisation", "province", "old_province", "park").get(pk=site_id)


def lock_capability(capability_id: int, *, by: Principal) -> Capability:
    """As `lock_supplier`, for a capability of the firm."""
    supplier_id = Capability.objects.visible_to(by).values_list("site__supplier_id", flat=True).get(pk=capability_id)
    lock_supplier(supplier_id, by=by)
    return Capability.objects.select_related("site__supplier__organisation", "process").get(pk=capability_id)


def lock_certificate(certificate_id: int, *, by: Principal) -> Certificate:
    """As `lock_supplier`, for a certificate of the firm."""
    supplier_id = Certificate.objects.visible_to(by).values_list("supplier_id", flat=True).get(pk=certificate_id)
    lock_supplier(supplier_id, by=by)
    return Certificate.objects.select_related("supplier__organisation", "standard", "site").get(pk=certificate_id)


def row_below(supplier: Supplier, public_id: str) -> Supplier | Capability | Certificate:
    """The row of that id whose facts are proved: the firm itself, a capability or a certificate of it.

    Raises:
        Capability.DoesNotExist, Certificate.DoesNotExist: the firm has none of this id.
    """
    if public_id == supplier.public_id:
        return supplier
    if public_id.startswith(f"{Certificate.PREFIX}_"):
        certificates = Certificate.objects.select_related("supplier__organisation", "standard", "site")
        return certificates.get(supplier=supplier, public_id=public_id)
    capabilities = Capability.objects.select_related("site__supplier__organisation", "process")
    return capabilities.get(site__supplier=supplier, public_id=public_id)


def _locked(supplier_id: int, *, by: Principal) -> Supplier:
    visible = Supplier.objects.visible_to(by).select_related("organisation")
    return visible.select_for_update(of=("self",)).get(pk=supplier_id)
