"""From planned firms to rows: through the same services as everybody else, on behalf of each firm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import change_organisation, create_organisation
from config.errors import ConflictError, DomainError, InvalidFactError
from suppliers.errors import ProfileIncompleteError
from suppliers.facts import Origin
from suppliers.imports.likenesses import LikelyKnownError, Likenesses
from suppliers.imports.plan import ORGANISATION, SUPPLIER, PlannedFirm
from suppliers.imports.report import LeftOut, Problem, Result, RowReport
from suppliers.models import Capability, Listing, Site, Supplier
from suppliers.services import (
    add_capability,
    add_certificate,
    add_site,
    change_capability,
    change_site,
    change_supplier,
    create_supplier,
    state_certificates,
    submit_supplier,
)
from taxonomy.models import Material, Process, Province, Standard


class NotOursToChangeError(ConflictError):
    """The firm has people of its own, or is no supplier: a list does not speak for it."""

    code = "not_ours_to_change"


@dataclass
class Applier:
    """Writes planned firms, one savepoint each. Call it inside a transaction.

    `source` names the list and `origin` says for which day it holds; what a firm in the list is not said to have is
    left as it is: lists are incomplete. `decided` says of rows that are likely a known firm which one they are, by
    its public id, or that they are `NEW`.
    """

    source: str
    origin: Origin
    by: Principal
    submit: bool = False
    decided: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.processes = {row.code: row for row in Process.objects.all()}
        self.materials = {row.code: row for row in Material.objects.all()}
        self.standards = {row.code: row for row in Standard.objects.all()}
        self.provinces = {row.reference: row for row in Province.objects.all()}
        self.likenesses = Likenesses(self.source, self.decided)

    def apply(self, firm: PlannedFirm) -> RowReport:
        """Create or update the firm; whatever refuses it undoes all of its row."""
        report = RowReport(firm.number, firm.name, Result.SKIPPED, problems=firm.problems, left_out=firm.left_out)
        if firm.problems:
            return report
        try:
            with transaction.atomic():
                self._write(firm, report)
        except DomainError as error:
            name = error.pointer.split("/")[1] if isinstance(error, InvalidFactError) and error.pointer else ""
            report.result, report.changed, report.supplier = Result.SKIPPED, [], ""
            could_be = error.could_be if isinstance(error, LikelyKnownError) else ()
            report.problems = [Problem(firm.heading(name), error.code, str(error.detail), could_be)]
        return report

    def _write(self, firm: PlannedFirm, report: RowReport) -> None:
        supplier = self._known(firm)
        created = supplier is None
        supplier = supplier or self._create(firm)
        changed = [] if created else self._update(firm, supplier)
        site = self._site(firm, supplier, changed)
        self._capabilities(firm, site, changed)
        self._certificates(firm, supplier, changed)
        if self.submit:
            self._submit(supplier, report)
        report.supplier = supplier.public_id
        report.changed = sorted(set(changed))
        report.result = Result.CREATED if created else Result.UPDATED if changed else Result.UNCHANGED
        self.likenesses.learn(firm, supplier)

    def _known(self, firm: PlannedFirm) -> Supplier | None:
        """The firm as it is stored, found by its tax code, else by its key in this list, else as was decided.

        Raises:
            NotOursToChangeError: see there.
            LikelyKnownError: it is likely a firm that is stored, and nobody has decided.
        """
        supplier = self._by_tax_code(firm) if firm.tax_code else None
        supplier = supplier or self._by_key(firm) or self.likenesses.decide(firm)
        if supplier and firm.tax_code and supplier.organisation.tax_code not in ("", firm.tax_code):
            raise NotOursToChangeError(_("this key of the list belongs to a firm with another tax code"))
        if supplier and supplier.organisation.memberships.exists():
            raise NotOursToChangeError(_("the firm keeps its profile itself"))
        return supplier

    def _by_tax_code(self, firm: PlannedFirm) -> Supplier | None:
        found = Organisation.objects.filter(country=firm.country, tax_code=firm.tax_code).first()
        if found is None:
            return None
        if found.kind != Organisation.Kind.SUPPLIER:
            raise NotOursToChangeError(_("this tax code is registered, but not as a supplier's"))
        return Supplier.objects.select_related("organisation").filter(organisation=found).first() or create_supplier(
            values={}, organisation=found, by=self.by, source=self.source, source_ref=firm.source_ref
        )

    def _by_key(self, firm: PlannedFirm) -> Supplier | None:
        key = {"source": self.source, "source_ref": firm.source_ref}
        listed = Q(**key) | Q(pk__in=Listing.objects.filter(**key).values("supplier"))
        return Supplier.objects.select_related("organisation").filter(listed).first()

    def _create(self, firm: PlannedFirm) -> Supplier:
        organisation = create_organisation(
            kind=Organisation.Kind.SUPPLIER,
            by=self.by,
            country=firm.country,
            tax_code=firm.tax_code,
            **firm.part(ORGANISATION),
        )
        return create_supplier(
            values=firm.part((*SUPPLIER, "languages")),
            organisation=organisation,
            by=self.by,
            origin=self.origin,
            source=self.source,
            source_ref=firm.source_ref,
        )

    def _update(self, firm: PlannedFirm, supplier: Supplier) -> list[str]:
        known = firm.part((*ORGANISATION, "tax_code"))
        different = {name: value for name, value in known.items() if getattr(supplier.organisation, name) != value}
        if different:
            change_organisation(organisation_id=supplier.organisation.pk, by=self.by, **different)
        values = firm.part((*SUPPLIER, "languages"))
        stale = {name: value for name, value in values.items() if getattr(supplier, name) != value}
        if stale:
            change_supplier(supplier_id=supplier.pk, values=stale, by=self.by, origin=self.origin)
        return [*different, *stale]

    def _site(self, firm: PlannedFirm, supplier: Supplier, changed: list[str]) -> Site:
        """The firm's first site: lists know one place for each firm."""
        values = self._site_values(firm)
        site = supplier.sites.order_by("id").first()
        if site is None:
            return add_site(supplier_id=supplier.pk, values=values, by=self.by)
        different = {name: value for name, value in values.items() if getattr(site, name) != value}
        if different:
            change_site(site_id=site.pk, values=different, by=self.by)
            changed.extend(different)
        return site

    def _site_values(self, firm: PlannedFirm) -> dict[str, Any]:
        values = firm.part(("address", "latitude", "longitude"))
        if firm.place:
            values["province"] = self.provinces[firm.place.current]
            if firm.place.old:
                values["old_province"] = self.provinces[firm.place.old]
        return values

    def _capabilities(self, firm: PlannedFirm, site: Site, changed: list[str]) -> None:
        """One capability for each process, each with all materials of the list: it does not say which go together."""
        rows = Capability.objects.filter(site__supplier=site.supplier).select_related("process")
        present = {row.process.code: row for row in rows.prefetch_related("materials")}
        materials = [self.materials[code] for code in firm.codes.get("materials", [])]
        for code in firm.codes.get("processes", []):
            if code not in present:
                values = {"process": self.processes[code], "site": site, "materials": materials}
                add_capability(supplier_id=site.supplier_id, values=values, by=self.by, origin=self.origin)
                changed.append("processes")
            elif materials and set(materials) - set(present[code].materials.all()):
                both = {*materials, *present[code].materials.all()}
                values = {"materials": sorted(both, key=lambda row: row.code)}
                change_capability(capability_id=present[code].pk, values=values, by=self.by, origin=self.origin)
                changed.append("materials")

    def _certificates(self, firm: PlannedFirm, supplier: Supplier, changed: list[str]) -> None:
        present = set(supplier.certificates.values_list("standard__code", flat=True))
        for code in firm.codes.get("certificates", []):
            if code not in present:
                values: Mapping[str, Any] = {"standard": self.standards[code]}
                add_certificate(supplier_id=supplier.pk, values=values, by=self.by, origin=self.origin)
                changed.append("certificates")
        if firm.says_no_certificates and supplier.certificates_stated_on is None:
            state_certificates(supplier_id=supplier.pk, by=self.by, origin=self.origin)
            changed.append("certificates")

    def _submit(self, supplier: Supplier, report: RowReport) -> None:
        """Put a draft into the review queue of the other officers, unless it lacks what a review needs."""
        if supplier.state != Supplier.State.DRAFT:
            return
        try:
            submit_supplier(supplier_id=supplier.pk, by=self.by)
        except ProfileIncompleteError as error:
            report.left_out.extend(LeftOut("", name, "missing") for name in error.context["missing"])


class UndoneError(Exception):
    """Carries the report out of a transaction that is not to be kept."""


def apply_firms(
    firms: Iterable[PlannedFirm], applier: Applier, *, keep: bool, all_or_nothing: bool
) -> tuple[list[RowReport], bool]:
    """Write the firms and say what became of each.

    Args:
        keep: False writes nothing in the end, and still says exactly what would become of each row.
        all_or_nothing: with a single skipped row, nothing is written.

    Returns:
        The rows' reports, and whether anything was kept.
    """
    reports: list[RowReport] = []
    try:
        with transaction.atomic():
            reports.extend(applier.apply(firm) for firm in firms)
            if not keep or (all_or_nothing and any(row.result == Result.SKIPPED for row in reports)):
                raise UndoneError
    except UndoneError:
        return reports, False
    return reports, True
