"""Numbers as pages send them back: keys and versions of rows."""

MOST_DIGITS = 18
"""Of a number that the database keeps. Python itself refuses to read very many."""


def number_in(text: str) -> int | None:
    """The whole number, 0 or more, that a text is; None where it is anything else."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
