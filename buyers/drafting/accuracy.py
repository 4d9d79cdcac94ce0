"""How much of a purchaser's text is read rightly, on examples in which people have said what it states."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from buyers.drafting.draft import draft_from
from buyers.drafting.model import Draft
from taxonomy.vocabulary import Vocabulary

NOT_COMPARED = ("title", "description")
CLOSE = 1e-6
"""Share by which two figures may differ: the rounding of conversions."""

Fields = dict[str, Any]


@dataclass
class Score:
    """Of one example: fields that are right, and those that are missing, other or invented, with both values."""

    text: str
    right: int = 0
    wrong: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.right + len(self.wrong)


def score(example: dict[str, Any], vocabulary: Vocabulary) -> Score:
    """Compare the draft of an example's `text` with what is `expected`: fields of a requirement, and `place`.

    What is expected and missing counts as wrong, what is given and not expected too.
    """
    given = _fields(_as_expected(draft_from(example["text"], vocabulary=vocabulary)))
    expected = _fields(example["expected"])
    found = Score(example["text"])
    for pointer in sorted({*given, *expected}):
        ours, theirs = given.get(pointer), expected.get(pointer)
        if _same(ours, theirs):
            found.right += 1
        else:
            found.wrong[pointer] = (theirs, ours)
    return found


def _as_expected(draft: Draft) -> Fields:
    told = {name: value for name, value in draft.requirement.items() if name not in NOT_COMPARED}
    return {**told, **({"place": draft.place} if draft.place else {})}


def _fields(told: Any) -> Fields:
    return dict(_flat(told, ""))


def _flat(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Each single field by its JSON pointer. Codes stand for themselves, so that their order does not count."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{pointer}/{name}")
    elif isinstance(value, list) and value and isinstance(value[0], str):
        yield from ((f"{pointer}/{code}", True) for code in value)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for at, inner in enumerate(value):
            yield from _flat(inner, f"{pointer}/{at}")
    elif value is not None:
        yield pointer, value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, sorted(one), sorted(other)))
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) <= CLOSE * max(abs(one), abs(other))
    return bool(one == other)
