"""Whom lists find, and how many of them there are of each code: answered on the catalogue's columns."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast

import numpy as np

from matchmaking.catalogue.bitmaps import Bitmaps
from matchmaking.catalogue.places import Places
from matchmaking.catalogue.stock import AnyStock
from matchmaking.catalogue.traits import Kind, Traits
from matchmaking.catalogue.vocabulary import Vocabulary
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.lists import Ragged, Runs
from matchmaking.engine.taxonomy import reachable
from suppliers.models import Supplier
from taxonomy.distance import Spot
from taxonomy.models import Kind as EntryKind
from taxonomy.questions import Part
from taxonomy.units import UNITS, units_like

Counts = dict[int, int]
"""Of suppliers, by row id of the code."""
Chosen = tuple[Bools, ...]
"""Which suppliers, of each part of the crowd."""
UNIT_PLACES = {code: place for place, code in enumerate(UNITS)}
OWNERSHIPS = tuple(Supplier.Ownership.values)
KIND_OF: Mapping[EntryKind, Kind] = {
    EntryKind.PROCESS: "processes",
    EntryKind.MATERIAL: "materials",
    EntryKind.STANDARD: "standards",
    EntryKind.PROVINCE: "provinces",
    EntryKind.SECTOR: "sectors",
}


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """A month's capacity of one capability: at least and at most so much of a unit."""

    unit: str
    least: float | None
    most: float | None

    def mask(self, traits: Traits) -> Bools:
        """Which capabilities have it, as `taxonomy.quantities` compares them."""
        met = np.zeros(len(traits.capacity), dtype=np.bool_)
        for stored in units_like(self.unit):
            scale = UNITS[self.unit].factor / stored.factor
            within = (traits.unit == UNIT_PLACES[stored.code]) & ~np.isnan(traits.capacity)
            if self.least is not None:
                within &= traits.capacity >= self.least * scale
            if self.most is not None:
                within &= traits.capacity <= self.most * scale
            met |= within
        return met


