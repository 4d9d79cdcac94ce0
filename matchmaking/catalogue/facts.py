"""From the rows of published suppliers to the engine's records."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Prefetch, QuerySet

from matchmaking.catalogue.coarse import coarse_utilisation
from matchmaking.engine.model import (
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    Fact,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
)
from suppliers.facts import WITHDRAWN_COUNTS
from suppliers.models import Capability, Certificate, Site, Supplier
from taxonomy.distance import nearest_line
from taxonomy.models import Material
from taxonomy.units import to_base


@dataclass(frozen=True, kw_only=True)
class FirmRows:
    """All rows of one firm that its record is made of. `materials` has codes, by the capability's public id."""

    supplier: Supplier
    sites: Sequence[Site]
    capabilities: Sequence[Capability]
    materials: Mapping[str, Sequence[str]]
    certificates: Sequence[Certificate]


def read_rows(ids: Collection[int] | None) -> Iterator[FirmRows]:
    """The rows of published suppliers.

    Args:
        ids: of the rows wanted; None for all. Those not published are left out.
    """
    suppliers = Supplier.objects.published()
    if ids is not None:
        suppliers = suppliers.filter(pk__in=ids)
    for supplier in _with_facts(suppliers):
        sites = list(supplier.sites.all())
        capabilities = [capability for site in sites for capability in site.capabilities.all()]
        yield FirmRows(
            supplier=supplier,
            sites=sites,
            capabilities=capabilities,
            materials={row.public_id: [material.code for material in row.materials.all()] for row in capabilities},
            certificates=list(supplier.certificates.all()),
        )


def _with_facts(suppliers: QuerySet[Supplier]) -> QuerySet[Supplier]:
    # Capabilities are read through their sites: so none can appear without its site while someone writes.
    materials = Prefetch("materials", Material.objects.only("code").order_by("code"))
    capabilities = Capability.objects.select_related("process").prefetch_related(materials).order_by("public_id")
    sites = Site.objects.select_related("province", "old_province").order_by("public_id")
    counting = Certificate.objects.exclude(state=Certificate.State.REJECTED).select_related("standard")
    return suppliers.prefetch_related(
        Prefetch("sites", sites),
        Prefetch("sites__capabilities", capabilities),
        Prefetch("certificates", counting.order_by("public_id")),
    )


def record_of(rows: FirmRows, *, taxonomy: Taxonomy, as_of: date) -> SupplierRecord:
    """What the catalogue says of a firm with these rows; arguments as of `read_stock`, which says it of stored ones."""
    supplier = rows.supplier
    sites = {site.pk: site.public_id for site in rows.sites}
    return SupplierRecord(
        id=supplier.public_id,
        sites=tuple(_site(site) for site in rows.sites),
        certificates=_certificates(rows),
        languages=_fact(supplier, "languages", tuple(supplier.languages) or None, as_of),
        export_share_pct=_fact(supplier, "export_share_pct", supplier.export_share_pct, as_of),
        capabilities=tuple(
            _capability(capability, sites[capability.site_id], rows.materials[capability.public_id], taxonomy, as_of)
            for capability in rows.capabilities
            if capability.process.code in taxonomy.processes
        ),
    )


def _site(site: Site) -> SiteRecord:
    province = site.old_province or site.province
    return SiteRecord(
        id=site.public_id,
        lat=None if site.latitude is None else nearest_line(site.latitude),
        lon=None if site.longitude is None else nearest_line(site.longitude),
        province=province.reference if province else None,
    )


def _certificates(rows: FirmRows) -> CertificateSection | None:
    supplier = rows.supplier
    if supplier.certificates_stated_on is None:
        return None
    return CertificateSection(
        level=supplier.certificates_stated_level,
        observed=supplier.certificates_stated_on,
        items=tuple(_certificate(certificate) for certificate in rows.certificates),
    )


def _certificate(certificate: Certificate) -> CertificateRecord:
    return CertificateRecord(
        standard=certificate.standard.code,
        level=certificate.level,
        observed=certificate.observed_on,
        valid_from=certificate.valid_from,
        expires_on=certificate.expires_on,
        never_expires=certificate.never_expires,
    )


def _capability(
    row: Capability, site: str, made_of: Sequence[str], taxonomy: Taxonomy, as_of: date
) -> CapabilityRecord:
    capacity, unit = _in_base_unit(row.monthly_capacity, row.capacity_unit)
    moq, _ = _in_base_unit(row.moq, row.capacity_unit)
    materials = tuple(code for code in made_of if code in taxonomy.materials)
    monthly_capacity = _fact(row, "monthly_capacity", capacity, as_of, unit=unit)
    utilisation = _fact(row, "utilisation_pct", row.utilisation_pct, as_of)
    return CapabilityRecord(
        id=row.public_id,
        site=site,
        process=row.process.code,
        role=row.role,
        level=row.process_level,
        observed=row.process_observed_on,
        materials=_fact(row, "materials", materials or None, as_of),
        tolerance_mm=_fact(row, "tolerance_mm", row.tolerance_mm, as_of),
        roughness_um=_fact(row, "roughness_um", row.roughness_um, as_of),
        envelope_mm=_fact(row, "envelope_mm", tuple(row.envelope_mm) if row.envelope_mm else None, as_of),
        max_mass_kg=_fact(row, "max_mass_kg", row.max_mass_kg, as_of),
        monthly_capacity=monthly_capacity,
        utilisation_pct=_coarse(utilisation, monthly_capacity),
        lead_time_days=_fact(row, "lead_time_days", row.lead_time_days, as_of),
        moq=_fact(row, "moq", moq, as_of),
    )


def _in_base_unit(figure: float | None, unit: str) -> tuple[float | None, str | None]:
    if figure is None or not unit:
        return figure, unit or None
    return to_base(figure, unit)


def _coarse(utilisation: Fact[float] | None, capacity: Fact[float] | None) -> Fact[float] | None:
    """Unknown where no capacity is."""
    if utilisation is None or capacity is None or utilisation.value is None or capacity.value is None:
        return None
    (coarse_pct,) = coarse_utilisation(np.array([utilisation.value]), np.array([capacity.value])).tolist()
    return replace(utilisation, value=coarse_pct)


def _fact(
    row: Supplier | Capability, name: str, value: Any, as_of: date, *, unit: str | None = None
) -> Fact[Any] | None:
    """The fact `name` of the row with the evidence that stands beside it; None where it is not known."""
    observed: date | None = getattr(row, f"{name}_observed_on")
    if value is None or observed is None or _is_long_withdrawn(row, name, as_of):
        return None
    return Fact(value, getattr(row, f"{name}_level"), observed, unit)


def _is_long_withdrawn(row: Supplier | Capability, name: str, as_of: date) -> bool:
    """A figure that was taken back counts for a year more, so that hiding it does not pay."""
    withdrawn_on = row.withdrawn.get(name)
    return withdrawn_on is not None and date.fromisoformat(withdrawn_on) + WITHDRAWN_COUNTS <= as_of
