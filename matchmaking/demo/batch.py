"""Many rows stored at once, parents before children."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from accounts.models import Organisation
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier


@dataclass
class Batch:
    """Rows to be stored, parents before children."""

    organisations: list[Organisation] = field(default_factory=list)
    suppliers: list[Supplier] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    capabilities: list[Capability] = field(default_factory=list)
    materials: list[tuple[Capability, list[str]]] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def store(self, *, material_ids: dict[str, int], sector_id: dict[str, int], sectors_of: list[str]) -> None:
        Organisation.objects.bulk_create(self.organisations)
        Supplier.objects.bulk_create(self.suppliers)
        Site.objects.bulk_create(self.sites)
        Capability.objects.bulk_create(self.capabilities)
        Certificate.objects.bulk_create(self.certificates)
        Evidence.objects.bulk_create(self.evidence)
        self._date_evidence()
        made_of = Capability.materials.through
        made_of.objects.bulk_create(
            made_of(capability_id=row.pk, material_id=material_ids[code])
            for row, codes in self.materials
            for code in codes
        )
        in_sector = Supplier.sectors.through
        in_sector.objects.bulk_create(
            in_sector(supplier_id=row.pk, sector_id=sector_id[code])
            for row, code in zip(self.suppliers, sectors_of, strict=True)
        )

    def _date_evidence(self) -> None:
        """It was entered when it was observed, not when the demo was loaded."""
        for row in self.evidence:
            row.created_at = datetime.combine(row.observed_on, time(12), tzinfo=UTC)
        Evidence.objects.bulk_update(self.evidence, ["created_at"])
