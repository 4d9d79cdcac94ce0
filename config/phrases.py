"""Texts that are kept, and read later by each reader in their own language."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override

SOURCE = "en"
"""The language of messages in the code."""


class Phrase(Promise):
    """A message of the catalogue, and what stands in it: kept as these two, read in the reader's language.

    `make messages` collects the message where a phrase is made.
    """

    def __init__(self, message: str, **told: Any) -> None:
        self.message = message
        self.told = told

    def __str__(self) -> str:
        text = gettext(self.message)
        return text % self.told if self.told else text

    @classmethod
    def of(cls, text: str | Promise) -> "Phrase":
        """A text for people as a phrase. What was put together before stays in the language of that moment."""
        if isinstance(text, cls):
            return text
        with override(SOURCE):
            return cls(str(text))
