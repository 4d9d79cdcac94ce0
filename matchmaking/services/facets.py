"""How many published suppliers the list would find if another code were chosen, with all else that is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.utils import timezone

from accounts.principals import Principal
from config.api.filtering import refuse_bad_values
from matchmaking.catalogue import current
from matchmaking.catalogue.facets import Capacity, Chosen, Counts, Crowd, intersection, size
from matchmaking.catalogue.traits import KINDS, Kind
from matchmaking.services.searching import Asker
from suppliers.api.v1.filters import CAPACITY, SupplierFilterForm, SupplierFilters
from suppliers.models import Supplier
from suppliers.models.search import parts_of_text
from taxonomy.models import Entry

PARAMETER_OF: Mapping[Kind, str] = {
    "processes": "process",
    "materials": "material",
    "standards": "standard",
    "provinces": "province",
    "sectors": "sector",
}
"""The parameter by which a code is chosen; with `__in`, one of several."""
OF_CERTIFICATES = ("valid_on", "standard_level__gte")
ONLY_HERE = frozenset({"mine"})
"""Parameters that the database answers: whose firm it is stands in no column."""


class FacetFilterForm(SupplierFilterForm):
    """Day and level of certificates may come alone: they say which certificates are counted."""

    needs = {name: others for name, others in SupplierFilterForm.needs.items() if name not in OF_CERTIFICATES}


class FacetFilters(SupplierFilters):
    """The parameters of the list of firms."""

    class Meta(SupplierFilters.Meta):
        form = FacetFilterForm


@dataclass(frozen=True, slots=True)
class Value:
    """An entry of the taxonomy, and how many suppliers there are of it."""

    code: str
    entry: Entry
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The codes with the most suppliers; `has_more` says whether there are others."""

    results: Sequence[Value]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Facets:
    """How many suppliers the list finds, and by kind what choosing another code would find.

    Attributes:
        valid_on: the day on which certificates must be valid to be counted.
    """

    total: int
    valid_on: date
    by_kind: Mapping[Kind, Facet]


def count_facets(query: Mapping[str, str], *, by: Principal, top: int) -> Facets:
    """Each facet is counted with all filters but those of its own kind.

    Args:
        query: parameters of the list.
        top: most codes of a facet.

    Raises:
        ValidationError, NotAuthenticated, NotAllowedError: as the list does.
    """
    filters = _filters(query, by)
    refuse_bad_values(filters)
    counting = _Counting(query, by, filters, current().crowd)
    return Facets(
        total=size(counting.found),
        valid_on=counting.valid_on,
        by_kind={kind: _first(kind, counting.counts(kind), counting.crowd, top) for kind in KINDS},
    )


@dataclass(frozen=True)
class _Counting:
    """One question, as far as it has been answered."""

    query: Mapping[str, str]
    by: Principal
    filters: FacetFilters
    crowd: Crowd

    @property
    def asked(self) -> Mapping[str, Any]:
        asked: Mapping[str, Any] = self.filters.form.cleaned_data
        return asked

    @property
    def valid_on(self) -> date:
        return self.asked.get("valid_on") or timezone.localdate()

    @property
    def level(self) -> int:
        """Levels are whole: at least 1.5 is at least 2."""
        return int(np.ceil(self.asked.get("standard_level__gte") or 0))

    @property
    def found(self) -> Chosen:
        """All that the list finds."""
        return intersection([self.by_the_rest, *self.by_capacity, *self.by_kind.values()])

    def counts(self, kind: Kind) -> Counts:
        others = [self.by_the_rest, *(chosen for other, chosen in self.by_kind.items() if other != kind)]
        if kind == "processes" and self.capacity:
            return self.crowd.counts_of_able(self.capacity, intersection(others))
        chosen = intersection([*others, *self.by_capacity])
        return self.crowd.counts(kind, chosen, valid_on=self.valid_on, level=self.level)

    @cached_property
    def by_kind(self) -> dict[Kind, Chosen]:
        """Whom each kind of code that is asked for leaves, on its own."""
        chosen = {kind: [self._with_any(kind, codes) for codes in self._codes(kind)] for kind in KINDS}
        return {kind: intersection(many) for kind, many in chosen.items() if many}

    def _codes(self, kind: Kind) -> Iterator[Sequence[str]]:
        one, several = (self.asked.get(f"{PARAMETER_OF[kind]}{end}") for end in ("", "__in"))
        if one:
            yield [getattr(one, "code", one)]
        if several:
            yield several

    def _with_any(self, kind: Kind, codes: Sequence[str]) -> Chosen:
        if kind != "standards":
            return self.crowd.with_any(kind, codes)
        return self.crowd.with_any(kind, codes, valid_on=self.asked.get("valid_on"), level=self.level)

    @cached_property
    def by_the_rest(self) -> Chosen:
        """Whom the parameters leave that are of no kind of code and of no capability."""
        return intersection([self.crowd.everybody, *self._by_others()])

    def _by_others(self) -> Iterator[Chosen]:
        asked, crowd = self.asked, self.crowd
        if words := asked.get("q"):
            yield crowd.mentioning(parts_of_text(words))
        if corridor := asked.get("corridor"):
            yield crowd.placed_in(province.reference for province in corridor.provinces.all())
        if near := asked.get("near"):
            yield crowd.producing_within(asked["within_km"], of=near)
        for name in ("ownership", "ownership__in"):
            if ownership := asked.get(name):
                yield crowd.owned([ownership] if name == "ownership" else ownership)
        for name in ("state", "state__in"):
            if (state := asked.get(name)) and Supplier.State.PUBLISHED not in ([state] if name == "state" else state):
                yield crowd.nobody
        if only_here := {name: value for name, value in self.query.items() if name in ONLY_HERE}:
            keys = list(_filters(only_here, self.by).qs.values_list("pk", flat=True))
            yield crowd.among(np.array(keys, dtype=np.int64))

    @cached_property
    def capacity(self) -> Capacity | None:
        """What is asked of one capability."""
        least, most = (self.asked.get(bound) for bound in CAPACITY)
        if least is None and most is None:
            return None
        return Capacity(unit=self.asked["capacity_unit"], least=least, most=most)

    @cached_property
    def by_capacity(self) -> Sequence[Chosen]:
        """Whom a capacity leaves, if one is asked for; together with a process it is that of the process."""
        if self.capacity is None:
            return ()
        return (self.crowd.able(self.capacity, list(self._codes("processes"))),)


def _filters(query: Mapping[str, str], by: Principal) -> FacetFilters:
    """Of all firms: the crowd holds the published ones only, which everybody may see."""
    return FacetFilters(data=query, queryset=Supplier.objects.order_by(), request=Asker(by))


def _first(kind: Kind, counts: Counts, crowd: Crowd, top: int) -> Facet:
    codes, entries = crowd.vocabulary.codes[kind], crowd.vocabulary.entries[kind]
    first = sorted(counts, key=lambda key: (-counts[key], codes[key]))[:top]
    return Facet([Value(codes[key], entries[key], counts[key]) for key in first], len(counts) > top)
