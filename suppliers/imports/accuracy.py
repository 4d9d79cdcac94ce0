"""How often the importer is right, on files in which people have said what is right."""

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from suppliers.duplicates.judging import Entry, Verdict, compare
from suppliers.duplicates.names import take_apart
from suppliers.duplicates.namesakes import likeness
from suppliers.imports.errors import ColumnError, NotATableError
from taxonomy.models import Kind
from taxonomy.resolver import resolve
from taxonomy.vocabulary import current_vocabulary

PRECISION = 0.95
"""Share of right answers at which the recall of names is told."""

Rows = list[dict[str, str]]


def of_duplicates(rows: Rows) -> dict[str, float]:
    """Precision and recall of the firms found to be one.

    Args:
        rows: label (1 for one firm, 0 for two), name_a, address_a, country_a, and the same of b.
    """
    found = [(_are_one(row), row["label"].strip() == "1") for row in rows]
    right = sum(said and true for said, true in found)
    return {
        "precision": _share(right, sum(said for said, _ in found)),
        "recall": _share(right, sum(true for _, true in found)),
    }


def of_labels(rows: Rows) -> dict[str, float]:
    """How many words for processes are taken as a code that is acceptable (right) or another (wrong), or asked.

    Args:
        rows: label, acceptable_codes (separated by "|"; blank where none fits).

    Returns:
        right, of the labels that have a code; wrong, of those taken; asked, of all.
    """
    vocabulary = current_vocabulary()
    taken = [resolve(Kind.PROCESS, row["label"], vocabulary=vocabulary).code for row in rows]
    meant = [set(filter(None, row["acceptable_codes"].split("|"))) for row in rows]
    right = sum(code in codes for code, codes in zip(taken, meant, strict=True))
    said = sum(code is not None for code in taken)
    return {
        "right": _share(right, sum(bool(codes) for codes in meant)),
        "wrong": _share(said - right, said),
        "asked": _share(len(rows) - said, len(rows)),
    }


def of_names(rows: Rows) -> dict[str, float]:
    """The recall of Vietnamese names whose English one is found among all in the file, where 95 % of answers are right.

    Each Vietnamese name is answered by the English one most like it, the surest answers first.

    Args:
        rows: name_vi, name_en of one firm.
    """
    names = [take_apart(row["name_en"]) for row in rows]
    answers = []
    for row in rows:
        asked = take_apart(row["name_vi"])
        alike = [likeness(asked, name) for name in names]
        best = max(range(len(names)), key=lambda at: (alike[at], -at))
        answers.append((alike[best], names[best] == take_apart(row["name_en"])))
    return {"recall": _recall_at(PRECISION, answers)}


MEASURES: Mapping[str, tuple[Callable[[Rows], dict[str, float]], tuple[str, ...]]] = {
    "duplicates": (of_duplicates, ("label", "name_a", "address_a", "country_a", "name_b", "address_b", "country_b")),
    "labels": (of_labels, ("label", "acceptable_codes")),
    "names": (of_names, ("name_vi", "name_en")),
}
"""Each measure, with the columns that its file must have."""


def measure(kind: str, path: Path) -> dict[str, Any]:
    """Measure a labelled file.

    Args:
        kind: a key of `MEASURES`.

    Raises:
        NotATableError, ColumnError: the file cannot be read, has no row, or lacks a column.
    """
    measured, columns = MEASURES[kind]
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [{name: cell or "" for name, cell in row.items() if name} for row in csv.DictReader(lines)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotATableError(f"{path}: {error}") from None
    if not rows:
        raise NotATableError(f"{path}: no rows")
    if missing := [name for name in columns if name not in rows[0]]:
        raise ColumnError(f"{path}: {', '.join(missing)}")
    return measured(rows)


def _are_one(row: Mapping[str, str]) -> bool:
    one, other = (
        Entry((row[f"name_{side}"],), country=row[f"country_{side}"].upper(), address=row[f"address_{side}"])
        for side in "ab"
    )
    return compare(one, other).verdict != Verdict.DIFFERENT


def _recall_at(precision: float, answers: Iterable[tuple[float, bool]]) -> float:
    """The largest share of all that is found while, of the surest answers down to there, enough are right."""
    ranked = sorted(answers, reverse=True)
    found, best = 0, 0
    for said, (_, is_right) in enumerate(ranked, start=1):
        found += is_right
        is_last_of_equals = said == len(ranked) or ranked[said][0] != ranked[said - 1][0]
        if is_last_of_equals and found >= precision * said:
            best = found
    return _share(best, len(ranked))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
