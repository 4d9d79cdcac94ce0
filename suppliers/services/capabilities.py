"""What a firm can make."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import InvalidFactError, LimitReachedError
from suppliers.facts import DECLARED_TODAY, FACTS, WITHDRAWN_COUNTS, Origin
from suppliers.limits import MOST_CAPABILITIES
from suppliers.models import Capability, Evidence, Site, Supplier
from suppliers.recording import evidence_row, plain, record_facts
from suppliers.services.access import lock_capability, lock_supplier
from suppliers.services.sites import site_of
from taxonomy.models import Material

FIGURES = tuple(fact for fact in FACTS[Capability] if fact.name != "process")
CAPABILITY = frozenset({column for fact in FACTS[Capability] for column in fact.columns} | {"sample_lead_time_days"})
"""What may be said of a capability: the columns of its facts, and the lead time of samples."""


@transaction.atomic
def add_capability(
    *, supplier_id: int, values: Mapping[str, Any], by: Principal, origin: Origin = DECLARED_TODAY
) -> Capability:
    """Add a process that the firm runs at one of its sites.

    Where a published firm took the same process away within the last year and now leaves figures out, they come
    back as withdrawn: removing a row and entering it anew hides nothing.

    Args:
        values: of `CAPABILITY`; `process` and `site` are required.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        InvalidFactError: a value is not valid.
        LimitReachedError: the firm has `MOST_CAPABILITIES`.
    """
    supplier = lock_supplier(supplier_id, by=by)
    for name in ("process", "site"):
        if values.get(name) is None:
            raise InvalidFactError(_("This field is required."), pointer=f"/{name}", code="required")
    if Capability.objects.filter(site__supplier=supplier).count() >= MOST_CAPABILITIES:
        raise LimitReachedError(limit=MOST_CAPABILITIES)
    capability = Capability(site=values["site"])
    _record(capability, values, supplier=supplier, by=by, origin=origin)
    if supplier.was_published:
        _bring_back(capability)
    return capability


@transaction.atomic
def change_capability(
    *,
    capability_id: int,
    values: Mapping[str, Any],
    by: Principal,
    origin: Origin = DECLARED_TODAY,
    expected_version: int | None = None,
) -> Capability:
    """Change some of `CAPABILITY`.

    Raises:
        Capability.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: a value is not valid.
    """
    capability = lock_capability(capability_id, by=by)
    capability.check_version(expected_version)
    _record(capability, values, supplier=capability.supplier, by=by, origin=origin)
    return capability


@transaction.atomic
def remove_capability(*, capability_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a process that the firm no longer runs. The history keeps its last figures.

    Raises:
        Capability.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
    """
    capability = lock_capability(capability_id, by=by)
    capability.check_version(expected_version)
    last = {column: _last_value(capability, column) for fact in FACTS[Capability] for column in fact.columns}
    last["proved"] = {
        fact.name: [level, day.isoformat()]
        for fact in FIGURES
        for level, day in [fact.evidence_of(capability)]
        if day is not None
    }
    removal = evidence_row(capability, "capability", last, act=Evidence.Act.REMOVED, by=by, origin=DECLARED_TODAY)
    removal.supplier = capability.supplier
    removal.save()
    capability.delete()


def _record(
    capability: Capability, values: Mapping[str, Any], *, supplier: Supplier, by: Principal, origin: Origin
) -> None:
    if unknown := sorted(values.keys() - CAPABILITY):
        raise InvalidFactError(_("Unknown field."), pointer=f"/{unknown[0]}", code="unknown_field")
    for name in ("process", "role", "site"):
        if name in values and not values[name]:
            raise InvalidFactError(_("This field is required."), pointer=f"/{name}", code="required")
    if "site" in values:
        _check_site(capability, values["site"], supplier=supplier)
    _check_unit(capability, values)
    record_facts(capability, values, by=by, origin=origin)


def _check_site(capability: Capability, site: Site, *, supplier: Supplier) -> None:
    """The firm's own; and of a firm that was ever published, not one of which less is known than of the last."""
    site_of(supplier, site)
    if capability.pk is None or not supplier.was_published:
        return
    last = capability.site
    if (last.latitude is not None and site.latitude is None) or (last.province_id and site.province_id is None):
        raise InvalidFactError(
            _("Say first where that site lies, as for the last one."), pointer="/site", code="not_blanked"
        )


def _check_unit(capability: Capability, values: Mapping[str, Any]) -> None:
    figure = values.get("monthly_capacity", capability.monthly_capacity)
    unit = values.get("capacity_unit", capability.capacity_unit)
    if figure is not None and not unit:
        raise InvalidFactError(_("Say in which unit."), pointer="/capacity_unit", code="required")
    if figure is None and values.get("capacity_unit") and "monthly_capacity" not in values:
        raise InvalidFactError(_("Say how much of this unit."), pointer="/monthly_capacity", code="required")


def _last_value(capability: Capability, column: str) -> Any:
    if column == "materials":
        return sorted(capability.materials.values_list("code", flat=True))
    return plain(getattr(capability, column))


def _bring_back(capability: Capability) -> None:
    """Fill what was left out from the same process as it was when it was removed, marked as withdrawn that day."""
    last = (
        Evidence.objects.filter(
            supplier=capability.supplier,
            act=Evidence.Act.REMOVED,
            fact="capability",
            value__process=capability.process.code,
            observed_on__gt=timezone.localdate() - WITHDRAWN_COUNTS,
        )
        .order_by("-id")
        .first()
    )
    if last is None or last.value is None:
        return
    for fact in FIGURES:
        level, day = last.value["proved"].get(fact.name, (0, None))
        if day is None or fact.evidence_of(capability)[1] is not None:
            continue
        for column in fact.columns:
            _restore(capability, column, last.value[column])
        setattr(capability, fact.level, level)
        setattr(capability, fact.observed_on, date.fromisoformat(day))
        capability.withdrawn[fact.name] = last.observed_on.isoformat()
    capability.save()


def _restore(capability: Capability, column: str, value: Any) -> None:
    if column == "materials":
        capability.materials.set(Material.objects.filter(code__in=value))
    else:
        setattr(capability, column, value)
