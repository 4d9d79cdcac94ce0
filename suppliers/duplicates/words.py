"""When two words of two names are the same word: with accents left out, with a slip of the fingers, or not at all."""

import re
from collections.abc import Collection
from typing import NamedTuple

from rapidfuzz import fuzz

from taxonomy.text import has_accents

NEARLY_THE_SAME = 0.8
"""Likeness of letters from which a word, or a name, is taken for a slip of another."""
SHORTEST_SLIP = 5
"""Letters from which a word can be a slip of another: of "ATC" and "ATP" neither is one."""

_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|n|ngh?|nh|ph?|qu?|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|n|ng|nh|p|t)?"
)
_FINAL_Y = re.compile(r"(?:[b-df-hj-np-tv-xz]+|qu)y")


class Word(NamedTuple):
    """A word, folded and with its accents."""

    plain: str
    marked: str


def word(plain: str, marked: str) -> Word:
    """A word; "Lý" and "Lí", "Quý" and "Quí" are two spellings of one."""
    if not _FINAL_Y.fullmatch(plain):
        return Word(plain, marked)
    return Word(plain[:-1] + "i", marked.replace("y", "i"))


def same(one: Word, other: Word) -> bool:
    """Whether the letters are equal and the accents do not tell two words apart: one may have been written without."""
    if one.plain != other.plain:
        return False
    return one.marked == other.marked or not (_has_accents(one) and _has_accents(other))


def slip(one: Word, other: Word) -> float:
    """How alike two words are of which one is a slip of the other; 0 where they are two words.

    Vietnamese syllables are never slips of each other: "Tâm" and "Tân" are two names.
    """
    if min(len(one.plain), len(other.plain)) < SHORTEST_SLIP or one.plain == other.plain or _are_plain([one, other]):
        return 0.0
    alike = fuzz.ratio(one.plain, other.plain) / 100
    return alike if alike >= NEARLY_THE_SAME else 0.0


def contradict(ones: Collection[Word], others: Collection[Word]) -> bool:
    """Whether words that only one name has stand against words that only the other has, and none can be a slip or
    spaced otherwise."""
    if not ones or not others or not _are_plain(ones) or not _are_plain(others):
        return False
    letters, other_letters = ("".join(each.plain for each in words) for words in (ones, others))
    return letters != other_letters or len(ones) == len(others)


def _has_accents(word: Word) -> bool:
    """Besides that of đ, which stays when the others are left out: "BINH ĐINH"."""
    return has_accents(word.marked.replace("đ", "d"))


def _are_plain(words: Collection[Word]) -> bool:
    return all(len(each.plain) < SHORTEST_SLIP or _SYLLABLE.fullmatch(each.plain) for each in words)
