"""What a row says otherwise than the stored firm, and the acts that would bring the firm there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import change_organisation
from suppliers.facts import Origin
from suppliers.imports.plan import ORGANISATION, SUPPLIER, PlannedFirm
from suppliers.imports.report import Change
from suppliers.models import Capability, Site, Supplier
from suppliers.recording import plain
from suppliers.services import (
    add_capability,
    add_certificate,
    add_site,
    change_capability,
    change_site,
    change_supplier,
    state_certificates,
)
from taxonomy.models import Material, Process, Province, Standard


@dataclass(frozen=True)
class Step:
    """An act, and what it changes."""

    changes: list[Change]
    act: Callable[[], object]


class Terms:
    """The entries of the vocabulary by code, read once for a list."""

    def __init__(self) -> None:
        self.processes = {row.code: row for row in Process.objects.all()}
        self.materials = {row.code: row for row in Material.objects.all()}
        self.standards = {row.code: row for row in Standard.objects.all()}
        self.provinces = {row.reference: row for row in Province.objects.all()}

    def site(self, firm: PlannedFirm) -> dict[str, Any]:
        """What a row says of the firm's place."""
        values = firm.part(("address", "latitude", "longitude"))
        if firm.place:
            values["province"] = self.provinces[firm.place.current]
            if firm.place.old:
                values["old_province"] = self.provinces[firm.place.old]
        return values

    def of(self, firm: PlannedFirm, name: str) -> list[Any]:
        """The entries that a row names in its column of processes, materials or certificates."""
        entries: Mapping[str, Any] = self.standards if name == "certificates" else getattr(self, name)
        return [entries[code] for code in firm.codes.get(name, [])]


class Differences:
    """What a row says otherwise than a stored firm. What it does not say is left as it is: lists are incomplete."""

    def __init__(self, firm: PlannedFirm, supplier: Supplier, terms: Terms, *, by: Principal, origin: Origin) -> None:
        self.firm, self.supplier, self.terms = firm, supplier, terms
        self.by, self.origin = by, origin

    def steps(self) -> Iterator[Step]:
        """In an order in which they can be taken."""
        yield from self._profile()
        yield from self._site()
        yield from self._capabilities()
        yield from self._certificates()

    def _profile(self) -> Iterator[Step]:
        organisation, pk = self.supplier.organisation, self.supplier.pk
        if different := _different(organisation, self.firm.part((*ORGANISATION, "tax_code"))):
            yield Step(
                _told(organisation, different),
                lambda: change_organisation(organisation_id=organisation.pk, by=self.by, **different),
            )
        if stale := _different(self.supplier, self.firm.part((*SUPPLIER, "languages"))):
            yield Step(
                _told(self.supplier, stale),
                lambda: change_supplier(supplier_id=pk, values=stale, by=self.by, origin=self.origin),
            )

    @property
    def _first_site(self) -> Site | None:
        """Lists know one place for each firm."""
        return min(self.supplier.sites.all(), key=lambda site: site.pk, default=None)

    def _site(self) -> Iterator[Step]:
        values, site = self.terms.site(self.firm), self._first_site
        if site is None:
            yield Step([], lambda: add_site(supplier_id=self.supplier.pk, values=values, by=self.by))
        elif different := _different(site, _moved(site, values)):
            site_id = site.pk
            yield Step(_told(site, different), lambda: change_site(site_id=site_id, values=different, by=self.by))

    def _capabilities(self) -> Iterator[Step]:
        """One capability for each process, each with all materials of the list: it does not say which go together."""
        materials = self.terms.of(self.firm, "materials")
        rows = [row for site in self.supplier.sites.all() for row in site.capabilities.all()]
        present = {row.process_id: row for row in rows}
        for process in self.terms.of(self.firm, "processes"):
            row = present.get(process.pk)
            if row is None:
                yield Step([Change("processes", "", process.code)], self._adding(process, materials))
            elif new := [each for each in materials if each not in row.materials.all()]:
                told = f"{process.code}: {', '.join(sorted(each.code for each in new))}"
                yield Step([Change("materials", "", told)], self._widening(row, new))

    def _adding(self, process: Process, materials: list[Material]) -> Callable[[], object]:
        def add() -> object:
            site = self.supplier.sites.order_by("id").first()  # read now: a step before may have added it
            values = {"process": process, "site": site, "materials": materials}
            return add_capability(supplier_id=self.supplier.pk, values=values, by=self.by, origin=self.origin)

        return add

    def _widening(self, row: Capability, new: list[Material]) -> Callable[[], object]:
        both = sorted({*row.materials.all(), *new}, key=lambda each: each.code)
        return lambda: change_capability(
            capability_id=row.pk, values={"materials": both}, by=self.by, origin=self.origin
        )

    def _certificates(self) -> Iterator[Step]:
        present = {row.standard_id for row in self.supplier.certificates.all()}
        for standard in self.terms.of(self.firm, "certificates"):
            if standard.pk not in present:
                yield Step([Change("certificates", "", standard.code)], self._holding(standard))
        if self.firm.says_no_certificates and self.supplier.certificates_stated_on is None:
            pk = self.supplier.pk
            yield Step(
                [Change("certificates", "", "—")],
                lambda: state_certificates(supplier_id=pk, by=self.by, origin=self.origin),
            )

    def _holding(self, standard: Standard) -> Callable[[], object]:
        values = {"standard": standard}
        return lambda: add_certificate(supplier_id=self.supplier.pk, values=values, by=self.by, origin=self.origin)


def _moved(site: Site, values: dict[str, Any]) -> dict[str, Any]:
    """What a row says of a site, and that it left the former province where that lies in another of today's."""
    leaves = "province" in values and site.old_province and site.old_province.successor_id != values["province"].pk
    return {"old_province": None, **values} if leaves else values


def _different(row: Supplier | Organisation | Site, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that the row does not have yet."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _told(row: Supplier | Organisation | Site, different: Mapping[str, Any]) -> list[Change]:
    """What becomes of the row's fields; before the row is changed."""
    return [Change(name, _text(getattr(row, name)), _text(value)) for name, value in different.items()]


def _text(value: Any) -> str:
    value = value.reference if isinstance(value, Province) else plain(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
