"""Figures as people write them: "5.000", "5,000", "0,02", "10k", "2 triệu", "mười nghìn"."""

import re

from taxonomy.text import fold

DIGITS = r"\d++(?:[.,]\d++)*(?![.,]?\d)"
"""A figure wherever it begins. It is taken whole or not at all; early releases of Python 3.11 keep what a possessive
group has tried in vain, such as the comma of "0.02, 5", so there is none."""
NUMBER = r"(?<![\w.,$€¥])" + DIGITS
"""A figure, for patterns. It does not begin within a word or another figure."""

_VALUES = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
_SCALES = {
    "k": 1e3, "nghin": 1e3, "ngan": 1e3, "thousand": 1e3, "van": 1e4, "trieu": 1e6, "million": 1e6, "mil": 1e6,
    "mio": 1e6, "tram": 1e2, "hundred": 1e2,
}  # fmt: skip
_DIGIT = "(?:mot|hai|ba|bon|nam|lam|sau|bay|tam|chin)"
_ENGLISH = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty"
SPELT = rf"(?<!\w)(?:{_DIGIT}\s+(?:tram|muoi)(?:\s+{_DIGIT})?|muoi(?:\s+{_DIGIT})?|{_DIGIT}|{_ENGLISH})"
"""A figure in words, for patterns on texts without accents."""
_ROUND = "|".join(word for word in _SCALES if len(word) > 1)
COUNT = (
    r"(?:(?<![\w.,$€¥])(?:\d{1,2}(?: \d{3})+|\d{3}(?: 000)+)(?![\d.,])|"
    + NUMBER
    + rf"|{SPELT}(?=\s+(?:{_ROUND})(?!\w)))"
)
"""The same for things that are counted, of which thousands may stand apart: "25 000". Three digits before a space may
be a grade, such as 304, so these only go with round thousands; and words only with hundreds, thousands, millions."""
SCALE = rf"(?>(?:\s*(?:k|{_ROUND})(?!\w))?)"
"""What may follow a figure and multiplies it, for patterns on texts without accents."""

_GROUPED = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")
_ROUND_LENGTH = re.compile(r"[1-9]\d{0,2}[.,]\d\d0")


def figure(text: str, *, counts: bool = False) -> float:
    """The figure that a text of digits, points and commas states.

    A single point or comma is a decimal mark, for people of either habit write "0,02" and "0.02". Where things are
    counted (`counts`) groups of three digits are thousands: "5.000 cái" is five thousand. Where both marks stand,
    the last is the decimal one.
    """
    text = text.replace(" ", "")
    if counts and _GROUPED.fullmatch(text):
        return float(re.sub("[.,]", "", text))
    marks = [character for character in text if character in ".,"]
    if len(set(marks)) == 2:
        thousands = "," if marks[-1] == "." else "."
        return float(text.replace(thousands, "").replace(",", "."))
    if len(marks) > 1:
        return float(re.sub("[.,]", "", text))
    return float(text.replace(",", "."))


def millimetres(text: str) -> float:
    """A length in mm. "1.200" is in thousands: nobody writes the last nought of a thousandth; "3.175" is not."""
    return figure(text, counts=bool(_ROUND_LENGTH.fullmatch(text)))


def scaled(number: str, scale: str | None) -> float:
    """A figure with the word that multiplies it: ("10", "k") is 10,000, ("1,5", "triệu") 1,500,000."""
    if number[0].isalpha():
        return spelt(number) * _SCALES[fold(scale or "")]
    if not (scale and scale.strip()):
        return figure(number, counts=True)
    return figure(number) * _SCALES[fold(scale)]


def spelt(words: str) -> float:
    """What a figure in words says: "hai mươi lăm" is 25, "hai trăm" 200."""
    value = 0
    for word in fold(words).split():
        if word in ("tram", "muoi") and value:
            value *= 100 if word == "tram" else 10
        else:
            value += _VALUES[word]
    return float(value)
