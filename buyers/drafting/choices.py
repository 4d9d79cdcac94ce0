"""Which of several meanings is meant, where what else the text names leaves one: "đúc áp lực" beside "ADC12"."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from taxonomy.models import Kind, Source
from taxonomy.resolver import Outcome, Resolution
from taxonomy.spotting import Spotted, spot
from taxonomy.vocabulary import Vocabulary

DECIDED = 0.7
"""Confidence in a meaning that something else in the text decides."""
_SHEETS = frozenset({"STEEL.SPCC", "STEEL.SPHC", "STEEL.SECC", "STEEL.SGCC", "STEEL.SI"})
"""Sheet, which is pressed and not forged."""
_OF_SOLID_METAL = frozenset({"FORG.COLD", "FORG.HOT"})
_ANY_METAL = "METAL"
"""Says too little: most work is done on metal."""


def decided(terms: Sequence[Spotted], vocabulary: Vocabulary) -> list[Spotted]:
    """The terms, of which the processes are told by the materials that the text names, then materials by processes."""
    choices = _Choices(vocabulary)
    materials = _sure(terms, Kind.MATERIAL)
    terms = [_taken(term, choices.process(term.meaning, materials)) for term in terms]
    processes = _sure(terms, Kind.PROCESS)
    return [_taken(term, choices.material(term.meaning, processes)) for term in terms]


def _sure(terms: Sequence[Spotted], kind: Kind) -> set[str]:
    return {str(term.meaning.code) for term in terms if term.meaning.kind == kind and term.meaning.code}


class _Choices:
    """The choices for one text; what is said again is not decided again."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.processes = vocabulary.index(Kind.PROCESS)
        self.materials = vocabulary.index(Kind.MATERIAL)
        self._known: dict[tuple[str, ...], str | None] = {}

    def process(self, meaning: Resolution, materials: Collection[str]) -> str | None:
        """The one whose name tells the material that is named, else the only one that does not tell another."""
        if meaning.kind != Kind.PROCESS or meaning.outcome != Outcome.AMBIGUOUS or not materials:
            return None
        key = (meaning.text, *meaning.candidates)
        if key not in self._known:
            self._known[key] = self._process(meaning, materials)
        return self._known[key]

    def _process(self, meaning: Resolution, materials: Collection[str]) -> str | None:
        candidates = meaning.candidates
        told = {code: self._told_by(code) for code in candidates}
        fitting = [code for code in candidates if any(self._lies_below(each, told[code]) for each in materials)]
        longest = max(candidates, key=len)
        if len(fitting) == len(candidates) and all(self.processes.lies_below(longest, code) for code in candidates):
            return longest
        if any(_materials_in(meaning.text, self.vocabulary)):
            return None  # "đúc nhôm" beside an aluminium says no more than it says alone
        if _SHEETS & set(materials):
            candidates = tuple(code for code in candidates if code not in _OF_SOLID_METAL)
        left = fitting or [code for code in candidates if not told[code] or self._shares_root(told[code], materials)]
        return left[0] if len(left) == 1 else None

    def material(self, meaning: Resolution, processes: Collection[str]) -> str | None:
        """The only one of the families that the names of the processes tell."""
        if meaning.kind != Kind.MATERIAL or meaning.outcome != Outcome.AMBIGUOUS:
            return None
        key = (meaning.text, *meaning.candidates)
        if key not in self._known:
            families = {family for code in processes for family in self._told_by(code)}
            left = [code for code in meaning.candidates if self._lies_below(code, families)]
            self._known[key] = left[0] if len(left) == 1 else None
        return self._known[key]

    def _told_by(self, process: str) -> frozenset[str]:
        """Materials that the names of a process, or of the groups above it, tell."""
        names = _names(self.vocabulary)
        told: set[str] = set()
        current: str | None = process
        while current is not None:
            told |= {code for name in names.get(current, ()) for code in _materials_in(name, self.vocabulary)}
            current = self.processes.parents.get(current)
        return frozenset(told - {_ANY_METAL})

    def _lies_below(self, material: str, families: Collection[str]) -> bool:
        return any(self.materials.lies_below(material, family) for family in families)

    def _shares_root(self, families: Collection[str], materials: Collection[str]) -> bool:
        return bool({self._root(code) for code in families} & {self._root(code) for code in materials})

    def _root(self, material: str) -> str:
        while (above := self.materials.parents.get(material)) is not None:
            material = above
        return material


def _taken(term: Spotted, code: str | None) -> Spotted:
    if code is None:
        return term
    meaning = replace(term.meaning, outcome=Outcome.SURE, candidates=(code,), confidence=DECIDED)
    return replace(term, meaning=meaning)


def _materials_in(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    for term in spot(text, kinds=[Kind.MATERIAL], vocabulary=vocabulary):
        if term.meaning.code:
            yield term.meaning.code


@lru_cache(maxsize=1)
def _names(vocabulary: Vocabulary) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sense, _key in vocabulary.index(Kind.PROCESS).spellings():
        if sense.source == Source.NAME:
            found.setdefault(sense.code, []).append(sense.text)
    return found
