"""How alike two addresses are, in Vietnamese or English, whatever their order, spacing and abbreviations."""

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from config.text import fold, letters_from_digits

SHORTEST_POSTCODE = 5
"""Digits from which a number is a postcode, which lists leave out or mistype."""
SAME_NUMBERS_WEIGHT = 0.5
"""How much of the likeness depends on the house, lot and road numbers that both name."""
VAGUE_LETTERS = 12
"""Letters up to which an address without a number names no more than a town or a province."""
VAGUE_WEIGHT = 0.7
"""How much it counts that such an address agrees: thousands of firms share it."""

_SAME = {
    "kcn": "khu cong nghiep", "industrial park": "khu cong nghiep", "industrial zone": "khu cong nghiep",
    "industrial area": "khu cong nghiep", "industrial estate": "khu cong nghiep", "ip": "khu cong nghiep",
    "iz": "khu cong nghiep", "ind zone": "khu cong nghiep", "ind park": "khu cong nghiep",
    "export processing zone": "khu che xuat", "kcx": "khu che xuat", "epz": "khu che xuat",
    "ccn": "cum cong nghiep", "industrial cluster": "cum cong nghiep", "lot": "lo", "plot": "lo", "street": "duong",
    "road": "duong", "rd": "duong", "str": "duong", "pho": "duong", "avenue": "duong", "ave": "duong",
    "highway": "quoc lo", "ql": "quoc lo", "national road": "quoc lo", "block": "khu",
    "ward": "", "phuong": "", "commune": "", "xa": "", "district": "", "dist": "", "huyen": "", "quan": "",
    "province": "", "tinh": "", "city": "", "tp": "", "thanh pho": "", "hamlet": "", "village": "", "thon": "",
    "so": "", "no": "", "nr": "", "number": "", "vn": "", "vietnam": "", "viet nam": "", "the": "", "of": "",
}  # fmt: skip
"""Words of addresses that mean the same, folded; those that say nothing become nothing."""
_SAYINGS = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _SAME), key=len, reverse=True)) + r")\b")


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: its telling words, their letters run together, and its numbers without postcodes."""

    words: str
    letters: str
    numbers: frozenset[str]

    @property
    def is_vague(self) -> bool:
        """It names a town at most: "Hà Nội"."""
        return not self.numbers and len(self.letters) <= VAGUE_LETTERS


@cache
def take_apart(address: str) -> Address:
    """Take an address apart."""
    text = _SAYINGS.sub(lambda said: _SAME[said.group()], letters_from_digits(fold(address)))
    words = text.split()
    numbers = frozenset(word.lstrip("0") or "0" for word in words if word.isdigit() and len(word) < SHORTEST_POSTCODE)
    return Address(" ".join(words), "".join(word for word in words if not word.isdigit()), numbers)


def likeness(one: Address, other: Address) -> float:
    """How alike two addresses are, from 0 to 1."""
    if not one.words or not other.words:
        return 0.0
    in_order = fuzz.partial_ratio(one.letters, other.letters)
    in_any_order = fuzz.token_set_ratio(one.words, other.words)
    telling = VAGUE_WEIGHT if one.is_vague or other.is_vague else 1.0
    return (in_order + in_any_order) / 200 * telling * _numbers_share(one.numbers, other.numbers)


def may_be_one(one: Address, other: Address) -> bool:
    """Whether the likeness can be more than `SAME_NUMBERS_WEIGHT`: both say something, and no other house or lot."""
    if not one.words or not other.words:
        return False
    return not one.numbers or not other.numbers or not one.numbers.isdisjoint(other.numbers)


def _numbers_share(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 1.0
    shared = len(one & other) / min(len(one), len(other))
    return 1 - SAME_NUMBERS_WEIGHT * (1 - shared)
