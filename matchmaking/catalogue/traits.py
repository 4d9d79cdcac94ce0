"""Codes by which lists find suppliers. What firms say of themselves counts here, however it is proved.

Codes stand as row ids of the taxonomy, so that the numbers of a base and of what has changed since are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np

from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.lists import Ragged, Runs, ends, signed_type

Kind = Literal["processes", "materials", "standards", "provinces", "sectors"]
KINDS: tuple[Kind, ...] = ("processes", "materials", "standards", "provinces", "sectors")
OF_CERTIFICATES = ("starts_on", "expires_on", "level")
SPREAD = 1 << 32
"""More than any row id of the taxonomy."""


@dataclass(frozen=True, eq=False)
class Traits:
    """Of each supplier its codes, each once, and its certificates that were not rejected, in the order of the stock.

    `provinces` are those of its sites: of today, and of old where the address names it. Days are ordinals, as in the
    engine's columns.
    """

    processes: Ragged
    materials: Ragged
    provinces: Ragged
    sectors: Ragged
    standards: Ragged
    starts_on: Ints
    expires_on: Ints
    level: Ints

    def take(self, suppliers: Ints) -> Self:
        """Of some suppliers, by index."""
        certificates = Runs(self.standards.offsets).gather(suppliers)[1]
        values: dict[str, Any] = {name: getattr(self, name).take(suppliers) for name in KINDS}
        values |= {name: getattr(self, name)[certificates] for name in OF_CERTIFICATES}
        return type(self)(**values)

    def joined(self, other: Self, order: Ints) -> Self:
        """Of the suppliers of both, put after one another and then in an order."""
        both = (self, other)
        values: dict[str, Any] = {name: Ragged.concatenated([getattr(each, name) for each in both]) for name in KINDS}
        values |= {name: np.concatenate([getattr(each, name) for each in both]) for name in OF_CERTIFICATES}
        return type(self)(**values).take(order)

    def proved(self, day: int | None, level: int) -> Bools:
        """Which certificates are proved so well and, where a day is given, valid on it for sure."""
        is_proved: Bools = self.level >= level
        if day is not None:
            is_proved &= (self.starts_on <= day) & (self.expires_on >= day)
        return is_proved

    def kept(self, name: str, key: object, make: Callable[[], Ragged]) -> Ragged:
        """What was last made under this name, if for the same key."""
        made = self._made.get(name)
        if made is None or made[0] != key:
            made = self._made[name] = key, make()
        return made[1]

    @cached_property
    def _made(self) -> dict[str, tuple[object, Ragged]]:
        return {}


def lists_of(owner: Ints, number: Ints, count: int) -> Ragged:
    """Each owner's numbers, each once, rising; pairs without an owner (-1) are left out."""
    pairs = np.unique(owner[owner >= 0].astype(np.int64) * SPREAD + number[owner >= 0])
    owners, numbers = np.divmod(pairs, SPREAD)
    narrow = signed_type(int(numbers.max(initial=0)) + 1)
    return Ragged(ends(np.bincount(owners, minlength=count)), numbers.astype(narrow))


def owners_of(lists: Runs) -> Ints:
    """For each entry whose it is."""
    return np.repeat(np.arange(len(lists.offsets) - 1), lists.lengths())
