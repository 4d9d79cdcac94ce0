"""Pairs of Vietnamese firms, and firms' names in two languages, of which a person said beforehand what is right."""

import csv
from pathlib import Path

from suppliers.imports.accuracy import Rows, of_duplicates, of_names

LABELLED = Path(__file__).with_name("labelled")


def rows(name: str) -> Rows:
    with (LABELLED / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_one_firm_is_found_under_two_names_and_two_firms_are_seldom_taken_for_one() -> None:
    found = of_duplicates(rows("duplicates.csv"))

    assert found["precision"] >= 0.95
    assert found["recall"] >= 0.95


def test_names_are_known_in_the_other_language() -> None:
    assert of_names(rows("names.csv"))["recall"] >= 0.93
