"""How far the facts behind answers are proved: worked out only as far as somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Protocol

import numpy as np

from matchmaking.engine.columns import Bools, Floats, Grades, Ints
from matchmaking.engine.confidence import STALE_BELOW, level_weight


class Evidence(Protocol):
    """Of n facts."""

    @property
    def confidence(self) -> Floats:
        """Shape (n,), in [0, 1]; 0 where nothing is known."""
        ...

    @property
    def level(self) -> Ints:
        """Shape (n,), 0 to 4; -1 where nothing is known."""
        ...

    def is_weak(self, min_level: int | Ints) -> Bools:
        """Which of them are stale, or proved below a level: one for all, or one for each."""
        ...


@dataclass(frozen=True)
class Graded:
    """That of facts with grades; where several facts are behind an answer, it is trusted as far as the weakest.

    Attributes:
        trust: by grade.
        facts: for each fact behind an answer the n grades.
    """

    trust: Floats
    grades: Grades
    facts: tuple[Ints, ...]

    @cached_property
    def confidence(self) -> Floats:
        weakest: Floats = self._over_facts(self.trust, np.minimum)
        return weakest

    @cached_property
    def level(self) -> Ints:
        weakest: Ints = self._over_facts(self.grades.level, np.minimum)
        return weakest

    def is_weak(self, min_level: int | Ints) -> Bools:
        if isinstance(min_level, np.ndarray):
            return (self.confidence < STALE_BELOW) | (self.level < min_level)
        weak: Bools = self._over_facts((self.trust < STALE_BELOW) | (self.grades.level < min_level), np.logical_or)
        return weak

    def _over_facts(self, by_grade: Any, together: Callable[[Any, Any], Any]) -> Any:
        if len(self.facts) == 1:
            return by_grade.take(self.facts[0], mode="clip")
        return reduce(together, (by_grade.take(grades, mode="clip") for grades in self.facts))


@dataclass(frozen=True)
class Checked:
    """That of certificates, which do not age: they end."""

    level: Ints

    @cached_property
    def confidence(self) -> Floats:
        return level_weight(self.level)

    def is_weak(self, min_level: int | Ints) -> Bools:
        below: Bools = self.level < min_level
        return below


@dataclass(frozen=True)
class Certain:
    """That of n facts which nobody doubts."""

    size: int

    @cached_property
    def confidence(self) -> Floats:
        return np.ones(self.size)

    @cached_property
    def level(self) -> Ints:
        return np.full(self.size, 4, dtype=np.int8)

    def is_weak(self, min_level: int | Ints) -> Bools:
        below: Bools = self.level < min_level
        return below
