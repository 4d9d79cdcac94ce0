"""By what lists find suppliers. What firms say of themselves counts here, however it is proved.

Codes stand as row ids of the taxonomy, so that the numbers of a base and of what has changed since are the same.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, Self

import numpy as np

from matchmaking.catalogue.bitmaps import Bitmaps
from matchmaking.catalogue.words import Words
from matchmaking.engine.columns import Bools, Floats, Ints
from matchmaking.engine.lists import Ragged, Runs, ends, firsts, signed_type

Kind = Literal["processes", "materials", "standards", "provinces", "sectors"]
KINDS: tuple[Kind, ...] = ("processes", "materials", "standards", "provinces", "sectors")
BESIDE: Final = {"standards": ("starts_on", "expires_on", "level"), "capabilities": ("capacity", "unit")}
"""Lists, and what has an entry for each of theirs."""
LISTS: Final = (*KINDS, "capabilities", "producing")
VALUES: Final = (*LISTS, *(name for names in BESIDE.values() for name in names), "ownership")
"""All but the words."""
NUMBER_BITS: Final = 32
"""Any row id of the taxonomy has fewer."""
MOST_UNUSED: Final = 64
"""Traits of suppliers that have changed again, kept for nothing."""
MOST_KEPT: Final = 8
"""Bitmaps: those of each kind, and of standards some more, for other days and levels."""


@dataclass(frozen=True, eq=False)
class Traits:
    """Of each supplier its codes, each once, its certificates that were not rejected, its capabilities and its sites,
    in the order of the stock.

    Days are ordinals, as in the engine's columns.

    Attributes:
        provinces: of its sites: of today, and of old where the address names it.
        capabilities: the process of each.
        capacity: a month's, as it was written; NaN where it is not given or was taken back too long ago.
        unit: of the capacity, by its place among the units; -1 for none.
        producing: for each site of the columns whether it is one of production, 0 or 1.
        ownership: by its place among the choices; -1 for none.
    """

    processes: Ragged
    materials: Ragged
    provinces: Ragged
    sectors: Ragged
    standards: Ragged
    starts_on: Ints
    expires_on: Ints
    level: Ints
    capabilities: Ragged
    capacity: Floats
    unit: Ints
    producing: Ragged
    ownership: Ints
    words: Words

    def __len__(self) -> int:
        return len(self.ownership)

    @classmethod
    def gathered(cls, parts: Sequence["Traits"], suppliers: Ints) -> Self:
        """Of some suppliers of several crowds, by their places where these are put after one another."""
        return cls(**_taken(_together(parts), suppliers), words=_words_of(parts, suppliers))

    def proved(self, day: int | None, level: int) -> Bools:
        """Which certificates are proved so well and, where a day is given, valid on it for sure."""
        is_proved: Bools = self.level >= level
        if day is not None:
            is_proved &= (self.starts_on <= day) & (self.expires_on >= day)
        return is_proved

    def kept(self, key: Hashable, make: Callable[[], Bitmaps]) -> Bitmaps:
        """What was made for the same key, if not long ago."""
        made = self._made.pop(key, None) or make()
        self._made[key] = made
        for old in list(self._made)[:-MOST_KEPT]:
            self._made.pop(old, None)
        return made

    @cached_property
    def _made(self) -> dict[Hashable, Bitmaps]:
        return {}


@dataclass(frozen=True, eq=False)
class TraitsOfSome:
    """Traits of so many suppliers, made when they are asked for."""

    count: int
    make: Callable[[], Traits]

    @cached_property
    def traits(self) -> Traits:
        return self.make()


@dataclass(frozen=True, eq=False)
class LateTraits:
    """Traits of some suppliers of several crowds, see `Traits.gathered`, put together when a list asks for them.

    A ranking does not, and most changes are seen by rankings alone.
    """

    parts: tuple[TraitsOfSome, ...]
    suppliers: Ints

    @classmethod
    def of(cls, part: TraitsOfSome) -> Self:
        return cls((part,), np.arange(part.count))

    @classmethod
    def made(cls, traits: Traits, suppliers: Ints | None = None) -> Self:
        """Of some suppliers whose traits are there, or of all."""
        part = TraitsOfSome(len(traits), lambda: traits)
        return cls.of(part) if suppliers is None else cls((part,), suppliers)

    def joined(self, other: "LateTraits", order: Ints) -> Self:
        """Of the suppliers of both, put after one another and then in an order, which may leave some out."""
        one = type(self).made(self.traits) if "traits" in self.__dict__ else self
        suppliers = np.concatenate([one.suppliers, one.count + other.suppliers])[order]
        both = type(self)(one.parts + other.parts, suppliers)
        return both.pruned() if both.count > MOST_UNUSED + 2 * len(suppliers) else both

    @property
    def count(self) -> int:
        """Of suppliers in the parts, also of those who are left out by now."""
        return sum(part.count for part in self.parts)

    def pruned(self) -> Self:
        """Without the parts of which nobody is left."""
        first = ends([part.count for part in self.parts])
        part = first.searchsorted(self.suppliers, side="right") - 1
        used, number = np.unique(part, return_inverse=True)
        parts = tuple(self.parts[each] for each in used.tolist())
        return type(self)(parts, self.suppliers - first[part] + ends([each.count for each in parts])[number])

    @cached_property
    def traits(self) -> Traits:
        if len(self.parts) == 1 and np.array_equal(self.suppliers, np.arange(self.parts[0].count)):
            return self.parts[0].traits
        return Traits.gathered([part.traits for part in self.parts], self.suppliers)


def _words_of(parts: Sequence[Traits], suppliers: Ints) -> Words:
    if not len(suppliers):  # of nobody, those of everybody are not gone through
        return Words.of(())
    place = np.full(sum(map(len, parts)), -1, dtype=np.int32)
    place[suppliers] = np.arange(len(suppliers), dtype=np.int32)
    return Words.gathered([each.words for each in parts], np.split(place, ends([*map(len, parts)])[1:-1]))


def _together(parts: Sequence[Traits]) -> dict[str, Any]:
    """The `VALUES` of all, put after one another."""
    if len(parts) == 1:
        return {name: getattr(parts[0], name) for name in VALUES}
    values: dict[str, Any] = {name: Ragged.concatenated([getattr(each, name) for each in parts]) for name in LISTS}
    return values | {
        name: np.concatenate([getattr(each, name) for each in parts]) for name in VALUES if name not in LISTS
    }


def _taken(values: Mapping[str, Any], suppliers: Ints) -> dict[str, Any]:
    """What some suppliers, by index, have of the `VALUES`."""
    taken = {name: values[name].take(suppliers) for name in LISTS}
    for lists, names in BESIDE.items():
        entries = Runs.gather(values[lists], suppliers)[1]
        taken |= {name: values[name][entries] for name in names}
    return taken | {"ownership": values["ownership"][suppliers]}


def lists_of(owner: Ints, number: Ints, count: int) -> Ragged:
    """Each owner's numbers, each once, rising; pairs without an owner (-1) are left out."""
    owners, numbers = distinct_pairs(owner[owner >= 0], number[owner >= 0])
    return Ragged(ends(np.bincount(owners, minlength=count)), narrowed(numbers))


def distinct_pairs(owner: Ints, number: Ints) -> tuple[Ints, Ints]:
    """Pairs, neither negative, each once: by owner, then by number."""
    pairs = np.sort((owner.astype(np.int64) << NUMBER_BITS) | number)
    pairs = pairs.take(firsts(pairs))
    return pairs >> NUMBER_BITS, pairs & ((1 << NUMBER_BITS) - 1)


def narrowed(numbers: Ints) -> Ints:
    """Numbers from 0 on in the narrowest type that holds them."""
    return numbers.astype(signed_type(int(numbers.max(initial=0)) + 1))
