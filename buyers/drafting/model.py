"""What was read from a text."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """A part of the text (`text[start:end]`) and the field that it fills.

    `field` is a JSON pointer into the draft, or empty where it fills nothing; then `question` says what is to be asked
    (a key of `buyers.api.v1.drafting.QUESTIONS`), and `candidates` are the codes that it could mean. With neither, a
    narrower term says the same more closely.
    """

    field: str
    value: Any
    start: int
    end: int
    confidence: float
    question: str = ""
    candidates: tuple[str, ...] = ()


@dataclass
class Draft:
    """`requirement` has the fields of a requirement as the API takes them. Places count in `text`, which is NFC."""

    text: str
    requirement: dict[str, Any] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    place: dict[str, str | None] | None = None
    not_understood: list[tuple[int, int]] = field(default_factory=list)