@dataclass(frozen=True)
class Crowd:
    """All published suppliers at one moment: those of the base that count, and those that have changed since."""

    parts: tuple[tuple[AnyStock, Bools], ...]
    vocabulary: Vocabulary

    @property
    def everybody(self) -> Chosen:
        return tuple(counted for _stock, counted in self.parts)

    @property
    def nobody(self) -> Chosen:
        return tuple(np.zeros_like(counted) for _stock, counted in self.parts)

    def among(self, keys: Ints) -> Chosen:
        """Those with these row ids."""
        return self._chosen(lambda stock: _marked(stock.places, keys, len(stock)))

    def with_any(self, kind: Kind, codes: Collection[str], *, valid_on: date | None = None, level: int = 0) -> Chosen:
        """Those with one of these codes or one that counts for it; of standards, by certificates proved so well and,
        where a day is given, valid on it for sure."""
        rows = self._rows(kind, codes)
        return self._chosen(lambda stock: self._bitmaps(stock.traits, kind, valid_on, level).any_of(rows))

    def placed_in(self, provinces: Iterable[str]) -> Chosen:
        """Those with a site in one of these provinces: of old where its address names one, else of today."""
        wanted = frozenset(provinces)

        def found(stock: AnyStock) -> Bools:
            columns = stock.columns
            hits = columns.provinces.mask(wanted)[columns.site_province]
            return _with_a_hit(columns.sites_of_supplier, hits)

        return self._chosen(found)

    def producing_within(self, km: float, *, of: Spot) -> Chosen:
        """Those with a site of production not farther than so much from a place, both on the grid."""

        def found(stock: AnyStock) -> Bools:
            producing, columns = stock.traits.producing, stock.columns
            near = of.are_within(km, columns.site_lat, columns.site_lon)
            return _with_a_hit(producing, near & (producing.entry > 0))

        return self._chosen(found)

    def able(self, capacity: Capacity, processes: Sequence[Collection[str]]) -> Chosen:
        """Those with one capability of that capacity whose process is, or counts for, one of each of these codes."""
        asked = [self._rows("processes", codes) for codes in processes]

        def found(stock: AnyStock) -> Bools:
            hits = capacity.mask(stock.traits)
            entries = self._numbers("processes", stock.traits.capabilities.entry)
            for rows in asked:
                hits &= self._counts_for_any("processes", rows)[entries]
            return _with_a_hit(stock.traits.capabilities, hits)

        return self._chosen(found)

    def mentioning(self, parts: Iterable[Part]) -> Chosen:
        """Those whose names hold the words of each part, or that have one of the codes it may mean."""
        return intersection([self._mentioning(part) for part in parts] or [self.nobody])

    def owned(self, ownerships: Collection[str]) -> Chosen:
        """Those of one of these kinds of ownership."""
        wanted = [OWNERSHIPS.index(each) for each in ownerships]
        return self._chosen(lambda stock: np.isin(stock.traits.ownership, wanted))

    def counts(self, kind: Kind, chosen: Chosen, *, valid_on: date | None = None, level: int = 0) -> Counts:
        """How many of the chosen suppliers `with_any` finds by each code; codes by which it finds none are left out."""
        bitmaps = (self._bitmaps(stock.traits, kind, valid_on, level) for stock, _counted in self.parts)
        return self._totals(kind, bitmaps, chosen)

    def counts_of_able(self, capacity: Capacity, chosen: Chosen) -> Counts:
        """How many of the chosen suppliers `able` finds by each process."""
        bitmaps = (
            self._rolled("processes", stock.traits.capabilities, capacity.mask(stock.traits))
            for stock, _counted in self.parts
        )
        return self._totals("processes", bitmaps, chosen)

    def _chosen(self, found: Callable[[AnyStock], Bools]) -> Chosen:
        return tuple(counted & found(stock) for stock, counted in self.parts)

    def _totals(self, kind: Kind, bitmaps: Iterable[Bitmaps], chosen: Chosen) -> Counts:
        totals = sum(each.counts(mask) for each, mask in zip(bitmaps, chosen, strict=True))
        return {key: total for key, total in zip(self._keys(kind), cast(Ints, totals).tolist(), strict=False) if total}

    def _mentioning(self, part: Part) -> Chosen:
        codes: dict[Kind, list[str]] = {}
        for kind, code in part.codes:
            codes.setdefault(KIND_OF[kind], []).append(code)

        def found(stock: AnyStock) -> Bools:
            words, count = stock.traits.words, len(stock)
            has: Bools = np.logical_and.reduce([words.firms_with(word, count) for word in part.words])
            for kind, some in codes.items():
                has |= self._held(stock.traits, kind).any_of(self._rows(kind, some))
            return has

        return self._chosen(found)

    def _held(self, traits: Traits, kind: Kind) -> Bitmaps:
        """As `_bitmaps`, but of standards only those that are listed themselves."""
        if kind != "standards":
            return self._bitmaps(traits, kind)
        key = "standards listed", self.vocabulary.version
        return traits.kept(key, lambda: self._plain(kind, traits.standards))

    def _bitmaps(self, traits: Traits, kind: Kind, valid_on: date | None = None, level: int = 0) -> Bitmaps:
        """Bits of each code and of all for which it counts: made once for as long as nothing of it changes."""
        version = self.vocabulary.version
        if kind != "standards":
            return traits.kept((kind, version), lambda: self._rolled(kind, getattr(traits, kind)))
        day = None if valid_on is None else valid_on.toordinal()
        return traits.kept(
            (kind, version, day, level),
            lambda: self._rolled(kind, traits.standards, traits.proved(day, level)),
        )

    def _rolled(self, kind: Kind, lists: Ragged, among: Bools | None = None) -> Bitmaps:
        return self._plain(kind, lists, among).rolled(self._upper[kind])

    def _plain(self, kind: Kind, lists: Ragged, among: Bools | None = None) -> Bitmaps:
        numbers = Ragged(lists.offsets, self._numbers(kind, lists.entry))
        return Bitmaps.of(numbers, len(self._upper[kind]), among)

    def _keys(self, kind: Kind) -> list[int]:
        """Row ids of the codes, by row of the bitmaps. There is one row more, for codes newer than the vocabulary."""
        return list(self.vocabulary.codes[kind])

    def _rows(self, kind: Kind, codes: Collection[str]) -> list[int]:
        return [row for row, code in enumerate(self.vocabulary.codes[kind].values()) if code in codes]

    def _numbers(self, kind: Kind, keys: Ints) -> Ints:
        """Rows of the bitmaps by row ids of codes."""
        return self._row_of[kind].take(keys, mode="clip")

    def _counts_for_any(self, kind: Kind, rows: Collection[int]) -> Bools:
        wanted = set(rows)
        return np.array([not wanted.isdisjoint(upper) for upper in self._upper[kind]])

    @cached_property
    def _row_of(self) -> Mapping[str, Ints]:
        found = {}
        for kind, codes in self.vocabulary.codes.items():
            rows = np.full(max(codes, default=0) + 2, len(codes), dtype=np.int16)
            rows[list(codes)] = np.arange(len(codes))
            found[kind] = rows
        return found

    @cached_property
    def _upper(self) -> Mapping[str, list[list[int]]]:
        """By row, the rows for which a code counts; none for codes that the vocabulary does not have."""
        taxonomy = self.vocabulary.taxonomy
        steps: dict[str, Mapping[str, Iterable[str]]] = {
            "processes": _upwards(taxonomy.processes),
            "materials": _upwards(taxonomy.materials),
            "standards": taxonomy.implies,
        }
        found = {}
        for kind, codes in self.vocabulary.codes.items():
            row_of = {code: row for row, code in enumerate(codes.values())}
            uppers = (reachable([code], steps.get(kind, {})) for code in codes.values())
            found[kind] = [*(sorted(row_of[code] for code in upper if code in row_of) for upper in uppers), []]
        return found


def intersection(many: Iterable[Chosen]) -> Chosen:
    """Those in every one of at least one selection."""
    return tuple(np.logical_and.reduce(masks) for masks in zip(*many, strict=True))


def size(chosen: Chosen) -> int:
    return sum(int(mask.sum()) for mask in chosen)


def _marked(places: Places, keys: Ints, count: int) -> Bools:
    mask = np.zeros(count + 1, dtype=np.bool_)  # the last entry is for those that are not here
    mask[places.of(keys)] = True
    return mask[:count]


def _with_a_hit(lists: Runs, hits: Bools) -> Bools:
    """Which owners have at least one entry that is hit."""
    sums = np.concatenate([[0], np.cumsum(hits)])
    return sums[lists.offsets[1:]] > sums[lists.offsets[:-1]]


def _upwards(parents: Mapping[str, str | None]) -> dict[str, list[str]]:
    return {code: [parent] for code, parent in parents.items() if parent is not None}
