"""From planned firms to rows: through the same services as everybody else, on behalf of each firm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import DomainError, InvalidFactError
from config.models import new_public_id
from suppliers.errors import ProfileIncompleteError
from suppliers.facts import Origin
from suppliers.imports.differences import Differences, Step, Terms
from suppliers.imports.errors import NotOursToChangeError
from suppliers.imports.known import Known, whole
from suppliers.imports.likenesses import LikelyKnownError, Likenesses
from suppliers.imports.plan import ORGANISATION, SUPPLIER, PlannedFirm
from suppliers.imports.report import LeftOut, Problem, Result, RowReport
from suppliers.models import Supplier
from suppliers.services import NewFirm, create_supplier, register_firms, submit_supplier

BATCH = 250
"""Rows that are looked up, and firms that are stored, together."""
WRITTEN = (
    "accounts_organisation, suppliers_supplier, suppliers_suppliersearch, suppliers_supplierchange, suppliers_site, "
    "suppliers_capability, suppliers_capability_materials, suppliers_certificate, suppliers_evidence"
)
New = tuple[PlannedFirm, RowReport]


@dataclass
class Applier:
    """Writes planned firms. Call it inside a transaction.

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
        self.terms = Terms()
        self.likenesses = Likenesses(self.source, self.decided)

    def apply(self, firms: Sequence[PlannedFirm]) -> list[RowReport]:
        """Create or update some firms; whatever refuses one undoes all of its row."""
        self.known = Known(firms, source=self.source)
        new: list[New] = []
        reports = [self._one(firm, new) for firm in firms]
        self._register(new)
        return reports

    def _one(self, firm: PlannedFirm, new: list[New]) -> RowReport:
        """Those that are stored are brought up to date; the others join the new ones, and are stored together."""
        report = RowReport(firm.number, firm.name, Result.SKIPPED, said=firm.said)
        report.problems, report.left_out = firm.problems, firm.left_out
        if firm.problems:
            return report
        try:
            supplier = self._known(firm)
            if supplier is None:
                report.result, report.supplier = Result.CREATED, new_public_id(Supplier.PREFIX)
                self.likenesses.learn(firm, report.supplier, is_stored=False)
                new.append((firm, report))
            else:
                self._update(firm, supplier, report)
        except DomainError as error:
            self._refuse(report, firm, error)
        return report

    def _known(self, firm: PlannedFirm) -> Supplier | None:
        """The firm as it is stored, found by its tax code, else by its key in this list, else as was decided.

        Raises:
            NotOursToChangeError: see there.
            LikelyKnownError: it is likely a firm that is stored, and nobody has decided.
        """
        supplier = self.known.supplier(firm)
        if supplier is None and (organisation := self.known.organisation(firm)):
            made = create_supplier(
                values={}, organisation=organisation, by=self.by, source=self.source, source_ref=firm.source_ref
            )
            supplier = whole(Supplier.objects.filter(pk=made.pk))[0]
        supplier = supplier or self.likenesses.decide(firm)
        if supplier and firm.tax_code and supplier.organisation.tax_code not in ("", firm.tax_code):
            raise NotOursToChangeError(_("this key of the list belongs to a firm with another tax code"))
        if supplier and supplier.organisation.memberships.all():
            raise NotOursToChangeError(_("the firm keeps its profile itself"))
        return supplier

    def _update(self, firm: PlannedFirm, supplier: Supplier, report: RowReport) -> None:
        steps = list(Differences(firm, supplier, self.terms, by=self.by, origin=self.origin).steps())
        listing = self.likenesses.listing_of(firm, supplier)
        if steps or listing or self.submit:
            with transaction.atomic():
                if listing:
                    listing.save()
                self._take(steps, supplier, report)
            self.known.forget(supplier)
        report.supplier = supplier.public_id
        report.changes = [change for step in steps for change in step.changes]
        report.result = Result.UPDATED if report.changes else Result.UNCHANGED
        self.likenesses.learn(firm, supplier.public_id, is_stored=True)

    def _take(self, steps: Iterable[Step], supplier: Supplier, report: RowReport) -> None:
        for step in steps:
            step.act()
        if self.submit:
            self._submit(supplier, report)

    def _register(self, new: Sequence[New]) -> None:
        """Store the new firms: all together, and if anything refuses that, one by one, to say which and why."""
        if not new:
            return
        try:
            with transaction.atomic():
                self._store(new)
        except (DomainError, IntegrityError):
            self.likenesses.begin_anew()
            for firm, report in new:
                self._register_alone(firm, report)

    def _register_alone(self, firm: PlannedFirm, report: RowReport) -> None:
        report.left_out = [item for item in report.left_out if item.outcome != "missing"]
        try:
            with transaction.atomic():
                self._store([(firm, report)])
        except DomainError as error:
            self._refuse(report, firm, error)
        except IntegrityError:
            self._refuse(report, firm, NotOursToChangeError(_("another list has just stored this firm")))

    def _store(self, new: Sequence[New]) -> None:
        firms = [self._new_firm(firm, report.supplier) for firm, report in new]
        suppliers = register_firms(firms, by=self.by, origin=self.origin, source=self.source)
        for supplier, (firm, report) in zip(suppliers, new, strict=True):
            if self.submit:
                self._submit(supplier, report)
            elif firm.lacks_tax_code:
                report.left_out.append(LeftOut("", "tax_code", "missing"))

    def _new_firm(self, firm: PlannedFirm, public_id: str) -> NewFirm:
        return NewFirm(
            public_id=public_id,
            source_ref=firm.source_ref,
            organisation={**firm.part(ORGANISATION), "country": firm.country, "tax_code": firm.tax_code},
            profile=firm.part((*SUPPLIER, "languages")),
            site=self.terms.site(firm),
            processes=self.terms.of(firm, "processes"),
            materials=self.terms.of(firm, "materials"),
            standards=self.terms.of(firm, "certificates"),
            states_certificates=firm.says_no_certificates,
        )

    def _submit(self, supplier: Supplier, report: RowReport) -> None:
        """Put a draft into the review queue of the other officers, unless it lacks what a review needs."""
        if supplier.state != Supplier.State.DRAFT:
            return
        try:
            submit_supplier(supplier_id=supplier.pk, by=self.by)
        except ProfileIncompleteError as error:
            report.left_out.extend(LeftOut("", name, "missing") for name in error.context["missing"])

    def _refuse(self, report: RowReport, firm: PlannedFirm, error: DomainError) -> None:
        name = error.pointer.split("/")[1] if isinstance(error, InvalidFactError) and error.pointer else ""
        report.result, report.changes, report.supplier = Result.SKIPPED, [], ""
        could_be = error.could_be if isinstance(error, LikelyKnownError) else ()
        report.problems = [Problem.of(firm.heading(name), error.code, error.detail, could_be=could_be)]


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
            for batch in _batches(firms):
                reports.extend(applier.apply(batch))
                if len(reports) == BATCH:
                    _count_rows()
            if not keep or (all_or_nothing and any(row.result == Result.SKIPPED for row in reports)):
                raise UndoneError
    except UndoneError:
        return reports, False
    return reports, True


def _count_rows() -> None:
    """Have PostgreSQL count what the first batch has left in each table, where it may have counted none.

    It would look up all others as if there were none still, in a time that grows with the square of their number. As
    long as this transaction lasts nobody else counts, who would see none of its rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {WRITTEN}")


def _batches(firms: Iterable[PlannedFirm]) -> Iterator[list[PlannedFirm]]:
    waiting = iter(firms)
    while batch := list(islice(waiting, BATCH)):
        yield batch
