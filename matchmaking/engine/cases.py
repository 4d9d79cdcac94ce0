"""Some suppliers before one requirement, what was asked of each and found there, and how a figure is compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from matchmaking.engine.columns import Columns, Evidence
from matchmaking.engine.lists import Ints
from matchmaking.engine.model import Requirement, Taxonomy
from matchmaking.engine.sentences import Language, Words
from matchmaking.engine.values import Values

MOST_KEPT: Final = 16_384
"""Findings of a kind, each of some hundred bytes. What was asked for longest ago goes first."""


class Finding(NamedTuple):
    """What was asked and found.

    Attributes:
        required, actual: as JSON carries them; `actual` is None where unknown.
        evidence: level and day of the weakest fact behind it.
        gap: where the target is missed: by how much, in the unit (of sizes on the tightest side), or the codes missing.
    """

    required: Any
    actual: Any
    unit: str | None
    evidence: Evidence | None
    sentence: str
    gap: float | Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """Some suppliers before one requirement, in one language.

    Attributes:
        suppliers: shape (n,), indexes into the columns.
        rows: shape (operations, n): the row that each operation takes, -1 for none.
    """

    requirement: Requirement
    suppliers: Ints
    rows: Ints
    needed_on: date
    taxonomy: Taxonomy
    words: Words
    values: Values

    @property
    def columns(self) -> Columns:
        return self.values.columns

    def told(self, situation: str, evidence: Evidence | None, **fields: str) -> str:
        """The sentence of a situation, its fields already in words."""
        return told(self.words, situation, evidence, **fields)


def told(words: Words, situation: str, evidence: Evidence | None, **fields: str) -> str:
    """The same for whoever has only the words."""
    shown = "" if evidence is None else words.evidence(*evidence)
    return words.told(situation, {**fields, "evidence": shown})


def weakest(evidence: Iterable[Evidence]) -> Evidence:
    """Lowest level and oldest day."""
    levels, days = zip(*evidence, strict=True)
    return min(levels), min(days)


def compared(
    cases: Cases,
    key: str,
    target: float,
    figures: Iterable[tuple[float | None, Evidence | None]],
    unit: str | None,
    meets: Sequence[bool],
) -> list[Finding]:
    """Figures beside their target, and whether the engine found that they meet it."""
    language = cases.words.language
    return [
        of_figure(language, key, target, unit, actual, evidence, does)
        for (actual, evidence), does in zip(figures, meets, strict=True)
    ]


# What is found depends on nothing but what is compared: whoever has the same figure, proved on the same day, is told
# the same. 20 and 20.0 are equal, and not the same in JSON.
@lru_cache(maxsize=MOST_KEPT, typed=True)
def of_figure(
    language: Language,
    key: str,
    target: float,
    unit: str | None,
    actual: float | None,
    evidence: Evidence | None,
    meets: bool,
) -> Finding:
    """A figure beside its target. The finding is everybody's: nobody may change what is in it."""
    words = Words(language)
    required = words.number(target)
    if actual is None:
        return Finding(target, None, unit, None, told(words, f"{key}.unknown", None, required=required))
    shown = {"required": required, "actual": words.number(actual)}
    if meets:
        return Finding(target, actual, unit, evidence, told(words, f"{key}.meets", evidence, **shown))
    sentence = told(words, f"{key}.misses", evidence, **shown, gap=words.number(abs(actual - target)))
    return Finding(target, actual, unit, evidence, sentence, gap_between(target, actual))


def gap_between(required: float, actual: float) -> float:
    """To six digits: the rest is what subtracting leaves behind."""
    return float(f"{abs(required - actual):.6g}")


def free_of(capacity: float, used_pct: float) -> float:
    """What is free, as it is told: to two significant figures, so that nobody can read the utilisation out of it."""
    return float(f"{capacity * (1.0 - used_pct / 100.0):.1e}")


def outcome(meets: bool) -> str:
    return "meets" if meets else "misses"
