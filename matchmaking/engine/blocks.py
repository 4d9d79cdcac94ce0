"""Rows a block at a time, and rows of rows."""

from collections.abc import Iterator
from typing import Final, overload

from matchmaking.engine.columns import Ints, Rows, taken

BLOCK: Final = 16_384
"""Rows judged together: what is worked out of them stays in the processor's cache."""


def size_of(rows: Rows) -> int:
    """How many they are."""
    return rows.stop - rows.start if isinstance(rows, slice) else len(rows)


def narrowed(rows: Rows, kept: Rows) -> Rows:
    """Those of some rows that are kept, given by their places among them."""
    if not isinstance(rows, slice):
        return taken(rows, kept)
    if isinstance(kept, slice):
        return slice(rows.start + kept.start, rows.start + kept.stop)
    shifted: Ints = rows.start + kept
    return shifted


@overload
def blocks_of(rows: slice) -> Iterator[slice]: ...
@overload
def blocks_of(rows: Ints) -> Iterator[Ints]: ...
def blocks_of(rows: Rows) -> Iterator[Rows]:
    """The same rows, at most `BLOCK` at a time."""
    if not isinstance(rows, slice):
        yield from (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
        return
    for start in range(rows.start, rows.stop, BLOCK):
        yield slice(start, min(start + BLOCK, rows.stop))
