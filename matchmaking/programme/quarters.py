"""Quarters of a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def named(cls, name: str) -> Self:
        """The one that is written like this, as `str` writes it."""
        year, _dash, number = name.partition("-Q")
        return cls(int(year), int(number))

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.following.first_day - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def preceding(self) -> "Quarter":
        return Quarter.of(self.first_day - timedelta(days=1))

    def __str__(self) -> str:
        """Such as 2026-Q4."""
        return f"{self.year}-Q{self.number}"


def quarters_from(day: date, *, number: int) -> Iterator[Quarter]:
    """So many quarters, from the one that holds the day."""
    quarter = Quarter.of(day)
    for _position in range(number):
        yield quarter
        quarter = quarter.following
