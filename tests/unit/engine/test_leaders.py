"""The first lines of a ranking, found without judging everybody in full, are those of the whole ranking."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine import eligibility as gating
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.leaders import leaders
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import Facts
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from tests.unit.engine.documents import Writer


def facts_of(random: Random, suppliers: int) -> Facts:
    writer = Writer(random)
    document = writer.document()
    document["suppliers"] = [writer.supplier(f"s{number:03}") for number in range(suppliers)]
    return parse_facts(document)


def first(ranking: Ranking, eligibility: Sequence[str], top: int | None) -> list[dict[str, Any]]:
    wanted = [ELIGIBILITIES.index(name) for name in eligibility]
    return ranking.lines(np.flatnonzero(np.isin(ranking.eligibility, wanted))[:top].tolist())


@settings(max_examples=3 * settings().max_examples)
@given(
    st.randoms(use_true_random=True),
    st.integers(0, 60),
    st.integers(1, 12),
    st.one_of(st.none(), st.integers(1, 25)),
    st.sets(st.sampled_from(ELIGIBILITIES), min_size=1),
    st.integers(1, 40),
    st.sampled_from([0, 1, 1000]),
)
def test_leaders_and_counts_are_those_of_the_whole_ranking(
    random: Random, suppliers: int, few: int, top: int | None, eligibility: set[str], block: int, many: int
) -> None:
    facts = facts_of(random, suppliers)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gating, "BLOCK", block)
        patch.setattr(gating, "MANY", many)

        whole = rank(facts.requirement, columns, facts.taxonomy, facts.as_of)
        found = leaders(
            *(facts.requirement, columns, facts.taxonomy, facts.as_of), top=top, eligibility=eligibility, few=few
        )

    names = [name for name in ELIGIBILITIES if name in eligibility]
    assert first(found, names, top) == first(whole, names, top)
    assert found.counts == whole.counts


def test_those_who_cannot_lead_are_not_ranked() -> None:
    facts = facts_of(Random(7), 400)  # noqa: S311
    columns = build_columns(facts.suppliers, facts.taxonomy)

    found = leaders(facts.requirement, columns, facts.taxonomy, facts.as_of, top=3, few=20)
    whole = rank(facts.requirement, columns, facts.taxonomy, facts.as_of)

    assert first(found, ELIGIBILITIES, 3) == first(whole, ELIGIBILITIES, 3)
    assert len(found) <= 40 < 300 < len(whole)
    assert sum(found.left_out) == len(whole) - len(found)
