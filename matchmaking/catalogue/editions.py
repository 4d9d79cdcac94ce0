"""Which edition of a supplier's facts a snapshot has: what was made of the same one need not be made anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Self

_numbers = count()


@dataclass(frozen=True, slots=True)
class Editions:
    """Numbers, none of which this process gives twice.

    Attributes:
        number: of everybody who is not in `later`.
        later: by public id, of those who have been read anew since.
    """

    number: int
    later: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def new(cls) -> Self:
        """Of suppliers none of whom was known before."""
        return cls(next(_numbers))

    def after(self, supplier_ids: Iterable[str]) -> Self:
        """Once these have been read anew."""
        return type(self)(self.number, {**self.later, **dict.fromkeys(supplier_ids, next(_numbers))})

    def of(self, supplier_id: str) -> int:
        return self.later.get(supplier_id, self.number)
