"""Words of names, and who has them: as a question to the database finds them."""

from random import Random

import numpy as np
import pytest

from config.fulltext import holds
from matchmaking.catalogue.words import Words
from matchmaking.engine.lists import Ints

NAMES = [
    "co khi minh duc 12",
    "nikko seiko",
    "精機 co",
    "a b thep",
    "",
    "co co co",
    "株 プラスチック",
    "x" * 30,
    "minhduc",
]
ASKED = ["co", "c", "a", "ab", "minh", "精", "機", "スチ", "nik", "x" * 20, "x" * 25, "y", "", "12", "b", "1"]


def found(words: Words, count: int) -> dict[str, list[int]]:
    return {asked: np.flatnonzero(words.firms_with(asked, count)).tolist() for asked in ASKED}


def held(names: list[str]) -> dict[str, list[int]]:
    return {asked: [place for place, name in enumerate(names) if holds(name, [asked])] for asked in ASKED}


def test_a_word_is_found_by_its_beginning_a_letter_alone_and_signs_without_spaces_anywhere() -> None:
    words = Words.of(NAMES)

    assert found(words, len(NAMES)) == held(NAMES)
    assert found(words, len(NAMES))["co"] == [0, 2, 5]
    assert found(words, len(NAMES))["機"] == [2]
    assert found(words, len(NAMES))["a"] == [3]


def test_nobody_has_no_words() -> None:
    assert found(Words.of([]), 0) == {asked: [] for asked in ASKED}


@pytest.mark.parametrize("seed", range(5))
def test_some_firms_and_two_crowds_together_have_the_words_of_their_names(seed: int) -> None:
    random = Random(seed)  # noqa: S311 (not a secret)
    names, others = (random.choices(NAMES, k=random.randint(0, 12)) for _ in range(2))
    some = sorted(random.sample(range(len(names)), random.randint(0, len(names))))
    order = random.sample(range(len(names) + len(others)), len(names) + len(others))

    place_of_some = np.full(len(names), -1)
    place_of_some[as_ints(some)] = np.arange(len(some))
    taken = Words.gathered([Words.of(names)], [place_of_some])
    place = np.argsort(as_ints(order))
    joined = Words.gathered([Words.of(names), Words.of(others)], [place[: len(names)], place[len(names) :]])

    assert found(taken, len(some)) == held([names[each] for each in some])
    assert found(joined, len(order)) == held([[*names, *others][each] for each in order])
    assert list(joined.texts) == sorted(set(joined.texts))


def as_ints(numbers: list[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)
