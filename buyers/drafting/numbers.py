"""Figures as people write them: "5.000", "5,000", "0,02", "10k", "2 triệu"."""

import re

from taxonomy.text import fold

NUMBER = r"(?<![\w.,])\d+(?:[.,]\d+)*"
"""A figure, for patterns. It does not begin within a word or another figure."""
COUNT = r"(?:(?<![\w.,])(?:\d{1,2}(?: \d{3})+|\d{3}(?: 000)+)(?![\d.,])|" + NUMBER + ")"
"""The same for things that are counted, of which thousands may stand apart: "25 000". Three digits before a space may
be a grade, such as 304, so these only go with round thousands."""
SCALE = r"(?:\s*(?:k|nghin|ngan|van|trieu|thousand|million|mil)\b)?"
"""What may follow a figure and multiplies it, for patterns on texts without accents."""

_SCALES = {
    "k": 1e3, "nghin": 1e3, "ngan": 1e3, "thousand": 1e3, "van": 1e4, "trieu": 1e6, "million": 1e6, "mil": 1e6,
}  # fmt: skip
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


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


def scaled(number: str, scale: str | None) -> float:
    """A figure with the word that multiplies it: ("10", "k") is 10,000, ("1,5", "triệu") 1,500,000."""
    if not (scale and scale.strip()):
        return figure(number, counts=True)
    return figure(number) * _SCALES[fold(scale)]
