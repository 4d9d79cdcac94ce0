"""When two words of two names are the same word: with accents left out, with a slip of the fingers, or not at all."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

NEARLY_THE_SAME = 0.8
"""Likeness of letters from which a word, or a name, is taken for a slip of another."""
LEAST_ALIKE = 0.75
"""Likeness of the letters of all words that only one name has to those that only the other has, from which they may be
the same words."""
SHORTEST_SLIP = 5
"""Letters from which a word can be a slip of another: of "ATC" and "ATP" neither is one."""
KEPT = 8_192
"""Words that are kept: names of firms are made of few syllables, each of which comes again and again."""
FEWEST_CONTINUED = 2
"""Syllables of a name from which one more makes another name of it."""

_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|n|ngh?|nh|ph?|qu?|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|n|ng|nh|p|t)?"
)
_SOUNDS = str.maketrans({"c": "k", "q": "k", "y": "i", "w": "v", "z": "s"})
"""Letters that languages write for one another: "Kristal", "Crystal"."""
_FINAL_Y = re.compile(r"(?:[b-df-hj-np-tv-xz]+|qu)y")


class Word(NamedTuple):
    """A word, folded and with its accents; these are "" where the name is written without any."""

    plain: str
    marked: str
    is_syllable: bool
    """Or too short for a slip to be told from another word."""


@lru_cache(KEPT)
def word(plain: str, marked: str) -> Word:
    """A word; "Lý" and "Lí", "Quý" and "Quí" are two spellings of one."""
    is_syllable = len(plain) < SHORTEST_SLIP or _SYLLABLE.fullmatch(plain) is not None
    if not _FINAL_Y.fullmatch(plain):
        return Word(plain, marked, is_syllable)
    return Word(plain[:-1] + "i", marked.replace("y", "i"), is_syllable)


@lru_cache(KEPT)
def kept_set(*words: str) -> frozenset[str]:
    """The words as a set. Many firms tell the same trades and numbers: one set serves them all."""
    return frozenset(words)


def same(one: Word, other: Word) -> bool:
    """Whether the letters are equal, and the accents where both names have some: "Trường An" is not "Trường Ân"."""
    return one.plain == other.plain and (one.marked == other.marked or not one.marked or not other.marked)


def slip(one: Word, other: Word) -> float:
    """How alike two words are of which one is a slip of the other; 0 where they are two words.

    Vietnamese syllables are never slips of each other: "Tâm" and "Tân" are two names. Nor is a word with more in front
    of it: "Özerdem" is no slip of "Erdem".
    """
    if (one.is_syllable and other.is_syllable) or min(len(one.plain), len(other.plain)) < SHORTEST_SLIP:
        return 0.0
    short, long = sorted((one.plain, other.plain), key=len)
    if len(long) - len(short) > 1 and long.endswith(short):
        return 0.0
    sounds = fuzz.ratio(one.plain.translate(_SOUNDS), other.plain.translate(_SOUNDS))
    alike = max(fuzz.ratio(one.plain, other.plain), sounds) / 100
    return alike if alike >= NEARLY_THE_SAME else 0.0


def contradict(ones: Collection[Word], others: Collection[Word], *, are_of_one_language: bool) -> bool:
    """Whether words that only one name has stand against words that only the other has, and none can be a slip or
    spaced otherwise, nor a word of the other language for the same."""
    if not ones or not others:
        return False
    letters, other_letters = ("".join(each.plain for each in words) for words in (ones, others))
    if not all(each.is_syllable for each in (*ones, *others)):
        return are_of_one_language and fuzz.ratio(letters, other_letters) / 100 < LEAST_ALIKE
    return letters != other_letters or len(ones) == len(others)


def continues(short: Sequence[Word], long: Sequence[Word]) -> bool:
    """Whether one name is the other with Vietnamese syllables behind it: "Thái Dương", "Thái Dương Hệ"."""
    if not FEWEST_CONTINUED <= len(short) < len(long):
        return False
    begun = all(same(mine, theirs) for mine, theirs in zip(short, long, strict=False))
    return begun and all(_SYLLABLE.fullmatch(each.plain) for each in long)
