"""What holds for every document, whatever its figures."""

import copy
from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from matchmaking.engine.facts import parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from tests.unit.engine.changes import ranked
from tests.unit.engine.documents import Document, documents

orders = st.randoms(use_true_random=True)


def without_rank(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "rank"}


def shuffled(value: Any, random: Random) -> Any:
    """All lists whose order has no meaning, and all keys, in another order. Steps of making keep theirs."""
    if isinstance(value, dict):
        keys = random.sample(list(value), len(value))
        return {key: value[key] if key == "operations" else shuffled(value[key], random) for key in keys}
    if isinstance(value, list):
        return [shuffled(entry, random) for entry in random.sample(value, len(value))]
    return value


@given(documents(), orders)
def test_the_order_of_the_input_does_not_matter(document: Document, random: Random) -> None:
    assert ranked(shuffled(document, random)).results() == ranked(document).results()


@given(documents(), orders)
def test_no_supplier_moves_another_and_one_alone_scores_the_same_to_the_bit(document: Document, random: Random) -> None:
    together = ranked(document)
    assume(len(together) > 0)
    position = random.randrange(len(together))
    supplier = together.supplier_ids[position]
    alone = ranked(document | {"suppliers": [one for one in document["suppliers"] if one["id"] == supplier]})

    assert alone.score[0] == together.score[position]
    assert alone.potential[0] == together.potential[position]
    assert without_rank(alone.result(0)) == without_rank(together.result(position))
    assert alone.chosen_capability_ids(0) == together.chosen_capability_ids(position)


@given(documents())
def test_every_interval_is_in_order_and_the_score_never_exceeds_the_potential(document: Document) -> None:
    ranking = ranked(document)

    assert (ranking.score >= 0).all()
    assert (ranking.score <= ranking.potential).all()
    assert (ranking.potential <= 1 + 1e-15).all()
    for key in ranking.criteria:
        assessment = ranking.assessment(key)
        assert (assessment.low >= 0).all()
        assert (assessment.low <= assessment.high).all()
        assert (assessment.high <= 1).all()


@given(documents(), st.integers(-1000, 1000))
def test_only_ratios_of_weights_matter(document: Document, exponent: int) -> None:
    weighed = copy.deepcopy(document)
    for key in ranked(document).criteria:
        weighed["requirement"]["criteria"].setdefault(key, {})
        weighed["requirement"]["criteria"][key]["weight"] = 1.5
    scaled = copy.deepcopy(weighed)
    for setting in scaled["requirement"]["criteria"].values():
        setting["weight"] = 1.5 * 2.0**exponent

    first, second = ranked(weighed), ranked(scaled)

    assert first.supplier_ids == second.supplier_ids
    assert first.score.tolist() == second.score.tolist()
    assert first.potential.tolist() == second.potential.tolist()


def facts_of(row: Document) -> list[Document]:
    return [row] + [fact for fact in row.values() if isinstance(fact, dict)]


@given(documents(), orders)
def test_with_one_row_to_choose_from_better_evidence_never_lowers_a_score(document: Document, random: Random) -> None:
    for supplier in document["suppliers"]:
        supplier["capabilities"] = supplier["capabilities"][:1]
    before = ranked(document)
    assume(len(before) > 0)
    supplier = next(one for one in document["suppliers"] if one["id"] == before.supplier_ids[0])
    fact = random.choice(facts_of(supplier["capabilities"][0]))
    fact["level"] = min(fact["level"] + 1, 4)
    fact["observed"] = max(fact["observed"], random.choice(["2025-01-01", "2026-11-23"]))

    after = ranked(document)

    assert after.score[after.supplier_ids.index(supplier["id"])] >= before.score[0] - 1e-15


@given(documents(), orders)
def test_with_one_row_to_choose_from_leaving_a_fact_out_never_raises_a_score(
    document: Document, random: Random
) -> None:
    for supplier in document["suppliers"]:
        supplier["capabilities"] = supplier["capabilities"][:1]
    before = ranked(document)
    assume(len(before) > 0)
    supplier = next(one for one in document["suppliers"] if one["id"] == before.supplier_ids[0])
    hidden = random.choice([supplier, supplier["capabilities"][0]])
    fields = [key for key, value in hidden.items() if isinstance(value, dict)]
    assume(fields)
    hidden[random.choice(fields)] = None

    after = ranked(document)

    assert after.score[after.supplier_ids.index(supplier["id"])] <= before.score[0] + 1e-15


@given(documents())
def test_columns_are_built_once_for_any_number_of_requirements(document: Document) -> None:
    facts = parse_facts(document)
    columns = build_columns(facts.suppliers, facts.taxonomy)

    first = rank(facts.requirement, columns, facts.taxonomy, facts.as_of).results()
    rank(facts.requirement, columns, facts.taxonomy, facts.as_of.replace(year=2030))

    assert rank(facts.requirement, columns, facts.taxonomy, facts.as_of).results() == first


@given(documents(), st.integers(0, 6), st.integers(0, 6))
def test_a_page_of_results_is_that_part_of_the_whole(document: Document, limit: int, offset: int) -> None:
    ranking = ranked(document)

    assert ranking.results(limit, offset) == ranking.results()[offset : offset + limit]
    assert sum(ranking.counts.values()) == len(ranking)
