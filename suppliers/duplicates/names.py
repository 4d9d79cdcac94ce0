"""What the name of a firm says: its own words, the trade it names, and the numbers that tell units apart."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from sys import intern
from typing import NamedTuple

from config.text import fold, letters_from_digits
from suppliers.duplicates.words import Word, kept_set, word
from taxonomy.text import agrees, has_accents, mark

WORDS = Path(__file__).with_name("business_words.csv")
LONGEST_PHRASE = 6
"""Words in the longest phrase of the table."""
AT_THE_HEAD = "^"
"""Before a text of the table that means its concept only behind the legal form: "Sơn Hải Phòng", not "Minh Sơn"."""
ABBREVIATIONS = frozenset({"ck", "kt", "bb", "cn", "dt"})
"""Trades and purposes of which two letters are left, which can mean several: "CK", "ĐT"."""
NUMBER = "number"
"""The concept of words behind which a number stands: "số", "No."."""
FEWEST_PIECES = 5
"""Words from which a name can be one that a list has torn to pieces: "d sl lanka ( pr i v ate ) ltd"."""
FEWEST_LETTERS_ALONE = 3
"""Words of one letter that such a name has at least."""
LETTERS_IN_A_PIECE = 2.6
"""Letters of a word on average, up to which it has been torn."""

_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_UNITS = frozenset({"xuong", "phan xuong", "nha may", "chi nhanh", "factory", "workshop", "plant", "unit", "branch"})
"""Words behind which a single letter tells a unit: "Xưởng B"."""
_INITIALISM = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_SHORT_NAME = re.compile(
    r"\((?P<inside>[A-Z][A-Z0-9&. ]+)\)|^(?P<first>[A-Z]{3,})\s+[-–]\s|\s[-–]\s+(?P<last>[A-Z]{3,})$"
)


class Phrase(NamedTuple):
    """Words of a name that belong together. `concept` is "" where they say nothing, None where they are not known."""

    plain: str
    marked: str
    concept: str | None
    before: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class FirmName:
    """A name taken apart.

    `own` are the words that only this firm has, `trades` the concepts of the table (such as "steel"), the same in
    Vietnamese and English, `numbers` those of branches and units ("Cơ khí số 2", "Unit 14", "Xưởng B"). `letters` are
    all, `said` those of the words that say something. `longer` is the same name without the short one beside it.
    """

    own: tuple[str, ...]
    words: tuple[Word, ...]
    trades: frozenset[str]
    numbers: frozenset[str]
    letters: str
    said: str
    initials: str
    is_torn: bool
    is_accented: bool
    is_abbreviated: bool
    longer: "FirmName | None" = None

    @property
    def readings(self) -> tuple["FirmName", ...]:
        """The name, and what is left of it without a short name."""
        return (self, self.longer) if self.longer else (self,)


def take_apart(name: str) -> FirmName:
    """Take a name apart, in Vietnamese with or without accents, in English, or with words of both."""
    longer = _SHORT_NAME.sub(" ", name) if not name.isupper() else name
    taken = _taken_apart(name)
    return replace(taken, longer=_taken_apart(longer)) if longer != name and fold(longer) else taken


def _taken_apart(name: str) -> FirmName:
    written = _INITIALISM.sub(lambda letters: letters.group().replace(".", ""), name)
    marked = letters_from_digits(mark(written)).split()
    folded = letters_from_digits(fold(written)).split()
    if len(marked) != len(folded):
        marked = folded
    is_accented = has_accents(" ".join(marked).replace("đ", "d"))  # đ stays when the others go: "BINH ĐINH"
    phrases = list(_phrases(marked, folded, is_accented=is_accented))
    own = [each for each in phrases if each.concept is None and not _tells_a_unit(each)]
    said = [each for each in phrases if each.concept != ""]
    alone = sum(len(each) == 1 and each.isalpha() for each in folded)
    letters = "".join(folded)
    are_pieces = len(letters) <= LETTERS_IN_A_PIECE * len(folded)
    return FirmName(
        own=tuple(intern(each.plain) for each in own),
        words=tuple(word(each.plain, each.marked if is_accented else "") for each in own),
        trades=kept_set(*(concept for each in said for concept in (each.concept or "").split() if concept != NUMBER)),
        numbers=kept_set(*(_number(each.plain) for each in phrases if _tells_a_unit(each))),
        letters=letters,
        said="".join(_number(each.plain) for each in said if each.concept != NUMBER),
        initials="".join(each[0] for phrase in said for each in phrase.plain.split()),
        is_torn=len(folded) >= FEWEST_PIECES and alone >= FEWEST_LETTERS_ALONE and are_pieces,
        is_accented=is_accented,
        is_abbreviated=not ABBREVIATIONS.isdisjoint(folded),
    )


def _phrases(marked: list[str], folded: list[str], *, is_accented: bool) -> Iterator[Phrase]:
    """Yield a name's phrases, the longest known first. Who writes accents writes all: "Đúc Đông Anh" is a foundry in
    Đông Anh and casts no copper ("đúc đồng")."""
    at, before, is_head = 0, "", True
    while at < len(folded):
        for length in range(min(LONGEST_PHRASE, len(folded) - at), 0, -1):
            plain, accented = (" ".join(words[at : at + length]) for words in (folded, marked))
            concept = _concept(accented, plain, is_head=is_head, is_exact=is_accented)
            if concept is not None:
                break
        yield Phrase(plain, accented, concept, before, is_last=at + length == len(folded))
        before, is_head = plain, is_head and concept == ""
        at += length


def _tells_a_unit(phrase: Phrase) -> bool:
    """Whether it is a number, Roman ones too, or the letter of a unit."""
    if phrase.concept is not None:
        return False
    if len(phrase.plain) == 1 and phrase.plain.isalpha():
        return phrase.before in _UNITS or (phrase.plain == "i" and phrase.is_last)
    return phrase.plain.isdigit() or phrase.plain in _ROMAN


def _number(plain: str) -> str:
    return _ROMAN.get(plain, plain.lstrip("0") or "0" if plain.isdigit() else plain)


def _concept(marked: str, folded: str, *, is_head: bool, is_exact: bool) -> str | None:
    for meant, concept, heads in _table().get(folded, ()):
        # One syllable without its accents is too many words: "dien" may be "điện" (electric) or a name.
        may_lack_accents = " " in meant and not is_exact
        if (marked == meant or (may_lack_accents and agrees(marked, meant))) and (is_head or not heads):
            return concept
    return None


@cache
def _table() -> Mapping[str, list[tuple[str, str, bool]]]:
    """The table of words: folded text to the accented texts with this key, each with its concepts, and whether it must
    stand at the head."""
    table: dict[str, list[tuple[str, str, bool]]] = {}
    with WORDS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for text in row["texts"].split("|"):
                meant = (mark(text), row["concept"], text.startswith(AT_THE_HEAD))
                table.setdefault(fold(text), []).append(meant)
    return {key: sorted(meanings, key=lambda meaning: not meaning[2]) for key, meanings in table.items()}
