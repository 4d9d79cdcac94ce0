"""Where the header of a table lies, and what it says of each column."""

from collections.abc import Sequence
from itertools import zip_longest

from suppliers.imports.columns import meant_by

Values = list[str]
LINES_ABOVE_THE_HEADER = 10
"""How many lines, such as a title or the head of an official letter, may stand above the header."""
LINES_OF_THE_HEADER = 3
"""How many lines a header may have: groups of columns above their headings, or headings in two languages."""
LOOKED_AT = LINES_ABOVE_THE_HEADER + LINES_OF_THE_HEADER
LONGEST_HEADING = 250
FEWEST_KNOWN = 2
"""Known headings from which a line is taken for one of the header."""
FEWEST_NUMBERS = 3
"""Cells from which a line that counts them (1, 2, 3) numbers the columns, and is no firm."""


def place_of_header(first: Sequence[Values]) -> tuple[int, int]:
    """The place of its first line, and of the first below it, among the lines with which a table begins.

    It is about the first line in which two headings are known. Where there is none, it is the first with more than
    one cell: a title is no header.
    """
    above = first[: LINES_ABOVE_THE_HEADER + 1]
    counts = [len(_texts(values)) for values in above]
    wide = next((place for place, count in enumerate(counts) if count > 1), 0)
    main = next((place for place, values in enumerate(above) if _known(values) >= FEWEST_KNOWN), wide)
    begin = main
    while begin and main - begin < LINES_OF_THE_HEADER - 1 and _adds(first[begin - 1], joined(first[begin : main + 1])):
        begin -= 1
    return begin, main + _height(first[main : begin + LINES_OF_THE_HEADER])


def joined(lines: Sequence[Values]) -> Values:
    """One heading for each column: the lowest that is known, as what stands above it names a group; else the lowest."""
    columns = [[text for text in reversed(column) if text] for column in zip_longest(*lines, fillvalue="")]
    return [next((text for text in texts if _is_known(text)), texts[0] if texts else "") for texts in columns]


def numbers_the_columns(values: Values) -> bool:
    """As forms do below their headings: (1), (2), (3)."""
    texts = [text.strip("()") for text in _texts(values)]
    return len(texts) >= FEWEST_NUMBERS and texts == [str(place) for place in range(1, len(texts) + 1)]


def _adds(line: Values, below: Values) -> bool:
    """Whether a line above headings belongs to them: one of it is known, or heads a column that has none below."""
    heads_another = any(text and not name for text, name in zip_longest(line, below[: len(line)], fillvalue=""))
    return len(_texts(line)) > 1 and (heads_another or _known(line) > 0)


def _height(lines: Sequence[Values]) -> int:
    """How many of the lines are headings: the first, and those below it of which half or more are known as such."""
    for height, values in enumerate(lines[1:], start=1):
        known = _known(values)
        if known < FEWEST_KNOWN or 2 * known < len(_texts(values)):
            return height
    return len(lines)


def _texts(values: Values) -> Values:
    return [value for value in values if value]


def _known(values: Values) -> int:
    return sum(1 for value in values if _is_known(value))


def _is_known(text: str) -> bool:
    return 0 < len(text) <= LONGEST_HEADING and meant_by(text) is not None
