"""Bits of suppliers by code, against sets of them."""

from random import Random

import numpy as np
import pytest

from matchmaking.catalogue.bitmaps import Bitmaps
from matchmaking.engine.lists import Ragged

CODES = 7
UPPER = [[0], [0, 1], [0, 1, 2], [3], [3, 4], [5], []]


@pytest.mark.parametrize("suppliers", [0, 1, 63, 64, 65, 128, 200])
def test_who_has_a_code_is_found_and_counted_also_at_the_end_of_64(suppliers: int) -> None:
    random = Random(suppliers)  # noqa: S311 (not a secret)
    codes = [random.sample(range(CODES), random.choice([0, 0, 1, 3])) for _ in range(suppliers)]
    lists = Ragged.of(codes)
    chosen = np.array([random.random() < 0.5 for _ in range(suppliers)], dtype=np.bool_)
    counted = np.array([random.random() < 0.7 for _ in lists.entry], dtype=np.bool_)

    plain, some = Bitmaps.of(lists, CODES), Bitmaps.of(lists, CODES, counted)

    having = [{each for each, held in enumerate(codes) if code in held} for code in range(CODES)]
    assert [set(np.flatnonzero(plain.any_of([code])).tolist()) for code in range(CODES)] == having
    assert plain.counts(chosen).tolist() == [sum(chosen[each] for each in firms) for firms in having]
    assert set(np.flatnonzero(plain.any_of([1, 4])).tolist()) == having[1] | having[4]
    assert not plain.any_of([]).any()
    owners = np.repeat(np.arange(suppliers), lists.lengths())
    expected = [len(set(owners[counted & (lists.entry == code)].tolist())) for code in range(CODES)]
    assert some.counts(np.ones(suppliers, dtype=np.bool_)).tolist() == expected


def test_whoever_has_a_code_is_counted_once_for_each_that_it_counts_for() -> None:
    bitmaps = Bitmaps.of(Ragged.of([[2, 1], [4], [6], [], [5, 0]]), CODES).rolled(UPPER)

    assert bitmaps.counts(np.ones(5, dtype=np.bool_)).tolist() == [2, 1, 1, 1, 1, 1, 0]
    assert bitmaps.counts(np.array([True, False, True, True, False])).tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert bitmaps.any_of([0, 3]).tolist() == [True, True, False, False, True]
