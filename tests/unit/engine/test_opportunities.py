"""A supplier that asks what it could win reads the very numbers that buyers read of it."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.columns import Columns
from matchmaking.engine.demand import Demand
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import Facts, Requirement
from matchmaking.engine.opportunities import Opportunities, opportunities
from matchmaking.engine.rank import rank
from tests.unit.engine.documents import Writer

Line = tuple[int, float, float, list[str], list[str]]

randoms = st.randoms(use_true_random=True)


def world(random: Random, requirements: int) -> tuple[Facts, list[Requirement]]:
    """A document, and so many requirements for its suppliers."""
    writer = Writer(random)
    document = writer.document()
    drawn = [document | {"suppliers": [], "requirement": writer.requirement()} for _ in range(requirements)]
    facts = [parse_facts(one) for one in drawn]
    asked = [replace(one.requirement, id=f"r{number}") for number, one in enumerate(facts)]
    asked = [replace(one, needed_on=None) if random.random() < 0.3 else one for one in asked]
    return parse_facts(document), asked


def as_buyers_read(facts: Facts, columns: Columns, requirements: Sequence[Requirement]) -> list[dict[str, Line]]:
    """For each supplier its line by requirement."""
    lines: list[dict[str, Line]] = [{} for _ in columns.supplier_ids]
    for requirement in requirements:
        ranking = rank(requirement, columns, facts.taxonomy, facts.as_of)
        for position, supplier in enumerate(ranking.suppliers.tolist()):
            lines[supplier][requirement.id] = (
                int(ranking.eligibility[position]),
                float(ranking.score[position]),
                float(ranking.potential[position]),
                ranking.failed(position),
                ranking.unconfirmed(position),
            )
    return lines


def as_suppliers_read(found: Opportunities) -> dict[str, Line]:
    figures: Any = (found.eligibility.tolist(), found.score.tolist(), found.potential.tolist())
    return {
        found.id_of(entry): (*line, found.failed(entry), found.unconfirmed(entry))
        for entry, line in enumerate(zip(*figures, strict=True))
    }


@given(randoms, st.integers(0, 10))
def test_every_pair_has_the_same_line_from_both_sides(random: Random, count: int) -> None:
    facts, requirements = world(random, count)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    demand = Demand.of(requirements)

    lines = [
        as_suppliers_read(opportunities(demand, supplier, columns, facts.taxonomy, facts.as_of))
        for supplier in range(len(columns.supplier_ids))
    ]

    assert lines == as_buyers_read(facts, columns, requirements)


@given(randoms, st.integers(1, 8), st.integers(0, 4))
def test_a_demand_that_changed_says_what_one_built_anew_says(random: Random, count: int, changes: int) -> None:
    facts, requirements = world(random, count + changes)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    before, added = requirements[:count], requirements[count:]
    kept = np.flatnonzero([random.random() < 0.6 for _ in before])

    demand = Demand.of(before)
    changed = demand.changed(kept=kept, added=added)

    anew = Demand.of([*(before[position] for position in kept.tolist()), *added])
    assert changed.ids == anew.ids
    assert demand.ids == tuple(requirement.id for requirement in before)
    for supplier in range(len(columns.supplier_ids)):
        arguments = (supplier, columns, facts.taxonomy, facts.as_of)
        assert as_suppliers_read(opportunities(changed, *arguments)) == as_suppliers_read(
            opportunities(anew, *arguments)
        )


@given(randoms, st.integers(1, 8))
def test_only_the_requirements_asked_about_are_looked_at(random: Random, count: int) -> None:
    facts, requirements = world(random, count)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    demand = Demand.of(requirements)
    among = np.array([random.random() < 0.5 for _ in requirements])
    wanted = {requirements[position].id for position in np.flatnonzero(among).tolist()}

    for supplier in range(len(columns.supplier_ids)):
        everything = opportunities(demand, supplier, columns, facts.taxonomy, facts.as_of)
        some = opportunities(demand, supplier, columns, facts.taxonomy, facts.as_of, among=among)
        assert as_suppliers_read(some) == {
            key: line for key, line in as_suppliers_read(everything).items() if key in wanted
        }


def test_the_best_opportunities_come_first() -> None:
    facts, requirements = world(Random(5), 60)  # noqa: S311
    columns = build_columns(facts.suppliers, facts.taxonomy)

    found = opportunities(Demand.of(requirements), 0, columns, facts.taxonomy, facts.as_of)

    lines = [
        (found.eligibility[entry], -round(found.score[entry], 6), -round(found.potential[entry], 6), found.id_of(entry))
        for entry in found.order.tolist()
    ]
    assert len(lines) == len(found) > 20
    assert {eligibility for eligibility, *_ in lines} == {0, 1, 2}
    assert lines == sorted(lines)
