"""Where a firm works."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import InvalidFactError
from suppliers.errors import SiteInUseError
from suppliers.facts import DECLARED_TODAY
from suppliers.limits import check_figures
from suppliers.models import Evidence, Site, Supplier
from suppliers.recording import evidence_row, plain
from suppliers.services.access import lock_site, lock_supplier
from taxonomy.addresses import find_province
from taxonomy.models import Province

SITE = frozenset({"name", "role", "address", "province", "old_province", "park", "latitude", "longitude"})
"""What may be said of a site. `province` is one of today's, `old_province` one that has become part of it."""


@transaction.atomic
def add_site(*, supplier_id: int, values: Mapping[str, Any], by: Principal) -> Site:
    """Add a place where the firm works.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        InvalidFactError: a value is not valid, or two contradict each other.
    """
    supplier = lock_supplier(supplier_id, by=by)
    site = Site(supplier=supplier)
    fill_site(site, values)
    site.save()
    _note(site, by=by)
    return site


@transaction.atomic
def change_site(*, site_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None) -> Site:
    """Change some of `SITE`. Where a firm that was ever published stands can be replaced, not blanked.

    Raises:
        Site.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: a value is not valid, two contradict each other, or province or coordinates would vanish.
    """
    site = lock_site(site_id, by=by)
    site.check_version(expected_version)
    before = (site.province_id, site.latitude)
    fill_site(site, values)
    if site.supplier.was_published:
        _refuse_blanks(site, before=before)
    site.save_next_version()
    _note(site, by=by)
    return site


@transaction.atomic
def remove_site(*, site_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a place where nothing stands any more.

    Raises:
        Site.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
        SiteInUseError: capabilities or certificates stand at it.
    """
    site = lock_site(site_id, by=by)
    site.check_version(expected_version)
    if site.capabilities.exists() or site.certificates.exists():
        raise SiteInUseError
    site.delete()


def site_of(supplier: Supplier, site: Site, *, pointer: str = "/site") -> Site:
    """The site, if it is the firm's.

    Raises:
        InvalidFactError: it is another firm's.
    """
    if site.supplier_id != supplier.pk:
        raise InvalidFactError(_("Not a site of this firm."), pointer=pointer, code="does_not_exist")
    return site


def site_evidence(site: Site, *, by: Principal) -> Evidence:
    """An unsaved line of the history: what is said of a site now."""
    place = {name: plain(getattr(site, name)) for name in sorted(SITE)}
    entry = evidence_row(site, "site", place, act=Evidence.Act.ENTERED, by=by, origin=DECLARED_TODAY)
    entry.supplier_id = site.supplier_id
    return entry


def _note(site: Site, *, by: Principal) -> None:
    site_evidence(site, by=by).save()


def fill_site(site: Site, values: Mapping[str, Any]) -> None:
    """Write checked values onto the row, with what follows from them.

    Raises:
        InvalidFactError: a value is not valid, or two contradict each other.
    """
    if unknown := sorted(values.keys() - SITE):
        raise InvalidFactError(_("Unknown field."), pointer=f"/{unknown[0]}", code="unknown_field")
    check_figures(values)
    for name, value in values.items():
        setattr(site, name, value)
    _place_in_province(site)
    site.check_place()
    _place_on_map(site, given=bool(values.keys() & {"latitude", "longitude"}))


def _place_in_province(site: Site) -> None:
    if site.province is None and site.old_province is not None:
        site.province = site.old_province.successor
    if site.province is None and site.park is not None:
        site.province = site.park.province
    if site.province is None and site.address:
        site.province, site.old_province = _named_in(site.address)


def _named_in(address: str) -> tuple[Province | None, Province | None]:
    """The province that an address names without doubt, and the one before July 2025 where it names that."""
    place = find_province(address)
    if place is None:
        return None, None
    old = _province(place.old) if place.old else None
    return _province(place.current), old


def _province(reference: str) -> Province:
    edition, code = reference.split(":")
    return Province.objects.get(edition=edition, code=code)


def _place_on_map(site: Site, *, given: bool) -> None:
    if given and site.latitude is not None:
        site.coordinates_from = Site.CoordinateSource.GIVEN
    elif given or site.coordinates_from != Site.CoordinateSource.GIVEN:
        _take_from_park(site)


def _take_from_park(site: Site) -> None:
    site.latitude = site.park.latitude if site.park else None
    site.longitude = site.park.longitude if site.park else None
    site.coordinates_from = Site.CoordinateSource.PARK if site.latitude is not None else ""


def _refuse_blanks(site: Site, *, before: tuple[int | None, float | None]) -> None:
    """Else a site that lies too far could become one of which nobody knows."""
    for name, old, new in zip(("province", "latitude"), before, (site.province_id, site.latitude), strict=True):
        if old is not None and new is None:
            raise InvalidFactError(_("Can be replaced, not blanked."), pointer=f"/{name}", code="not_blanked")
