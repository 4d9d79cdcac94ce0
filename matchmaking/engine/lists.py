"""Lists of different lengths in flat arrays, and texts as lists of bytes: no object per entry."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.integer[Any]]


EVERYBODY: Final = slice(None)
MANY: Final = 512
"""Of so many lists it is worth while to see whether all are as long, as ids are: then there is much less to compute."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: multiplying by it spreads neighbours widely."""


def ends(counts: Sequence[int] | Ints) -> Ints:
    """Where each of some runs begins, and last where all end."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.add.accumulate(counts, out=offsets[1:])
    return offsets.astype(narrowest(int(offsets[-1])))


def narrowest(largest: int) -> npt.DTypeLike:
    """The smallest signed type of integers from 32 bits on that holds all up to `largest`."""
    return np.int32 if largest < 1 << 31 else np.int64


def signed_type(count: int) -> npt.DTypeLike:
    """The narrowest for numbers below `count` and -1."""
    return np.min_scalar_type(-max(count, 1))


def firsts(rising: Ints) -> Ints:
    """Where in a rising list each of its numbers stands first."""
    is_first = np.ones(len(rising), dtype=np.bool_)
    np.not_equal(rising[1:], rising[:-1], out=is_first[1:])
    return np.flatnonzero(is_first)


@dataclass(frozen=True, slots=True)
class Runs:
    """Entries of one owner after the other: those of owner i are numbered offsets[i] to offsets[i + 1] - 1."""

    offsets: Ints

    @property
    def count(self) -> int:
        """How many owners there are."""
        return len(self.offsets) - 1

    def lengths(self, owners: Ints | slice = EVERYBODY) -> Ints:
        lengths: Ints = self.offsets[1:][owners] - self.offsets[:-1][owners]
        return lengths

    def length(self, owner: int) -> int:
        return int(self.offsets[owner + 1] - self.offsets[owner])

    def gather(self, owners: Ints) -> tuple[Ints, Ints]:
        """The numbers of some owners' entries: (position within `owners`, number), both of one length."""
        starts = self.offsets[:-1].take(owners)
        lengths = self.offsets[1:].take(owners) - starts
        shift = starts - (np.cumsum(lengths) - lengths)
        position = np.repeat(np.arange(len(owners)), lengths)
        return position, np.arange(len(position)) + shift.take(position, mode="clip")


@dataclass(frozen=True, slots=True)
class Ragged(Runs):
    """Lists of different lengths: owner i has `entry[offsets[i]:offsets[i + 1]]`."""

    entry: Ints

    @classmethod
    def inverted(cls, owners: Ints, count: int) -> Self:
        """For each of so many owners the places, rising, where it stands in a list; -1 there is nobody's."""
        lengths = np.bincount(owners[owners >= 0], minlength=count)
        places = np.argsort(owners, kind="stable")[len(owners) - lengths.sum() :]
        return cls(ends(lengths), places.astype(narrowest(len(owners))))

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Self:
        lengths = np.fromiter((len(entries) for entries in lists), dtype=np.int64, count=len(lists))
        return cls(ends(lengths), np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(lengths.sum())))

    @classmethod
    def concatenated(cls, parts: Sequence["Ragged"]) -> Self:
        entry = np.concatenate([part.entry for part in parts])
        offsets, total = [parts[0].offsets[:1]], 0
        for part in parts:
            offsets.append(part.offsets[1:] + np.int64(total))
            total += len(part.entry)
        return cls(np.concatenate(offsets).astype(narrowest(total)), entry)

    def gather(self, owners: Ints) -> tuple[Ints, Ints]:
        """The entries of some owners: (position within `owners`, entry), both of one length."""
        position, place = Runs.gather(self, owners)
        return position, self.entry.take(place, mode="clip")

    def take(self, owners: Ints) -> Self:
        """The lists of some owners, in their order."""
        starts = self.offsets[:-1].take(owners)
        lengths = self.offsets[1:].take(owners) - starts
        offsets = ends(lengths)
        width = int(lengths[0]) if len(owners) >= MANY else 0
        if width and (lengths == width).all() and not len(self.entry) % width and not (starts % width).any():
            return type(self)(offsets, self.entry.reshape(-1, width)[starts // width].reshape(-1))
        place = np.arange(offsets[-1]) + (starts - offsets[:-1]).repeat(lengths)
        return type(self)(offsets, self.entry.take(place, mode="clip"))

    def distinct(self) -> tuple[Self, Ints]:
        """Every list once, and for each owner which one it has."""
        if not len(self.entry):
            return type(self)(np.zeros(2, np.int32), self.entry), np.zeros(len(self.offsets) - 1, np.int8)
        _, first, number = np.unique(self._fingerprints(), return_index=True, return_inverse=True)
        lists = self.take(first)
        again = lists.take(number)
        if not (np.array_equal(again.offsets, self.offsets) and np.array_equal(again.entry, self.entry)):
            return self, np.arange(len(self.offsets) - 1, dtype=np.int32)  # two lists looked alike, once in an age
        return lists, number.astype(signed_type(len(first)))

    def _fingerprints(self) -> npt.NDArray[np.uint64]:
        """A number for each list, in which every entry and its place have their share."""
        lengths = self.lengths()
        position = np.arange(len(self.entry)) - np.repeat(self.offsets[:-1], lengths)
        mixed = (self.entry.astype(np.int64) + 1).view(np.uint64) * _MIX
        mixed ^= mixed >> np.uint64(29)
        mixed = (mixed + (position + 1).view(np.uint64)) * _MIX
        mixed ^= mixed >> np.uint64(32)
        sums = np.concatenate(([np.uint64(0)], np.cumsum(mixed * _MIX, dtype=np.uint64)))
        found: npt.NDArray[np.uint64] = sums[self.offsets[1:]] - sums[self.offsets[:-1]]
        return found

    def tolists(self) -> list[list[int]]:
        entries, bounds = self.entry.tolist(), self.offsets.tolist()
        return [entries[start:stop] for start, stop in pairwise(bounds)]


@dataclass(frozen=True, slots=True)
class Texts(Ragged):
    """Texts in UTF-8, whose bytes order texts as their code points do."""

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Self:
        encoded = [text.encode() for text in texts]
        return cls(ends([len(text) for text in encoded]), np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        """Raises IndexError beyond the last, so that a search by halving may be asked."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.entry[self.offsets[number] : self.offsets[number + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        data, bounds = self.entry.tobytes(), self.offsets.tolist()
        return (data[start:stop].decode() for start, stop in pairwise(bounds))
