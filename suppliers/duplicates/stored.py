"""Stored firms that may be one with a stored firm."""

from collections.abc import Iterable

from django.db.models import Q

from accounts.names import name_key
from accounts.tax_codes import HOME
from suppliers.duplicates.judging import Entry, Judgement, compare
from suppliers.models import Supplier

MOST_COMPARED = 200
MOST_SHOWN = 10
WORDS = 2
"""So many of the longest words of its legal name a duplicate shares at least."""


def may_be(supplier: Supplier) -> list[tuple[Supplier, Judgement]]:
    """Firms with the same telephone or words of the name, the likeliest first. Whether they are one, a person says."""
    organisation = supplier.organisation
    words = sorted(name_key(organisation.legal_name).split(), key=len)[-WORDS:]
    alike = Q(*(Q(organisation__name_key__contains=word) for word in words)) if words else Q()
    if organisation.contact_phone:
        alike |= Q(organisation__contact_phone=organisation.contact_phone)
    others = Supplier.objects.exclude(pk=supplier.pk).exclude(state=Supplier.State.ARCHIVED).filter(alike)
    mine = entry_of(supplier)
    found = [(other, compare(mine, entry_of(other))) for other in _first(others.select_related("organisation"))]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[0].pk))[:MOST_SHOWN]


def entry_of(supplier: Supplier) -> Entry:
    """What the register says of a firm."""
    known = supplier.organisation
    names = tuple(name for name in (known.legal_name, known.trade_name) if name)
    country = known.country or HOME
    return Entry(names, country=country, address=known.address, tax_code=known.tax_code, phone=known.contact_phone)


def _first(suppliers: Iterable[Supplier]) -> Iterable[Supplier]:
    return suppliers.order_by("-pk")[:MOST_COMPARED]  # type: ignore[attr-defined,no-any-return]
