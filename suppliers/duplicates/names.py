"""What the name of a firm says: its own words, the trade it names, and the numbers that tell units apart."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz

from config.text import fold, letters_from_digits
from taxonomy.text import agrees, mark

WORDS = Path(__file__).with_name("business_words.csv")
LONGEST_PHRASE = 6
"""Words in the longest phrase of the table."""
OWN_WORDS_WEIGHT = 0.8
"""How much the own words of a name count beside the trade that it names."""
OTHER_TRADES_WEIGHT = 0.6
"""What the own words are worth where both names tell trades and share none: "Nhựa Hoàng Long", "Dệt Hoàng Long"."""
OF_ANY_TRADE = frozenset(
    {"number", "vietnam", "group", "international", "trade", "services", "production", "import_export", "investment"}
    | {"development", "industrial", "technology", "engineering", "equipment", "management", "centre", "north", "south"}
    | {"central", "northeast", "east", "west", "saigon", "hanoi", "haiphong", "danang", "hochiminh", "japan", "korea"}
    | {"china", "asia", "pacific", "indochina", "cambodia", "laos", "thailand", "new"}
)
"""Concepts that a firm of any trade may add to its name, or leave out."""
OTHER_ORDER_WEIGHT = 0.65
"""What the same own words in another order are worth: "Phúc Vinh" is hardly "Vĩnh Phúc"."""
NEARLY_THE_SAME = 0.8
"""Likeness of letters from which a word, or a name, is taken for a slip of another."""
FEWEST_PIECES = 5
"""Words from which a name can be one that a list has torn to pieces: "d sl lanka ( pr i v ate ) ltd"."""
LETTERS_IN_A_PIECE = 2.6
"""Letters of a word on average, up to which it has been torn."""

_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}


@dataclass(frozen=True, slots=True)
class FirmName:
    """A name taken apart.

    `own` are the words that only this firm has, `trades` the concepts of the table (such as "steel"), the same in
    Vietnamese and English, `numbers` those of branches and units ("Cơ khí số 2", "Unit 14").
    """

    own: tuple[str, ...]
    trades: frozenset[str]
    numbers: frozenset[str]
    letters: str
    is_torn: bool


@cache
def take_apart(name: str) -> FirmName:
    """Take a name apart, in Vietnamese with or without accents, in English, or with words of both."""
    marked = letters_from_digits(mark(name)).split()
    folded = letters_from_digits(fold(name)).split()
    if len(marked) != len(folded):
        marked = folded
    own: list[str] = []
    trades: set[str] = set()
    for phrase, concept in _phrases(marked, folded):
        if concept is None:
            own.append(phrase)
        elif concept:
            trades.add(concept)
    words = [_ROMAN.get(word, word) for word in own]
    numbers = frozenset(word.lstrip("0") or "0" for word in words if word.isdigit())
    letters = "".join(folded)
    is_torn = len(folded) >= FEWEST_PIECES and len(letters) <= LETTERS_IN_A_PIECE * len(folded)
    return FirmName(tuple(w for w in words if not w.isdigit()), frozenset(trades), numbers, letters, is_torn)


def likeness(one: FirmName, other: FirmName) -> float:
    """How alike two names are, from 0 to 1, whatever language they are in and however they are spaced.

    Where both tell numbers and share none, they are 0 alike: "Cơ khí số 2" is another firm than "Cơ khí số 3".
    """
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        return 0.0
    if one.letters and one.letters == other.letters:
        return 1.0
    if one.is_torn or other.is_torn:
        return fuzz.ratio(one.letters, other.letters) / 100
    own = _own_likeness(one, other)
    trades = _shared(one.trades, other.trades)
    if own is None or trades is None:
        return own or trades or 0.0
    if one.trades - OF_ANY_TRADE and other.trades - OF_ANY_TRADE and not trades:
        return OTHER_TRADES_WEIGHT * own
    return OWN_WORDS_WEIGHT * own + (1 - OWN_WORDS_WEIGHT) * trades


def _own_likeness(one: FirmName, other: FirmName) -> float | None:
    """Of the words run together, if they are nearly the same; else by the letters of the words that both have."""
    if not one.own and not other.own:
        return None
    in_order = fuzz.ratio("".join(one.own), "".join(other.own))
    in_any_order = fuzz.ratio("".join(sorted(one.own)), "".join(sorted(other.own)))
    together = max(in_order, OTHER_ORDER_WEIGHT * in_any_order) / 100
    return together if together >= NEARLY_THE_SAME else min(together, _words_shared(one.own, other.own))


def _words_shared(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The share of the letters of both that stand in words which the other has too, give or take a slip."""
    left = list(other)
    letters = 0
    for word in one:
        best = max(left, key=lambda each: fuzz.ratio(word, each), default="")
        if fuzz.ratio(word, best) >= 100 * NEARLY_THE_SAME:
            left.remove(best)
            letters += len(word) + len(best)
    return letters / sum(map(len, one + other))


def _shared(one: frozenset[str], other: frozenset[str]) -> float | None:
    both = one | other
    return len(one & other) / len(both) if both else None


def _phrases(marked: list[str], folded: list[str]) -> Iterator[tuple[str, str | None]]:
    """Yield a name's phrases, the longest known first, each with its concept: "" says nothing, None is not known."""
    at = 0
    while at < len(folded):
        for length in range(min(LONGEST_PHRASE, len(folded) - at), 0, -1):
            concept = _concept(" ".join(marked[at : at + length]), " ".join(folded[at : at + length]))
            if concept is not None:
                yield " ".join(folded[at : at + length]), concept
                at += length
                break
        else:
            yield folded[at], None
            at += 1


def _concept(marked: str, folded: str) -> str | None:
    for meant, concept in _table().get(folded, ()):
        # One syllable without its accents is too many words: "dien" may be "điện" (electric) or a name.
        if agrees(marked, meant) and (marked == meant or " " in meant):
            return concept
    return None


@cache
def _table() -> Mapping[str, list[tuple[str, str]]]:
    """The table of words: folded text to the accented texts with this key, each with its concept."""
    table: dict[str, list[tuple[str, str]]] = {}
    with WORDS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for text in row["texts"].split("|"):
                table.setdefault(fold(text), []).append((mark(text), row["concept"]))
    return table
