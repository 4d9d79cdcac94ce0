"""Targets of many requirements at once: where one requirement has one, these have one for each of n."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import Floats, Ints

T = TypeVar("T")
Figure: TypeAlias = float | Floats
"""One for all, or one for each, shape (n,)."""
Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Picked(Generic[T]):
    """For each of n one of a few: `options[which[i]]`, where -1 picks the last. Shape of `which` (n,), n above 0."""

    options: Sequence[T]
    which: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Quantities:
    """As `Quantity`, for each."""

    value: Floats
    unit: Picked[str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """As `Plant`, for each; `direction` has shape (n, 3): see `columns.direction`."""

    direction: Floats
    province: Picked[str | None]


def each_of(wanted: T | Picked[T], describe: Callable[[T], Any]) -> Any:
    """What is to be said of the one thing wanted, or of each, in an array of shape (n,)."""
    if isinstance(wanted, Picked):
        return np.array([describe(option) for option in wanted.options])[wanted.which]
    return describe(wanted)


def looked_up(wanted: T | Picked[T], describe: Callable[[T], Array], code: Ints, owner: Ints | None = None) -> Array:
    """What a table, which `describe` makes of each thing wanted, has at some codes. -1 reads its last entry.

    Args:
        code: shape (m,), or (…, n) where the last axis has one for each.
        owner: shape (m,): to which of the n each code belongs; the n themselves unless given.
    """
    if not isinstance(wanted, Picked):
        return describe(wanted).take(code, mode="wrap")
    used, which = np.unique(wanted.which, return_inverse=True)
    table = np.array([describe(wanted.options[number]) for number in used.tolist()])
    found: Array = table[which if owner is None else which[owner], code]
    return found
