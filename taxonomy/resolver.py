"""The one resolver of free text to codes. A wrong pick is far worse than a question, so it asks in every doubt."""

from dataclasses import dataclass
from enum import StrEnum

from taxonomy.addresses import find_province
from taxonomy.models import Kind, Source
from taxonomy.parts import in_parts
from taxonomy.readings import ATTEMPTS as READINGS
from taxonomy.readings import Match
from taxonomy.text import agrees, fold, has_accents, mark, nfc, split_camel
from taxonomy.vocabulary import Index, Sense, Vocabulary, current_vocabulary
from taxonomy.wording import without_measures

LONGEST_TEXT = 255


class Outcome(StrEnum):
    """What came of a text."""

    SURE = "sure"
    AMBIGUOUS = "ambiguous"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


ATTEMPTS = [*READINGS, (Match.PARTS, in_parts)]
"""Surest first."""
CONFIDENCE = {
    Match.CODE: 1.0,
    Match.NAME: 0.98,
    Match.SYNONYM: 0.95,
    Match.UNACCENTED: 0.9,
    Match.JOINED: 0.9,
    Match.DESIGNATION: 0.9,
    Match.WORDS: 0.8,
    Match.SPELLING: 0.7,
    Match.PARTS: 0.6,
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text means.

    `code` is set only when the outcome is SURE. When it is AMBIGUOUS a person must choose among `candidates`; when
    it is SUPERSEDED the text names something withdrawn, and the one candidate is its successor.
    """

    kind: Kind
    text: str
    outcome: Outcome
    candidates: tuple[str, ...] = ()
    confidence: float = 0.0
    term: str = ""
    match: Match | None = None

    @property
    def code(self) -> str | None:
        """The code that the text certainly means, or None."""
        return self.candidates[0] if self.outcome == Outcome.SURE else None


def resolve(kind: Kind, text: str, *, vocabulary: Vocabulary | None = None) -> Resolution:
    """Find the code that a text means.

    Args:
        kind: process, material, standard, province (codes as "2025:24") or sector.
        text: as someone wrote it: any language, with or without accents, CamelCase labels too.
        vocabulary: for many texts, take `current_vocabulary()` once and pass it on: then no query runs.

    Returns:
        The resolution, with a confidence in [0, 1].
    """
    vocabulary = vocabulary or current_vocabulary()
    written = nfc(text)
    if not 0 < len(written) <= LONGEST_TEXT:
        return Resolution(kind, written, Outcome.UNKNOWN)
    if kind == Kind.PROVINCE:
        return _as_province(written, vocabulary)
    index = vocabulary.index(kind)
    if (code := _as_code(index, written)) is not None:
        return Resolution(kind, written, Outcome.SURE, (code,), CONFIDENCE[Match.CODE], code, Match.CODE)
    readings = list(dict.fromkeys([written, split_camel(written)]))
    measureless = without_measures(kind, written)
    for tried in [readings] if measureless == written else [readings, [measureless]]:
        for match, attempt in ATTEMPTS:
            for reading in tried:
                if senses := attempt(index, reading):
                    return judge(kind, written, mark(reading), senses, match)
    return Resolution(kind, written, Outcome.UNKNOWN)


def judge(kind: Kind, text: str, marked: str, senses: list[Sense], match: Match) -> Resolution:
    """Decide what comes of the senses that a reading of a text has met."""
    fitting = _fitting(marked, senses)
    codes = tuple(dict.fromkeys(sense.code for sense in fitting or senses))
    sources = {sense.source for sense in fitting}
    term = senses[0].text
    if len(codes) > 1 or not fitting or Source.AMBIGUOUS in sources or _is_bare_syllable(marked, fitting):
        return Resolution(kind, text, Outcome.AMBIGUOUS, codes, 0.0, term, match)
    outcome = Outcome.SUPERSEDED if sources == {Source.SUPERSEDED} else Outcome.SURE
    best = next((sense for sense in fitting if sense.source == Source.NAME), fitting[0])
    how = _refined(match, marked, best)
    return Resolution(kind, text, outcome, codes, CONFIDENCE[how], best.text, how)


def _fitting(marked: str, senses: list[Sense]) -> list[Sense]:
    """The senses whose accents the text does not contradict; its own spelling alone, if it is accented. What staff
    taught of just this spelling settles it."""
    fitting = [sense for sense in senses if not _clashes(marked, sense.marked)]
    taught = [sense for sense in fitting if sense.source == Source.TAUGHT and sense.marked == marked]
    asked = [sense for sense in fitting if sense.source == Source.AMBIGUOUS]
    same = [sense for sense in fitting if sense.marked == marked and has_accents(marked)]
    return taught or asked or same or fitting


def _clashes(written: str, meant: str) -> bool:
    """Whether a word of the text carries accents that the same word of the term does not have."""
    meant_words = meant.split()
    for word in written.split():
        alike = [other for other in meant_words if fold(other) == fold(word)]
        if alike and not any(agrees(word, other) for other in alike):
            return True
    return False


def _is_bare_syllable(marked: str, senses: list[Sense]) -> bool:
    """Whether a text is one Vietnamese syllable without its accents: "tien" is too many words."""
    return len(marked.split()) == 1 and not has_accents(marked) and all(has_accents(s.marked) for s in senses)


def _refined(match: Match, marked: str, sense: Sense) -> Match:
    if match != Match.NAME:
        return match
    if sense.marked != marked:
        return Match.UNACCENTED
    return Match.NAME if sense.source == Source.NAME else Match.SYNONYM


def _as_code(index: Index, text: str) -> str | None:
    """The text itself, if it is a code. Codes that could be words must be written exactly."""
    if text in index.parents:
        return text
    is_plainly_a_code = "." in text or any(character.isdigit() for character in text)
    return text.upper() if is_plainly_a_code and text.upper() in index.parents else None


def _as_province(text: str, vocabulary: Vocabulary) -> Resolution:
    place = find_province(text, vocabulary=vocabulary)
    if place is None:
        return Resolution(Kind.PROVINCE, text, Outcome.UNKNOWN)
    sure = CONFIDENCE[Match.NAME]
    return Resolution(Kind.PROVINCE, text, Outcome.SURE, (place.current,), sure, place.term, Match.NAME)
