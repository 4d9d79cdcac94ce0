"""Provinces in free text and in addresses, of today and of before July 2025."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from taxonomy.models import Kind, Province, Source
from taxonomy.text import agrees, fold, has_accents, mark, nfc, split_camel
from taxonomy.vocabulary import Index, Sense, Vocabulary, current_vocabulary

LONGEST_NAME = 6
"""Words in the longest spelling of a province."""
LONGEST_ADDRESS = 2000

_UNITS = frozenset(
    {"city", "province", "provice", "prov", "vietnam", "viet", "nam", "vn", "town", "municipality", "capital"}
    | {"cu", "moi", "old", "former"}
)
"""Words that may follow a province's name in an address, also "(cũ)" and "(mới)"."""
_LESSER_UNITS = frozenset({"phuong", "xa", "huyen", "quan", "thon", "ap", "ngo", "hem", "kcn", "ccn", "vsip"})
_STREETS = frozenset({"duong", "pho", "lo", "doc", "cau", "cho", "ql", "street", "road"})
_NOT_LESSER_BEFORE = frozenset({("thanh", "pho"), ("thi", "xa")})
_DISTRICT = re.compile(r"\b(huyen|quan|thi xa|thi tran|district|dist|town)\b")
_SEGMENT = re.compile(r"[,;\n]")


@dataclass(frozen=True, slots=True)
class Place:
    """A province that a text names.

    `current` is the province of today as "2025:24". `old` is the one before July 2025 as "2004:27", where the text
    leaves no doubt which it was.
    """

    current: str
    old: str | None
    term: str


def find_province(text: str, *, vocabulary: Vocabulary | None = None) -> Place | None:
    """Find the province that an address, or a province's name alone, names last. Streets and wards do not count.

    Args:
        text: free text, with or without accents.
        vocabulary: for many texts, take `current_vocabulary()` once and pass it on.
    """
    index = (vocabulary or current_vocabulary()).index(Kind.PROVINCE)
    segments = [part for part in _SEGMENT.split(split_camel(nfc(text[:LONGEST_ADDRESS]))) if fold(part)]
    for segment in reversed(segments):
        if senses := _last_named(index, segment):
            return _place(index, senses, in_districts=bool(_DISTRICT.search(fold(text[:LONGEST_ADDRESS]))))
    return None


def _last_named(index: Index, segment: str) -> list[Sense]:
    """The senses of the last province name in a part of an address."""
    marked = mark(segment).split()
    words = fold(segment).split()
    if len(marked) != len(words):
        return []
    for start, end in _runs(len(words)):
        found = index.run_together("".join(words[start:end]))
        senses = [sense for sense in found if _accents_fit(" ".join(marked[start:end]), sense.marked)]
        if senses and _stands_for_a_province(words, start, end):
            return senses
    return []


def _runs(length: int) -> Iterator[tuple[int, int]]:
    """Yield runs of words, those that end last first, of these the longest first."""
    for end in range(length, 0, -1):
        for start in range(max(0, end - LONGEST_NAME), end):
            yield start, end


def _accents_fit(written: str, meant: str) -> bool:
    """Whether accents agree; a spelling run together cannot be compared word by word, so it must have none."""
    return agrees(written, meant) or (len(written.split()) != len(meant.split()) and not has_accents(written))


def _stands_for_a_province(words: list[str], start: int, end: int) -> bool:
    after = words[end:]
    if not all(word in _UNITS or word.isdigit() for word in after):
        return False
    before = tuple(words[max(0, start - 2) : start])
    return not before or before[-1] not in _LESSER_UNITS | _STREETS or before in _NOT_LESSER_BEFORE


def _place(index: Index, senses: list[Sense], *, in_districts: bool) -> Place:
    """Today's province, and the old one: named only under its old name, or in an address that still has districts."""
    old = sorted({sense.code for sense in senses if sense.code.startswith(Province.Edition.BEFORE_2025)})
    current = next(sense.code for sense in senses if sense.code.startswith(Province.Edition.SINCE_2025))
    is_renamed = all(s.source == Source.SUPERSEDED for s in senses if s.code == current)
    is_unchanged = sum(successor == current for successor in index.parents.values()) == 1
    is_certain = len(old) == 1 and (is_renamed or is_unchanged or in_districts)
    return Place(current, old[0] if is_certain else None, senses[0].text)
