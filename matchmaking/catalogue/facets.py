"""How many suppliers there are of each code, counted on the catalogue's columns."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matchmaking.catalogue.places import Places
from matchmaking.catalogue.stock import Stock
from matchmaking.catalogue.traits import Kind, Traits, lists_of, owners_of
from matchmaking.catalogue.vocabulary import Vocabulary
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.lists import Ragged, Runs
from matchmaking.engine.taxonomy import reachable

Counts = dict[int, int]
"""Of suppliers, by row id of the code."""
Chosen = tuple[Bools, ...]
"""Which suppliers, of each part of the crowd."""


@dataclass(frozen=True)
class Crowd:
    """All published suppliers at one moment: those of the base that count, and those that have changed since."""

    parts: tuple[tuple[Stock, Bools], ...]
    vocabulary: Vocabulary

    @property
    def everybody(self) -> Chosen:
        return tuple(counted for _stock, counted in self.parts)

    def among(self, keys: Ints) -> Chosen:
        """Those with these row ids."""
        return tuple(counted & _marked(stock.places, keys, len(stock)) for stock, counted in self.parts)

    def with_any(self, kind: Kind, codes: Collection[str], *, valid_on: date | None = None, level: int = 0) -> Chosen:
        """Those with one of these codes or one that counts for it; of standards, by certificates proved so well and,
        where a day is given, valid on it for sure."""
        found = []
        for stock, counted in self.parts:
            lists = getattr(stock.traits, kind)
            hits = self.are_any(kind, codes, lists.entry)
            if kind == "standards":
                hits &= stock.traits.proved(_ordinal(valid_on), level)
            found.append(counted & _with_a_hit(lists, hits))
        return tuple(found)

    def are_any(self, kind: Kind, codes: Collection[str], keys: Ints) -> Bools:
        """Which entries, by row id, are one of these codes or count for it."""
        wanted = set(codes)
        answers = np.zeros(
            self._size(kind) + 1, dtype=np.bool_
        )  # the last entry is for those newer than the vocabulary
        answers[[key for key, upper in self._above[kind].items() if wanted & upper]] = True
        return answers.take(keys, mode="clip")

    def placed_in(self, provinces: Iterable[str]) -> Chosen:
        """Those with a site in one of these provinces: of old where its address names one, else of today."""
        wanted = frozenset(provinces)
        found = []
        for stock, counted in self.parts:
            columns = stock.columns
            hits = columns.provinces.mask(wanted)[columns.site_province]
            found.append(counted & _with_a_hit(columns.sites_of_supplier, hits))
        return tuple(found)

    def counts(self, kind: Kind, chosen: Chosen, *, valid_on: date | None = None, level: int = 0) -> Counts:
        """How many of the chosen suppliers `with_any` finds by each code; codes by which it finds none are left out."""
        size = self._size(kind)
        total = np.zeros(size, dtype=np.int64)
        for (stock, _counted), mask in zip(self.parts, chosen, strict=True):
            lists = self._lists(stock.traits, kind, valid_on, level)
            entry = lists.entry if mask.all() else lists.entry[np.repeat(mask, lists.lengths())]
            total += np.bincount(entry, minlength=size)[:size]
        return self._known(kind, total)

    def counts_of_pairs(self, keys: Ints, processes: Ints, chosen: Chosen) -> Counts:
        """The same of processes, for some pairs of a supplier's and a process's row id."""
        total = np.zeros(self._size("processes"), dtype=np.int64)
        for (stock, _counted), mask in zip(self.parts, chosen, strict=True):
            place = stock.places.of(keys)
            owner = np.where(np.append(mask, False)[place], place, -1)
            pairs = lists_of(owner, processes, len(stock))
            total += np.bincount(self._rolled(pairs, "processes").entry, minlength=len(total))[: len(total)]
        return self._known("processes", total)

    def _lists(self, traits: Traits, kind: Kind, valid_on: date | None, level: int) -> Ragged:
        """Codes of each supplier with all for which they count: made once for as long as nothing of it changes."""
        if kind in ("provinces", "sectors"):
            return getattr(traits, kind)  # type: ignore[no-any-return]
        version, day = self.vocabulary.version, _ordinal(valid_on)
        if kind != "standards":
            return traits.kept(kind, version, lambda: self._rolled(getattr(traits, kind), kind))
        return traits.kept(
            kind, (version, day, level), lambda: self._rolled(traits.standards, kind, traits.proved(day, level))
        )

    def _rolled(self, lists: Ragged, kind: Kind, among: Bools | None = None) -> Ragged:
        owner, entry = owners_of(lists), lists.entry
        if among is not None:
            owner, entry = owner[among], entry[among]
        known = entry < self._size(kind)
        position, upper = self._upper(kind).gather(entry[known])
        return lists_of(owner[known][position], upper, len(lists.offsets) - 1)

    def _known(self, kind: Kind, total: Ints) -> Counts:
        codes = self.vocabulary.codes[kind]
        return {key: int(total[key]) for key in np.flatnonzero(total).tolist() if key in codes}

    def _size(self, kind: Kind) -> int:
        return max(self.vocabulary.codes[kind], default=0) + 1

    def _upper(self, kind: Kind) -> Ragged:
        """By row id, the row ids of all for which a code counts."""
        key_of = {code: key for key, code in self.vocabulary.codes[kind].items()}
        counting = self._above[kind]
        upper = (counting.get(key, set()) for key in range(self._size(kind)))
        return Ragged.of([sorted(key_of[code] for code in codes if code in key_of) for codes in upper])

    @cached_property
    def _above(self) -> Mapping[str, Mapping[int, set[str]]]:
        """By kind and row id: the code itself, and all for which a supplier with it is found."""
        taxonomy = self.vocabulary.taxonomy
        steps: dict[str, Mapping[str, Iterable[str]]] = {
            "processes": _upwards(taxonomy.processes),
            "materials": _upwards(taxonomy.materials),
            "standards": taxonomy.implies,
        }
        return {
            kind: {key: reachable([code], steps.get(kind, {})) for key, code in codes.items()}
            for kind, codes in self.vocabulary.codes.items()
        }


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


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
