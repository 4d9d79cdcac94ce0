"""What has been found of columns and holds for whoever asks, kept for the next one as far as there is room."""

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeAlias

import numpy.typing as npt

Arrays: TypeAlias = tuple[npt.NDArray[Any], ...]

MOST_BYTES: Final = 48 * 1024 * 1024
"""Of each columns. What was asked for longest ago goes first."""


class Kept:
    """Arrays by what they tell. Many threads may ask at once; two may then find the same, which does no harm."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._arrays: dict[Hashable, Arrays] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._arrays

    def get(self, key: Hashable, find: Callable[[], Arrays]) -> Arrays:
        """What is kept under a key, or else is found. Nobody may write into these arrays."""
        arrays = self._arrays.pop(key, None)
        if arrays is not None:
            self._arrays[key] = arrays  # after all others: the last one asked for
            return arrays
        arrays = find()
        for array in arrays:
            array.flags.writeable = False
        self._arrays[key] = arrays
        self._make_room()
        return arrays

    def _make_room(self) -> None:
        kept = list(self._arrays.items())  # at one moment, whoever else asks
        too_many = sum(_bytes(arrays) for _, arrays in kept) - self.most_bytes
        for key, arrays in kept:
            if too_many <= 0:
                return
            self._arrays.pop(key, None)
            too_many -= _bytes(arrays)


def _bytes(arrays: Arrays) -> int:
    return sum(array.nbytes for array in arrays)
