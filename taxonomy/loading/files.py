"""Reading the shipped CSV files. A fault names the file and the line."""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from taxonomy.text import nfc

Number = TypeVar("Number", int, float)


class BadFileError(Exception):
    """A shipped file that cannot be loaded; the message names the file and, where there is one, the line."""


@dataclass(frozen=True)
class Line:
    """One record of a file, with the place it comes from."""

    file: str
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def listed(self, column: str) -> list[str]:
        """The values of a cell that lists several, divided by `|`."""
        return [part for part in map(nfc, self[column].split("|")) if part]

    def number_in(self, column: str, convert: Callable[[str], Number]) -> Number:
        """The cell as a finite number."""
        try:
            number = convert(self[column])
        except ValueError:
            raise self.fault(f"{column} is {self[column]!r}, which is not a number") from None
        if not math.isfinite(number):
            raise self.fault(f"{column} is {self[column]!r}, which is not finite")
        return number

    def check_choice(self, column: str, allowed: Sequence[str]) -> None:
        """Refuse a cell that is none of the allowed ones."""
        if self[column] not in allowed:
            raise self.fault(f"{column} is {self[column]!r}; allowed are {', '.join(allowed)}")

    def fault(self, message: str) -> BadFileError:
        """An error that names this line."""
        return BadFileError(f"{self.file}, line {self.number}: {message}")


def read(folder: Path, name: str, *, columns: list[str]) -> Iterator[Line]:
    """Yield the records of a UTF-8 CSV file with exactly these columns.

    Raises:
        BadFileError: the file is missing, is not UTF-8, or its columns or cells do not fit.
    """
    try:
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            yield from _lines(name, csv.reader(stream, strict=True), columns)
    except OSError as error:
        raise BadFileError(f"{name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFileError(f"{name}: not UTF-8 at byte {error.start}") from error


def _lines(name: str, reader: Iterator[list[str]], columns: list[str]) -> Iterator[Line]:
    try:
        if (header := next(reader, [])) != columns:
            raise BadFileError(f"{name}, line 1: the columns are {','.join(header)} instead of {','.join(columns)}")
        for cells in reader:
            line = Line(name, reader.line_num, dict(zip(columns, map(nfc, cells), strict=False)))  # type: ignore[attr-defined]
            if len(cells) != len(columns):
                raise line.fault(f"{len(cells)} cells instead of {len(columns)}")
            yield line
    except csv.Error as error:
        raise BadFileError(f"{name}, line {reader.line_num}: {error}") from error  # type: ignore[attr-defined]
