"""Traits that are put together only when a list asks: whoever has changed in between, and how often."""

from random import Random

import numpy as np
import pytest

from matchmaking.catalogue.traits import MOST_UNUSED, LateTraits, Traits, TraitsOfSome
from matchmaking.catalogue.words import Words
from matchmaking.engine.lists import Ints, Ragged

NAMES = ["co khi minh duc", "nhua an phat", "khuon viet", "thep hoa phat"]


def traits_of(numbers: list[int]) -> Traits:
    """Of firms that are known by a number, which everything about them follows from."""
    lists = Ragged.of([[number, number + 1][: 1 + number % 2] for number in numbers])
    entries = as_ints([number for number in numbers for _ in range(1 + number % 2)])
    return Traits(
        processes=lists,
        materials=lists,
        provinces=lists,
        sectors=lists,
        standards=lists,
        starts_on=entries,
        expires_on=entries + 10,
        level=entries % 4,
        capabilities=lists,
        capacity=entries.astype(np.float64),
        unit=entries % 3,
        producing=lists,
        ownership=as_ints(numbers) % 5,
        words=Words.of(NAMES[number % len(NAMES)] for number in numbers),
    )


def as_ints(numbers: list[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def told(traits: Traits) -> dict[str, object]:
    lists = ("processes", "materials", "provinces", "sectors", "standards", "capabilities", "producing")
    values = ("starts_on", "expires_on", "level", "capacity", "unit", "ownership")
    words = {word: np.flatnonzero(traits.words.firms_with(word, len(traits))).tolist() for word in ("co", "phat", "k")}
    return (
        {name: getattr(traits, name).tolists() for name in lists}
        | {name: getattr(traits, name).tolist() for name in values}
        | words
    )


@pytest.mark.parametrize("seed", range(5))
def test_firms_that_change_one_after_the_other_have_the_traits_of_those_that_are_left(seed: int) -> None:
    random = Random(seed)  # noqa: S311 (not a secret)
    late, firms = LateTraits.made(traits_of([])), list[int]()

    for number in range(40):
        put_after = [*firms, number]
        order = random.sample(range(len(put_after)), random.randint(len(put_after) // 2, len(put_after)))
        late, firms = late.joined(LateTraits.made(traits_of([number])), as_ints(order)), [put_after[i] for i in order]
        if random.random() < 0.2:  # a list asks now and then
            assert told(late.traits) == told(traits_of(firms))

    assert told(late.traits) == told(traits_of(firms))


def test_nothing_is_put_together_before_a_list_asks_and_nothing_kept_of_whoever_changes_again_and_again() -> None:
    made: list[int] = []

    def late_of(number: int) -> LateTraits:
        def make() -> Traits:
            made.append(number)
            return traits_of([number])

        return LateTraits.of(TraitsOfSome(1, make))

    late = late_of(0).joined(late_of(1), as_ints([0, 1]))
    for number in range(2, 500):
        late = late.joined(late_of(number), as_ints([0, 2]))
        assert late.count <= MOST_UNUSED + 2 * 2

    assert made == []
    assert told(late.traits) == told(traits_of([0, 499]))
    assert 0 in made
    assert late.traits is late.traits


def test_of_nobody_there_are_no_traits() -> None:
    nobody = LateTraits.made(traits_of([1, 2, 3]), as_ints([]))

    assert told(nobody.traits) == told(traits_of([]))
