"""How alike two addresses are, in Vietnamese or English, whatever their order, spacing and abbreviations."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from config.text import fold, letters_from_digits
from suppliers.duplicates.words import kept_set

SHORTEST_POSTCODE = 5
"""Digits from which a number is a postcode, which lists leave out or mistype."""
DIGITS_AT_THE_END = 4
"""Digits of a number that is a postcode if it stands among the last words: "Ashulia Savar Dhaka 1341"."""
LAST_WORDS = 3
SAME_NUMBERS_WEIGHT = 0.5
"""How much of the likeness depends on the house, lot and road numbers that both name."""
VAGUE_LETTERS = 12
"""Letters up to which an address without a number names no more than a town or a province."""
VAGUE_WEIGHT = 0.7
"""How much it counts that such an address agrees: thousands of firms share it."""

_SAME = {
    "khu cong nghiep": "kcn", "industrial park": "kcn", "industrial zone": "kcn",
    "industrial area": "kcn", "industrial estate": "kcn", "ip": "kcn",
    "iz": "kcn", "ind zone": "kcn", "ind park": "kcn",
    "export processing zone": "khu che xuat", "kcx": "khu che xuat", "epz": "khu che xuat",
    "cum cong nghiep": "ccn", "cum cn": "ccn", "industrial cluster": "ccn", "lot": "lo", "plot": "lo",
    "street": "duong",
    "road": "duong", "rd": "duong", "str": "duong", "pho": "duong", "avenue": "duong", "ave": "duong",
    "highway": "quoc lo", "ql": "quoc lo", "national road": "quoc lo", "block": "khu",
    "ward": "", "phuong": "", "commune": "", "xa": "", "district": "", "dist": "", "huyen": "", "quan": "",
    "province": "", "tinh": "", "city": "", "tp": "", "thanh pho": "", "hamlet": "", "village": "", "thon": "",
    "so": "", "no": "", "nr": "", "number": "", "vn": "", "vietnam": "", "viet nam": "", "the": "", "of": "",
    "industry park": "kcn", "industrial city": "kcn", "industrial parks": "kcn",
    "industry zone": "kcn", "zone industrielle": "kcn", "z i": "kcn",
    "zona industriale": "kcn", "zona industrial": "kcn", "parque industrial": "kcn",
    "organize sanayi bolgesi": "kcn", "osb": "kcn", "ind area": "kcn",
    "special economic zone": "dac khu", "sez": "dac khu", "zona franca": "khu che xuat", "free zone": "khu che xuat",
    "hi tech park": "khu cong nghe cao", "high tech park": "khu cong nghe cao", "shtp": "khu cong nghe cao",
    "saigon hi tech park": "khu cong nghe cao", "hcmc": "ho chi minh", "hcm": "ho chi minh", "tphcm": "ho chi minh",
    "hn": "ha noi", "hanoi": "ha noi", "haiphong": "hai phong", "danang": "da nang",
    "sokak": "duong", "sok": "duong", "sk": "duong", "caddesi": "duong", "cadde": "duong", "cad": "duong",
    "bulvari": "duong", "bulvar": "duong", "mahallesi": "", "mah": "", "rua": "duong", "rue": "duong",
    "via": "duong", "strada": "duong", "calle": "duong", "jalan": "duong", "jl": "duong", "ulitsa": "duong",
    "ul": "duong", "carretera": "duong", "building": "toa nha", "bldg": "toa nha", "floor": "tang",
    "town": "", "thi tran": "", "thi xa": "",
}  # fmt: skip
"""Words of addresses that mean the same, folded; those that say nothing become nothing."""
_NUMBERED = frozenset({"lo", "khu", "duong", "tang", "nha", "km"})
"""Words behind which a number belongs to them."""
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


def take_apart(address: str) -> Address:
    """Take an address apart."""
    text = _SAYINGS.sub(lambda said: _SAME[said.group()], letters_from_digits(fold(address)))
    words = text.split()
    numbers = kept_set(
        *(word.lstrip("0") or "0" for at, word in enumerate(words) if _is_house(word, words[:at], words))
    )
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


def _is_house(word: str, before: list[str], words: list[str]) -> bool:
    """Whether it is the number of a house, lot or road, and not a postcode."""
    if not word.isdigit() or len(word) >= SHORTEST_POSTCODE:
        return False
    is_last = len(words) - len(before) <= LAST_WORDS and bool(before) and before[-1] not in _NUMBERED
    return not (is_last and len(word) == DIGITS_AT_THE_END)


def _numbers_share(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 1.0
    shared = len(one & other) / min(len(one), len(other))
    return 1 - SAME_NUMBERS_WEIGHT * (1 - shared)
