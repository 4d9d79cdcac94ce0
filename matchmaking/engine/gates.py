"""Which gates a supplier passes, and what a criterion says about it once evidence is counted in.

Source of the discounting: G. Shafer, A Mathematical Theory of Evidence, 1976.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import Bools, Floats, Ints, taken
from matchmaking.engine.evidence import Evidence
from matchmaking.engine.model import ActiveCriterion

FULL: Final = 1 - 1e-9
HALF: Final = 0.5 - 1e-9
PASSED: Final = 0
UNCONFIRMED: Final = 1
FAILED: Final = 2
GATE_NAMES: Final = ("passed", "unconfirmed", "failed")
TOO_BROAD: Final = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """A criterion's bare answer for n rows or suppliers, each array of shape (n,).

    Attributes:
        value: in [0, 1], NaN where unknown.
        evidence: of the facts behind it.
        fit: what the gate looks at where that is not the value (process, material): 1, 0.5 (too broad) or 0.
        interval: low and high where they do not follow from the confidence (track record).
    """

    value: Floats
    evidence: Evidence
    fit: Floats | None = None
    interval: tuple[Floats, Floats] | None = None

    @property
    def low(self) -> Floats:
        """What is known to be met; 0 where the value is unknown."""
        low = self.evidence.confidence * self.value if self.interval is None else self.interval[0]
        return np.fmax(low, 0.0)  # of NaN and a number, fmax gives the number

    def scaled_low(self, factor: float, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """The low times a factor."""
        return (factor * self.low).astype(dtype, copy=False)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """The low, and the high: what could be met; 1 where the value is unknown."""
        if self.interval is not None:
            return np.fmax(self.interval[0], 0.0), np.fmin(self.interval[1], 1.0)
        confidence = self.evidence.confidence
        met = confidence * self.value
        low = np.fmax(met, 0.0)
        return low, np.maximum(low, np.fmin(met + 1.0 - confidence, 1.0))


@dataclass(frozen=True, slots=True)
class Kinds:
    """The same where there are few different answers.

    Attributes:
        answers: one of each kind.
        which: shape (n,), the kind of each.
    """

    answers: Answer
    which: Ints

    @property
    def value(self) -> Floats:
        return taken(self.answers.value, self.which)

    @property
    def low(self) -> Floats:
        return taken(self.answers.low, self.which)

    def scaled_low(self, factor: float, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        return taken(self.answers.scaled_low(factor, dtype), self.which)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        low, high = self.answers.bounds
        return taken(low, self.which), taken(high, self.which)


AnyAnswer: TypeAlias = Answer | Kinds


@dataclass(frozen=True, slots=True)
class Assessment:
    """A criterion judged for n rows or suppliers: value (NaN where unknown), interval and the state of its gate."""

    value: Floats
    low: Floats
    high: Floats
    gate: Ints

    @classmethod
    def of(cls, answer: AnyAnswer, criterion: ActiveCriterion) -> Self:
        return cls(answer.value, *answer.bounds, gate_states(answer, criterion))

    def take(self, index: Ints) -> Self:
        return type(self)(self.value[index], self.low[index], self.high[index], self.gate[index])

    def spread(self, position: Ints, size: int, *, otherwise: int) -> Self:
        """Place these answers among `size` suppliers; the rest have nothing to offer: 0, [0, 0], gate as given.

        Args:
            position: rising.
        """
        if len(position) == size:
            return self
        value, low, high = np.zeros((3, size))
        gate = np.full(size, otherwise, dtype=np.int8)
        for whole, part in ((value, self.value), (low, self.low), (high, self.high), (gate, self.gate)):
            whole[position] = part
        return type(self)(value, low, high, gate)

    @classmethod
    def placed(cls, parts: Iterable[tuple[Ints, Self]], size: int) -> Self:
        """One whole of parts and their places, which are all of 0 to size - 1."""
        value, low, high = np.zeros((3, size))
        whole = cls(value, low, high, np.zeros(size, dtype=np.int8))
        for position, part in parts:
            for name in ("value", "low", "high", "gate"):
                getattr(whole, name)[position] = getattr(part, name)
        return whole

    @classmethod
    def combine(cls, parts: Sequence[Self]) -> Self:
        """The mean over parts, the value over the known ones only; the worst gate of all."""
        if len(parts) == 1:
            return parts[0]
        unknown = [np.isnan(part.value) for part in parts]
        known = np.float64(len(parts)) - np.add.reduce(unknown, dtype=np.float64)
        total = _sum([np.where(gap, 0.0, part.value) for gap, part in zip(unknown, parts, strict=True)])
        value = total / np.where(known > 0, known, np.nan)
        low, high = _sum([part.low for part in parts]), _sum([part.high for part in parts])
        gate = np.maximum.reduce([part.gate for part in parts])
        return cls(value, low / len(parts), high / len(parts), gate)

    def by_owner(self, owner: Ints, size: int) -> Self:
        """`combine` where each of `size` owners has parts of its own, one at least.

        Args:
            owner: whose part each of these entries is, in the order in which an owner's parts are summed.
        """
        unknown = np.isnan(self.value)
        parts, known = (np.bincount(owner[of], minlength=size).astype(np.float64) for of in (slice(None), ~unknown))
        value, low, high = (
            np.bincount(owner, weights=each, minlength=size)  # adds one after the other
            for each in (np.where(unknown, 0.0, self.value), self.low, self.high)
        )
        gate = np.zeros(size, dtype=np.int8)
        np.maximum.at(gate, owner, self.gate)
        return type(self)(value / np.where(known > 0, known, np.nan), low / parts, high / parts, gate)


def _sum(arrays: Sequence[Floats]) -> Floats:
    """One after the other: numpy's own sum groups terms by the array's shape, so one supplier alone could differ."""
    total = np.zeros_like(arrays[0])
    for array in arrays:
        total += array
    return total


def gate_states(answer: AnyAnswer, criterion: ActiveCriterion) -> Ints:
    """PASSED, UNCONFIRMED or FAILED for each; PASSED throughout where the criterion is no gate."""
    if not criterion.is_gate:
        return np.zeros(len(answer.value), dtype=np.int8)
    return gate_states_at(answer, criterion.min_level)


def gate_states_at(answer: AnyAnswer, min_level: int | Ints) -> Ints:
    """The same of a gate with this least level: one for all, or one for each."""
    if isinstance(answer, Kinds):
        return _states_of_kinds(answer, min_level)
    fails, doubtful = gate_marks(answer, min_level)
    return np.where(fails, np.int8(FAILED), doubtful.view(np.int8))  # true is UNCONFIRMED


def _states_of_kinds(kinds: Kinds, min_level: int | Ints) -> Ints:
    if not isinstance(min_level, np.ndarray):
        return taken(gate_states_at(kinds.answers, min_level), kinds.which)
    levels, number = np.unique(min_level, return_inverse=True)
    states = np.array([gate_states_at(kinds.answers, level) for level in levels.tolist()])
    found: Ints = states[number, kinds.which]
    return found


def gate_marks(answer: Answer, min_level: int | Ints) -> tuple[Bools, Bools]:
    """Which fail the gate, and which of the rest do not surely pass it; of those that fail this says nothing."""
    if answer.interval is not None:
        low, high = answer.bounds
        return high < FULL, low < FULL
    doubtful = np.isnan(answer.value) | answer.evidence.is_weak(min_level)
    if answer.fit is None:
        return answer.value < FULL, doubtful
    too_broad = answer.fit == TOO_BROAD
    return (answer.fit < FULL) & ~too_broad, doubtful | too_broad
