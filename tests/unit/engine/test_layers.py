"""A base and what has changed since rank, and say, what columns built of everything anew would."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.facts import parse_facts
from matchmaking.engine.layers import Layers
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import Facts
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import ELIGIBILITIES, Ranking
from matchmaking.engine.records import records_of
from tests.unit.engine.documents import Writer
from tests.unit.engine.normal import in_order


def layered(random: Random, suppliers: int) -> tuple[Facts, Layers]:
    """Some suppliers are in the base as they are, some as they were, some only among the changed, some are gone."""
    writer = Writer(random)
    document = writer.document()
    document["suppliers"] = [writer.supplier(f"s{number:02}") for number in range(suppliers)]
    before = document | {"suppliers": [writer.supplier(f"s{number:02}") for number in range(suppliers)]}
    now, then = parse_facts(document), parse_facts(before)
    fate = [random.choice(["same", "same", "changed", "new", "gone"]) for _ in range(suppliers)]
    old = [
        record if each == "same" else former
        for record, former, each in zip(now.suppliers, then.suppliers, fate, strict=True)
        if each != "new"
    ]
    base = build_columns(old, now.taxonomy)
    changed = [record for record, each in zip(now.suppliers, fate, strict=True) if each in ("changed", "new")]
    outdated = {f"s{number:02}" for number, each in enumerate(fate) if each in ("changed", "gone")}
    replaced = np.array([identity in outdated for identity in base.supplier_ids], dtype=np.bool_)
    layers = Layers(base, build_columns(changed, now.taxonomy), replaced, now.taxonomy)
    left = tuple(record for record, each in zip(now.suppliers, fate, strict=True) if each != "gone")
    return replace(now, suppliers=left), layers


def first(ranking: Ranking, eligibility: Sequence[str], top: int | None) -> list[dict[str, Any]]:
    wanted = [ELIGIBILITIES.index(name) for name in eligibility]
    return ranking.lines(np.flatnonzero(np.isin(ranking.eligibility, wanted))[:top].tolist())


@settings(max_examples=3 * settings().max_examples)
@given(
    st.randoms(use_true_random=True),
    st.integers(0, 30),
    st.one_of(st.none(), st.integers(1, 12)),
    st.sets(st.sampled_from(ELIGIBILITIES), min_size=1),
)
def test_the_first_lines_and_all_counts_are_those_of_everything_in_one(
    random: Random, suppliers: int, top: int | None, eligibility: set[str]
) -> None:
    facts, layers = layered(random, suppliers)
    whole = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)

    found = layers.leaders(facts.requirement, facts.as_of, top=top, eligibility=eligibility)

    names = [name for name in ELIGIBILITIES if name in eligibility]
    assert first(found, names, top) == first(whole, names, top)
    assert found.counts == whole.counts


@given(st.randoms(use_true_random=True), st.integers(0, 12))
def test_they_say_what_everything_in_one_says(random: Random, suppliers: int) -> None:
    facts, layers = layered(random, suppliers)
    some = [f"s{number:02}" for number in range(suppliers) if random.random() < 0.5]

    assert layers.records() == in_order(facts.suppliers)
    assert records_of(layers.whole()) == in_order(facts.suppliers)
    assert records_of(layers.columns_of([*some, "nobody"])) == in_order(
        record for record in facts.suppliers if record.id in some
    )


def test_where_nothing_has_changed_the_base_is_not_copied() -> None:
    facts, _ = layered(Random(5), 20)  # noqa: S311
    base, nobody = build_columns(facts.suppliers, facts.taxonomy), build_columns((), facts.taxonomy)
    layers = Layers(base, nobody, np.zeros(len(facts.suppliers), dtype=np.bool_), facts.taxonomy)

    assert layers.whole() is base
    assert layers.leaders(facts.requirement, facts.as_of, top=3).columns is base
