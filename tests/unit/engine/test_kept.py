"""What rankings keep of columns is found once, takes no more room than it may, and is right on every day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine import certificates
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.kept import Arrays, Kept
from matchmaking.engine.leaders import leaders
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from tests.unit.engine.documents import Writer


def finding(found: list[str], name: str, size: int = 8) -> Callable[[], Arrays]:
    def find() -> Arrays:
        found.append(name)
        return (np.zeros(size, dtype=np.int8),)

    return find


def test_what_was_found_is_not_found_again() -> None:
    kept, found = Kept(), list[str]()

    first = kept.get("a", finding(found, "a"))

    assert kept.get("a", finding(found, "a again")) is first
    assert found == ["a"]


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept, found = Kept(most_bytes=16), list[str]()
    for name in ("a", "b", "a", "c"):
        kept.get(name, finding(found, name))

    assert [name in kept for name in "abc"] == [True, False, True]
    assert found == ["a", "b", "c"]


def test_what_is_larger_than_the_room_is_given_but_not_kept() -> None:
    kept = Kept(most_bytes=16)
    kept.get("a", finding([], "a"))

    (large,) = kept.get("large", finding([], "large", size=17))

    assert len(large) == 17
    assert "large" not in kept


def test_nobody_can_write_into_what_is_kept() -> None:
    (array,) = Kept().get("a", finding([], "a"))

    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@given(st.randoms(use_true_random=True), st.integers(1, 30), st.lists(st.integers(0, 800), min_size=1, max_size=4))
def test_columns_rank_on_each_day_as_if_nothing_had_been_asked_before(
    random: Random, suppliers: int, days: list[int]
) -> None:
    writer = Writer(random)
    facts = parse_facts(writer.document() | {"suppliers": [writer.supplier(f"s{n:02}") for n in range(suppliers)]})
    columns = build_columns(facts.suppliers, facts.taxonomy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificates, "LOOKS_PER_SUPPLIER", 1000)  # it pays to find what everybody holds
        for day in days:
            as_of = facts.as_of + timedelta(days=day)
            asked = replace(facts.requirement, needed_on=random.choice([None, as_of - timedelta(days=day // 2)]))
            anew = rank(asked, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, as_of)

            assert rank(asked, columns, facts.taxonomy, as_of).results() == anew.results()
            found = leaders(asked, columns, facts.taxonomy, as_of, top=5, few=1)
            assert found.results(5) == anew.results(5)
            assert found.counts == anew.counts
