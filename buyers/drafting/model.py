"""What was read from a text."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """A part of the text (`text[start:end]`) and the field that it fills.

    `field` is a JSON pointer into the draft, or empty where nothing could be filled; then `question` says what is to be
    asked (`ambiguous`, `superseded`, `denied`, `quantity_without_period`, `length_missing`), and `candidates` are the
    codes that it could mean; `thing` is what the work is done on, or what else is to be made.
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
