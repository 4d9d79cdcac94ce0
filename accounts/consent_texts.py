"""The texts to which people agree: files beside this module, one for each purpose, version and language.

A text that was ever in force stays as it is; a change is a new version: `texts/<purpose>.<version>.<language>.md`.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils import timezone

from accounts.models import Consent, Language

FOLDER = Path(__file__).with_name("texts")


@dataclass(frozen=True, kw_only=True)
class ConsentText:
    """One version of what is asked for one purpose."""

    purpose: str
    version: str
    valid_from: date

    def in_language(self, language: str) -> str:
        return _read(self.purpose, self.version, language)

    def sha256(self, language: str) -> str:
        """Of the text as it was shown, hex."""
        return hashlib.sha256(self.in_language(language).encode()).hexdigest()

    @property
    def is_in_force(self) -> bool:
        return in_force(self.purpose) == self


TEXTS = (
    ConsentText(purpose=Consent.Purpose.TERMS, version="2026-11", valid_from=date(2026, 11, 1)),
    ConsentText(purpose=Consent.Purpose.CONTACT_SHARING, version="2026-11", valid_from=date(2026, 11, 1)),
)
"""All that ever were, oldest first."""


def in_force(purpose: str) -> ConsentText:
    """The newest text of the purpose that has begun to be valid, by the calendar of Vietnam."""
    today = timezone.localdate()
    return [text for text in TEXTS if text.purpose == purpose and text.valid_from <= today][-1]


@cache
def _read(purpose: str, version: str, language: str) -> str:
    language = language if language in Language.values else Language.VI
    return (FOLDER / f"{purpose}.{version}.{language}.md").read_text()
