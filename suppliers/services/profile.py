"""The firm as a whole: creating it and changing its profile."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import DuplicateError, InvalidFactError, NotAllowedError
from notifications.services import publish
from suppliers.facts import DECLARED_TODAY, Origin
from suppliers.models import Supplier
from suppliers.recording import record_facts
from suppliers.services.access import lock_supplier

PROFILE = frozenset(
    {
        "description_vi",
        "description_en",
        "ownership",
        "founded_year",
        "employees_total",
        "employees_engineers",
        "employees_quality",
        "revenue_band",
        "sectors",
        "languages",
        "export_share_pct",
    }
)
"""What a firm says of itself as a whole."""


@transaction.atomic
def create_supplier(
    *,
    values: Mapping[str, Any],
    by: Principal,
    organisation: Organisation | None = None,
    origin: Origin = DECLARED_TODAY,
    source: str = "",
    source_ref: str = "",
) -> Supplier:
    """Start the profile of a firm, as a draft: a supplier its own, staff that of any supplier organisation.

    Args:
        values: of `PROFILE`, each optional.
        organisation: for staff; everybody else's own unless given.
        source: name of the list that it comes from, with `source_ref` as the firm's key there.

    Raises:
        NotAllowedError: the actor may not write, or not for that organisation; or its own is no supplier.
        InvalidFactError: staff name an organisation that is no supplier, or a value is not valid.
        DuplicateError: the organisation has a profile already.
    """
    organisation = organisation or by.organisation
    if organisation is None or not by.can_write or not (by.is_staff or organisation.pk == by.organisation_id):
        raise NotAllowedError
    if not (by.is_staff or by.is_supplier):
        raise NotAllowedError
    if organisation.kind != Organisation.Kind.SUPPLIER:
        raise InvalidFactError(_("Not the organisation of a supplier."), pointer="/organisation", code="wrong_kind")
    # Two at once: the second waits here and then finds the profile of the first.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if existing := Supplier.objects.filter(organisation=organisation).first():
        raise DuplicateError(existing=f"/api/v1/suppliers/{existing.public_id}")
    supplier = Supplier(organisation=organisation, source=source, source_ref=source_ref)
    record_facts(supplier, checked_profile(values), by=by, origin=origin)
    check_employees(supplier)
    publish("supplier.created", subject=supplier, actor=by)
    return supplier


@transaction.atomic
def change_supplier(
    *,
    supplier_id: int,
    values: Mapping[str, Any],
    by: Principal,
    origin: Origin = DECLARED_TODAY,
    expected_version: int | None = None,
) -> Supplier:
    """Change some of `PROFILE`.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: a value is not valid.
    """
    supplier = lock_supplier(supplier_id, by=by)
    supplier.check_version(expected_version)
    record_facts(supplier, checked_profile(values), by=by, origin=origin)
    check_employees(supplier)
    return supplier


def checked_profile(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values, if all are of `PROFILE`.

    Raises:
        InvalidFactError: one is not.
    """
    if unknown := sorted(values.keys() - PROFILE):
        raise InvalidFactError(_("Unknown field."), pointer=f"/{unknown[0]}", code="unknown_field")
    return values


def check_employees(supplier: Supplier) -> None:
    """Refuse parts that are more than the whole.

    Raises:
        InvalidFactError: see there.
    """
    total = supplier.employees_total
    for name in ("employees_engineers", "employees_quality"):
        part = getattr(supplier, name)
        if total is not None and part is not None and part > total:
            raise InvalidFactError(_("More than all employees."), pointer=f"/{name}", code="above_total")
