"""Ways to read a text: each finds the senses that it may have, or none. The surest way comes first."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from taxonomy.models import Kind, Source
from taxonomy.text import fold, has_accents, mark, squeeze
from taxonomy.vocabulary import Index, Sense
from taxonomy.wording import (
    Words,
    basic_form,
    corrections,
    full_words,
    says_nothing_besides,
    telling_words,
    without_settings,
)

SHORTEST_JOINED = 5
"""Letters from which a text is compared without its spaces; shorter ones must hold a digit."""
SHORTEST_CORRECTED = 6
"""Letters from which an unknown word is taken for a slip of a known one."""
SHORTEST_GRADE = 3
"""Letters and digits from which a word with a digit is a grade, and no number of layers."""
LONGEST_DESIGNATION = 6
"""Words in the longest designation of a standard."""
PUBLISHERS = frozenset({"iso", "iec", "ts", "is", "jis", "ks", "q"})

_EDITION = re.compile(r"(19|20)\d\d|\d")
"""A year, or the number of a part, class or version."""
_LETTERS_THEN_DIGITS = re.compile(r"(?<=[a-z])(?=\d)")


class Match(StrEnum):
    """How a text met a term, surest first."""

    CODE = "code"
    NAME = "name"
    SYNONYM = "synonym"
    UNACCENTED = "unaccented"
    JOINED = "joined"
    DESIGNATION = "designation"
    WORDS = "words"
    SPELLING = "spelling"
    PARTS = "parts"


def as_spelt(index: Index, text: str) -> list[Sense]:
    """The text is a term, apart from case, accents and punctuation."""
    return index.spelt(fold(text))


def joined(index: Index, text: str) -> list[Sense]:
    """The text is a term apart from its spaces: "SUS 304", "powdercoating"."""
    key = squeeze(fold(text))
    long_enough = len(key) >= SHORTEST_JOINED or (len(key) > 1 and not key.isalpha())
    return index.run_together(key) if long_enough and not has_accents(mark(text)) else []


def designated(index: Index, text: str) -> list[Sense]:
    """The text holds the designation of a standard, or of a grade within its family."""
    if index.kind == Kind.STANDARD:
        return _standard(index, text)
    return _grade(index, text) if index.kind == Kind.MATERIAL else []


def trimmed(index: Index, text: str) -> list[Sense]:
    """The text is a term but for empty words behind it: "gia công cơ khí theo yêu cầu"."""
    words = fold(text).split()
    kept = full_words(index.kind, fold(text))
    end = len(words) - words[::-1].index(kept[-1]) if kept else 0
    return index.spelt(" ".join(words[:end])) if end < len(words) else []


def worded(index: Index, text: str) -> list[Sense]:
    """The telling words are those of a term; in any order, if they are not Vietnamese."""
    return _told(index, fold(text), text)


def settled(index: Index, text: str) -> list[Sense]:
    """The same without the words that say how a process runs."""
    return _told(index, without_settings(index.kind, fold(text)), text)


def of_a_family(index: Index, text: str) -> list[Sense]:
    """A family of materials beside one grade that nobody knows here: "Nickel 201X" is a nickel alloy at least."""
    words = full_words(index.kind, fold(text)) if index.kind == Kind.MATERIAL else ()
    grades = [word for word in words if any(character.isdigit() for character in word)]
    if len(grades) != 1 or len(grades[0]) < SHORTEST_GRADE or grades[0] in index.words or index.run_together(grades[0]):
        return []
    return index.told_in_order(tuple(basic_form(word) for word in words if word != grades[0]))


def corrected(index: Index, text: str) -> list[Sense]:
    """One word is a slip of a known one, and there is only one that it can be."""
    if has_accents(mark(text)):
        return []
    words = fold(text).split()
    strange = [at for at, word in enumerate(words) if _is_strange(index, word)]
    if len(strange) != 1:
        return []
    at = strange[0]
    meant = {word for word in corrections(words[at]) if word in index.words}
    if len(meant) != 1:
        return []
    key = " ".join([*words[:at], meant.pop(), *words[at + 1 :]])
    return index.spelt(key) or _told(index, key, key) or _told(index, without_settings(index.kind, key), key)


ATTEMPTS: list[tuple[Match, Callable[[Index, str], list[Sense]]]] = [
    (Match.NAME, as_spelt),
    (Match.JOINED, joined),
    (Match.DESIGNATION, designated),
    (Match.WORDS, trimmed),
    (Match.WORDS, worded),
    (Match.WORDS, settled),
    (Match.WORDS, of_a_family),
    (Match.SPELLING, corrected),
]


def _told(index: Index, key: str, text: str) -> list[Sense]:
    words = telling_words(index.kind, key)
    if not words:
        return []
    # A text that says nothing besides must not lend a term's empty words: "laser" is not "laser service".
    whole = says_nothing_besides(index.kind, fold(text))
    in_order = index.told_in_order(words, whole=whole)
    return in_order or ([] if has_accents(mark(text)) else index.told(words, whole=whole))


def _is_strange(index: Index, word: str) -> bool:
    return len(word) >= SHORTEST_CORRECTED and word.isalpha() and word not in index.words


def _standard(index: Index, text: str) -> list[Sense]:
    """Find a designation among words that only frame it: publisher, year, "certified", the standard's own title."""
    for words in (full_words(Kind.STANDARD, fold(text)), tuple(fold(text).split())):
        for start, end in _windows(len(words)):
            senses = index.run_together("".join(words[start:end]))
            rest = {word for word in words[:start] + words[end:] if not _EDITION.fullmatch(word)} - PUBLISHERS
            if senses and all(rest <= index.title_words[sense.code] for sense in senses):
                return senses
    return []


def _windows(length: int) -> Iterator[tuple[int, int]]:
    """Yield every run of words, the longest first."""
    for size in range(min(length, LONGEST_DESIGNATION), 0, -1):
        for start in range(length - size + 1):
            yield start, start + size


def _grade(index: Index, text: str) -> list[Sense]:
    """Find a grade, alone or beside the family it belongs to: "thép không gỉ 304", "6061 aluminum", "AL6061-T6"."""
    key = fold(text)
    for spelling in (key, _LETTERS_THEN_DIGITS.sub(" ", key)):
        words = full_words(Kind.MATERIAL, spelling)
        if senses := _with_digit(words) and index.run_together("".join(words)):
            return senses
        for cut in range(1, len(words)):
            left, right = words[:cut], words[cut:]
            if senses := _within(index, left, right) or _within(index, right, left):
                return senses
    return []


def _with_digit(words: Words) -> bool:
    return any(character.isdigit() for word in words for character in word)


def _within(index: Index, family: Words, grade: Words) -> list[Sense]:
    if not _with_digit(grade) or not (grades := index.run_together("".join(grade))):
        return []
    families = {
        sense.code for sense in index.told_in_order(tuple(map(basic_form, family))) if sense.source != Source.AMBIGUOUS
    }
    senses = [sense for sense in grades if any(index.lies_below(sense.code, above) for above in families)]
    return [sense for sense in senses if sense.source != Source.AMBIGUOUS] or senses
