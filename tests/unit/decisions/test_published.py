"""Worked examples of publications, to the digits that they print, by the command and one by one."""

import json
from pathlib import Path
from typing import Any

import pytest

from matchmaking.decisions.__main__ import main
from matchmaking.decisions.examples import METHODS, differences, found_by

FILE = Path(__file__).with_name("published.json")
EXAMPLES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
HOUSES = next(each for each in EXAMPLES if each["id"].startswith("buying a house"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[each["id"] for each in EXAMPLES])
def test_what_was_published_is_found(example: dict[str, Any]) -> None:
    assert example["source"]
    assert differences(example, found_by(example)) == {}


def test_every_method_has_an_example() -> None:
    assert {each["method"] for each in EXAMPLES} == set(METHODS)
    assert len({each["id"] for each in EXAMPLES}) == len(EXAMPLES)


def test_where_pairs_contradict_each_other_the_publication_s_own_suspect_is_named() -> None:
    """Saaty asks to judge the neighbourhood (3) against the general condition (7) again."""
    assert {3, 7} < set(found_by(HOUSES)["worst"])


def test_the_command_counts_what_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FILE)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "same  vendors, TOPSIS"
    assert lines[-1] == f"examples {len(EXAMPLES)}  same {len(EXAMPLES)}"


def test_the_command_says_what_differs_and_what_is_found_where_nothing_is_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = {"method": "rank_order", "places": [["a"], ["b"]]}
    file = tmp_path / "examples.json"
    file.write_text(json.dumps([{**order, "expected": {"weights": {"a": 0.8}}}, order]))

    assert main([str(file)]) == 1

    assert capsys.readouterr().out.splitlines() == [
        "differs  1",
        "  weights: {'a': 0.8} is expected, {'a': 0.75, 'b': 0.25} was found",
        "same  2",
        '  {"weights": {"a": 0.75, "b": 0.25}}',
        "examples 2  same 1",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "cannot be read"),
        ("{}", "a list of examples is needed"),
        ("[1]", "example 1"),
        ('[{"method": "magic"}]', "example 1: KeyError: 'magic'"),
        ('[{"method": "pairwise", "matrix": [[1, 3], [3, 1]]}]', "reciprocal"),
        ('[{"method": "topsis", "matrix": [[NaN]], "weights": [1], "directions": ["max"]}]', "finite"),
    ],
)
def test_the_command_refuses_what_is_no_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, problem: str
) -> None:
    file = tmp_path / "examples.json"
    file.write_text(content)

    assert main([str(file)]) == 2

    told = capsys.readouterr()
    assert problem in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["/nowhere/examples.json"]])
def test_the_command_needs_one_file(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
