"""docs/security.md: every requirement has a row, and what a row names exists."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from tests.stack.processes import PROJECT

COUNTS = r"(\d+) rows name a test, (\d+) a page, (\d+) what sees to it, (\d+) do not apply, (\d+) are not met"
PAGE = PROJECT / "docs" / "security.md"
LEVEL_2 = (Path(__file__).parent / "asvs_5_0_level_2.txt").read_text().split()
KINDS = ("`tests/", "n/a: ", "doc: ", "by: ", "not met: ")


def rows() -> dict[str, str]:
    found = re.findall(r"^\| (V\d+\.\d+\.\d+|API\d+) \| [^|]+ \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
    assert [name for name, count in Counter(name for name, _how in found).items() if count > 1] == []
    return dict(found)


@cache
def defined_in(file: str) -> set[str]:
    return set(re.findall(r"^def (test_\w+)", (PROJECT / file).read_text(), re.MULTILINE))


def test_every_requirement_of_levels_1_and_2_and_every_risk_has_a_row() -> None:
    assert len(LEVEL_2) == 253
    assert set(rows()) == {*LEVEL_2, *(f"API{number}" for number in range(1, 11))}


def test_every_row_names_a_test_or_says_why_there_is_none() -> None:
    assert [name for name, how in rows().items() if not how.startswith(KINDS) or len(how) < 9] == []


def test_every_test_that_is_named_exists() -> None:
    named = {found for how in rows().values() for found in re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", how)}

    assert len(named) > 60
    assert [f"{file}::{test}" for file, test in named if test not in defined_in(file)] == []


def test_every_page_that_is_linked_exists() -> None:
    for page in (PAGE, PROJECT / "docs" / "threat-model.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_page_counts_its_rows_truly() -> None:
    kinds = Counter(next(kind for kind in KINDS if how.startswith(kind)) for how in rows().values())
    told = re.search(COUNTS, PAGE.read_text())

    assert told is not None
    order = ("`tests/", "doc: ", "by: ", "n/a: ", "not met: ")
    assert tuple(int(number) for number in told.groups()) == tuple(kinds[kind] for kind in order)
