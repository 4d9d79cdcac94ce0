"""Stored values as people read them."""

from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

NOTHING = "–"


def is_empty(value: Any) -> bool:
    """Whether there is nothing to read in a value as JSON holds it."""
    if isinstance(value, dict):
        return all(map(is_empty, value.values()))
    return value in (None, "", [])


def in_words(value: Any) -> str:
    """A single value: yes or no, a number or a day as the reader's language writes it, a text as it is."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value if isinstance(value, str) else str(localize(value))
