"""The first lines of a ranking, found without judging everybody in full, are those of the whole ranking."""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine import blocks
from matchmaking.engine import eligibility as gating
from matchmaking.engine.criteria import Question
from matchmaking.engine.eligibility import Gates
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.leaders import leaders
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import Facts
from matchmaking.engine.promise import ROUNDING, promise
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.reach import can_reach
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
        patch.setattr(blocks, "BLOCK", block)
        patch.setattr("matchmaking.engine.columns.WIDENED", 8 * block)
        patch.setattr(gating, "MANY", many)

        whole = rank(facts.requirement, columns, facts.taxonomy, facts.as_of)
        found = leaders(
            *(facts.requirement, columns, facts.taxonomy, facts.as_of), top=top, eligibility=eligibility, few=few
        )

    names = [name for name in ELIGIBILITIES if name in eligibility]
    assert first(found, names, top) == first(whole, names, top)
    assert found.counts == whole.counts


@given(st.randoms(use_true_random=True), st.integers(1, 60))
def test_nobody_scores_more_than_the_bounds_say(random: Random, suppliers: int) -> None:
    facts = facts_of(random, suppliers)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    whole = rank(facts.requirement, columns, facts.taxonomy, facts.as_of)
    question = Question(facts.requirement, columns, facts.taxonomy, facts.as_of.toordinal())
    with np.errstate(over="ignore"):
        gates = Gates(question, facts.requirement.active_criteria())
        everybody = np.argsort(gates.listed)
        most = promise(gates, everybody)[np.argsort(np.argsort(whole.suppliers))]
        reached = [can_reach(gates, everybody, enough) for enough in np.unique(whole.score)]

    assert (most + ROUNDING >= whole.score).all()
    by_supplier = whole.score[np.argsort(whole.suppliers)]
    for enough, reaches in zip(np.unique(whole.score), reached, strict=True):
        assert reaches[by_supplier >= enough].all()


def test_those_who_cannot_lead_are_not_ranked() -> None:
    facts = facts_of(Random(7), 400)  # noqa: S311
    columns = build_columns(facts.suppliers, facts.taxonomy)

    found = leaders(facts.requirement, columns, facts.taxonomy, facts.as_of, top=3, few=20)
    whole = rank(facts.requirement, columns, facts.taxonomy, facts.as_of)

    assert first(found, ELIGIBILITIES, 3) == first(whole, ELIGIBILITIES, 3)
    assert len(found) <= 40 < 300 < len(whole)
    assert sum(found.left_out) == len(whole) - len(found)
