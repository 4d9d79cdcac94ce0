"""Some suppliers before one requirement, what was asked of each and found there, and how a figure is compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from matchmaking.engine.columns import Columns
from matchmaking.engine.lists import Ints
from matchmaking.engine.model import Requirement, Taxonomy
from matchmaking.engine.sentences import Words
from matchmaking.engine.values import Evidence, Values


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
        shown = "" if evidence is None else self.words.evidence(*evidence)
        return self.words.told(situation, {**fields, "evidence": shown})


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
    words, required = cases.words, cases.words.number(target)
    unknown = Finding(target, None, unit, None, cases.told(f"{key}.unknown", None, required=required))
    found = []
    for (actual, evidence), does in zip(figures, meets, strict=True):
        if actual is None:
            found.append(unknown)
            continue
        shown = {"required": required, "actual": words.number(actual)}
        if does:
            found.append(Finding(target, actual, unit, evidence, cases.told(f"{key}.meets", evidence, **shown)))
            continue
        sentence = cases.told(f"{key}.misses", evidence, **shown, gap=words.number(abs(actual - target)))
        found.append(Finding(target, actual, unit, evidence, sentence, gap_between(target, actual)))
    return found


def gap_between(required: float, actual: float) -> float:
    """To six digits: the rest is what subtracting leaves behind."""
    return float(f"{abs(required - actual):.6g}")


def free_of(capacity: float, used_pct: float) -> float:
    """What is free, as it is told: to two significant figures, so that nobody can read the utilisation out of it."""
    return float(f"{capacity * (1.0 - used_pct / 100.0):.1e}")


def outcome(meets: bool) -> str:
    return "meets" if meets else "misses"
