"""Rules that every file of the project keeps."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {
    ".git",
    ".venv",
    "var",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
}
SAYS_NOTHING = {
    "utils.py",
    "util.py",
    "helpers.py",
    "helper.py",
    "manager.py",
    "managers.py",
    "data.py",
    "info.py",
    "misc.py",
    "common.py",
}
ELSEWHERE = re.compile(
    r"(?<![\w.])/(?:home|root|work|Users)/|\bpypi\.org\b|\bfiles\.pythonhosted\.org\b|\bregistry\.npmjs\.org\b"
)
PINS = sorted(PROJECT.glob("requirements*.txt"))


def files() -> list[Path]:
    return [
        path
        for path in sorted(PROJECT.rglob("*"))
        if path.is_file() and not NOT_OURS.intersection(path.relative_to(PROJECT).parts)
    ]


def test_nothing_names_a_folder_of_somebodys_machine_or_a_registry() -> None:
    here = Path(__file__)
    naming = [
        f"{path.relative_to(PROJECT)}: {found.group()}"
        for path in files()
        if path != here
        and path.suffix not in (".mo", ".xlsx", ".png")
        and (found := ELSEWHERE.search(path.read_text(errors="replace")))
    ]

    assert naming == []


def test_every_module_has_a_name_that_says_what_lives_there() -> None:
    assert [path for path in files() if path.name in SAYS_NOTHING] == []


def test_every_module_of_the_product_says_in_a_line_what_lives_there() -> None:
    silent = [
        str(path.relative_to(PROJECT))
        for path in files()
        if path.suffix == ".py"
        and not {"migrations", "tests"}.intersection(path.parts)
        and path.stat().st_size > 0
        and not path.read_text().removeprefix("#!/usr/bin/env python\n").startswith('"""')
    ]

    assert silent == []


@pytest.mark.parametrize("pins", PINS, ids=lambda path: str(path.name))
def test_every_dependency_is_pinned_and_hashed(pins: Path) -> None:
    requirements = re.split(r"\n(?=\w)", pins.read_text().replace("\\\n", " "))[1:]

    assert requirements
    for requirement in requirements:
        assert re.match(r"[\w.-]+==[\w.]+ ", requirement)
        assert "--hash=sha256:" in requirement


@pytest.mark.parametrize("wishes", sorted(PROJECT.glob("requirements*.in")), ids=lambda path: str(path.name))
def test_every_wish_is_for_one_version_and_is_met_by_the_pins(wishes: Path) -> None:
    wanted = [line.split(" ")[0] for line in wishes.read_text().splitlines() if line and line[0].isalpha()]
    pinned = wishes.with_suffix(".txt").read_text().lower()

    for wish in wanted:
        name, _, version = re.sub(r"\[.*\]", "", wish).partition("==")
        assert version
        assert f"{name.lower()}=={version} " in pinned
