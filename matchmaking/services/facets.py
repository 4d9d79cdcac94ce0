"""How many published suppliers the list would find if another code were chosen, with all else that is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Aggregate, BinaryField, QuerySet
from django.utils import timezone

from accounts.principals import Principal
from config.api.filtering import refuse_bad_values
from matchmaking.catalogue import current
from matchmaking.catalogue.facets import Chosen, Counts, Crowd, intersection, size
from matchmaking.catalogue.traits import KINDS, Kind
from matchmaking.engine.columns import Ints
from matchmaking.services.searching import Asker
from suppliers.api.v1.filters import CAPACITY, SupplierFilterForm, SupplierFilters
from suppliers.models import Supplier
from taxonomy.models import Material, Process, Province, Sector, Standard

MODEL_OF: Mapping[Kind, type[Any]] = {
    "processes": Process,
    "materials": Material,
    "standards": Standard,
    "provinces": Province,
    "sectors": Sector,
}
PARAMETER_OF: Mapping[Kind, str] = {
    "processes": "process",
    "materials": "material",
    "standards": "standard",
    "provinces": "province",
    "sectors": "sector",
}
"""The parameter by which a code is chosen; with `__in`, one of several."""
OF_CERTIFICATES = ("valid_on", "standard_level__gte")
ON_COLUMNS = frozenset(
    {*OF_CERTIFICATES, "corridor", *(f"{name}{end}" for name in PARAMETER_OF.values() for end in ("", "__in"))}
)
"""Parameters that are answered by the catalogue's columns."""
OF_CAPABILITIES = frozenset({*CAPACITY, "capacity_unit"})


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
    entry: Any
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
        if kind == "processes" and self.asks_for_capacity:
            return self.crowd.counts_of_pairs(*self.able, intersection(others))
        chosen = intersection([*others, *self.by_capacity])
        return self.crowd.counts(kind, chosen, valid_on=self.valid_on, level=self.level)

    @property
    def asks_for_capacity(self) -> bool:
        return any(self.asked.get(bound) is not None for bound in CAPACITY)

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
        rest = {name: value for name, value in self.query.items() if name not in ON_COLUMNS | OF_CAPABILITIES}
        chosen = [self.crowd.among(_packed(_filters(rest, self.by).qs, "pk")[:, 0])] if rest else []
        if corridor := self.asked.get("corridor"):
            chosen.append(self.crowd.placed_in(province.reference for province in corridor.provinces.all()))
        return intersection(chosen or [self.crowd.everybody])

    @cached_property
    def able(self) -> tuple[Ints, Ints]:
        """Suppliers and processes of the capabilities with the capacity that is asked for."""
        suppliers, processes = _packed(self.filters.capabilities_asked(), "site__supplier", "process").T
        return suppliers, processes

    @cached_property
    def by_capacity(self) -> Sequence[Chosen]:
        """Whom a capacity leaves, if one is asked for; together with a process it is that of the process."""
        if not self.asks_for_capacity:
            return ()
        suppliers, processes = self.able
        is_asked = np.ones(len(processes), dtype=np.bool_)
        for codes in self._codes("processes"):
            is_asked &= self.crowd.are_any("processes", codes, processes)
        return (self.crowd.among(suppliers[is_asked]),)


def _filters(query: Mapping[str, str], by: Principal) -> FacetFilters:
    """Of all firms: the crowd holds the published ones only, which everybody may see."""
    return FacetFilters(data=query, queryset=Supplier.objects.order_by(), request=Asker(by))


class _Packed(Aggregate):
    """Row ids, row after row, as the bytes of one value, so that none becomes an object."""

    function = "string_agg"
    arg_joiner = ") || int8send("
    template = "%(function)s(int8send(%(expressions)s), '')"
    output_field = BinaryField()


def _packed(rows: "QuerySet[Any]", *columns: str) -> Ints:
    """Shape (rows, columns)."""
    packed = rows.aggregate(packed=_Packed(*columns))["packed"]
    return np.frombuffer(packed or b"", dtype=">i8").astype(np.int64).reshape(-1, len(columns))


def _first(kind: Kind, counts: Counts, crowd: Crowd, top: int) -> Facet:
    codes = crowd.vocabulary.codes[kind]
    first = sorted(counts, key=lambda key: (-counts[key], codes[key]))[:top]
    entries = MODEL_OF[kind].objects.in_bulk(first)
    return Facet([Value(codes[key], entries[key], counts[key]) for key in first if key in entries], len(counts) > top)
