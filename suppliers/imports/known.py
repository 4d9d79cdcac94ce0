"""The stored firms that rows of a list are, found by tax code or by their key in the list, for many rows at once."""

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation
from suppliers.imports.errors import NotOursToChangeError
from suppliers.imports.plan import PlannedFirm
from suppliers.models import Listing, Supplier

BELOW = ("organisation__memberships", "sites__province", "sites__old_province", "certificates__standard")
MADE = ("sites__capabilities__process", "sites__capabilities__materials")


class Known:
    """The firms of some rows as they are stored, with what stands below them."""

    def __init__(self, firms: Sequence[PlannedFirm], *, source: str) -> None:
        codes = {firm.tax_code for firm in firms if not firm.problems and firm.tax_code}
        refs = {ref for firm in firms if not firm.problems for ref in (firm.source_ref, firm.spelling)}
        registered = Organisation.objects.filter(tax_code__in=codes)
        self._organisations = {(each.country, each.tax_code): each for each in registered}
        listed = Listing.objects.filter(source=source, source_ref__in=refs).values_list("source_ref", "supplier_id")
        self._listed = dict(listed)
        wanted = (
            Q(organisation__in=[each.pk for each in self._organisations.values()])
            | Q(source=source, source_ref__in=refs)
            | Q(pk__in=self._listed.values())
        )
        self._suppliers = {each.pk: each for each in whole(Supplier.objects.filter(wanted))}
        self._by_organisation = {each.organisation_id: each.pk for each in self._suppliers.values()}
        of_list = [each for each in self._suppliers.values() if each.source == source]
        self._by_ref = {each.source_ref: each.pk for each in of_list}
        self._without_tax_code = {each.source_ref: each.pk for each in of_list if not each.organisation.tax_code}

    def organisation(self, firm: PlannedFirm) -> Organisation | None:
        """The one with the row's tax code."""
        return self._organisations.get((firm.country, firm.tax_code)) if firm.tax_code else None

    def supplier(self, firm: PlannedFirm) -> Supplier | None:
        """The firm with the row's tax code, else with its key in the list, else one that the list spelt the same when
        it told no tax code of it.

        Raises:
            NotOursToChangeError: the tax code is that of an organisation which is no supplier.
        """
        organisation = self.organisation(firm)
        if organisation is not None and organisation.kind != Organisation.Kind.SUPPLIER:
            raise NotOursToChangeError(_("this tax code is registered, but not as a supplier's"))
        pk = self._by_organisation.get(organisation.pk) if organisation else None
        if pk is None and organisation is None:
            pk = self._by_ref.get(firm.source_ref) or self._listed.get(firm.source_ref)
            same_spelling = self._without_tax_code.pop(firm.spelling, None)  # one draft is one firm: not two rows
            pk = pk or same_spelling
        return self._suppliers.get(pk) if pk else None

    def forget(self, supplier: Supplier) -> None:
        """Read a firm anew the next time: it was changed."""
        if supplier.pk in self._suppliers:
            self._suppliers[supplier.pk] = whole(Supplier.objects.filter(pk=supplier.pk))[0]


def whole(suppliers: Iterable[Supplier]) -> Sequence[Supplier]:
    """The firms with all that a list can say of them, in the same few queries however many they are."""
    found: Sequence[Supplier] = list(suppliers.select_related("organisation").prefetch_related(*BELOW, *MADE))  # type: ignore[attr-defined]
    return found
