"""How often each supplier takes each place when weights and values are drawn anew."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.facts import parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from matchmaking.engine.stability import SAMPLES, Stability, stability
from tests.unit.engine.changes import stored
from tests.unit.engine.documents import Document, documents

SURE = 4 * math.sqrt(0.25 / SAMPLES)
"""Four standard deviations of a share of so many samples."""


def line(*intervals: tuple[float, float], eligibility: str = "eligible") -> dict[str, Any]:
    criteria = {f"c{index}": {"low": low, "high": high} for index, (low, high) in enumerate(intervals)}
    return {"eligibility": eligibility, "criteria": criteria}


def weights(*given: float) -> dict[str, float]:
    return {f"c{index}": weight for index, weight in enumerate(given)}


def shares(found: Stability) -> list[list[float]]:
    return [[round(share, 6) for share in row] for row in found.acceptability.tolist()]


def chance_that_a_weight_exceeds(share: float, parameters: tuple[int, int]) -> float:
    """Of a beta distribution with whole parameters, from the binomial distribution."""
    first, second = parameters
    trials = first + second - 1
    return sum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(first))


def test_values_alone_decide_where_there_is_one_criterion() -> None:
    """A uniform value exceeds one from the upper half with chance 1/4."""
    found = stability([line((0.5, 1.0)), line((0.0, 1.0))], weights(1))

    assert found.acceptability[0].tolist() == [pytest.approx(0.75, abs=SURE), pytest.approx(0.25, abs=SURE)]
    assert found.acceptability[1].tolist() == [pytest.approx(0.25, abs=SURE), pytest.approx(0.75, abs=SURE)]
    assert found.mean_rank.tolist() == [pytest.approx(1.25, abs=SURE), pytest.approx(1.75, abs=SURE)]


def test_three_like_values_take_each_place_a_third_of_the_time() -> None:
    found = stability([line((0.2, 0.8))] * 3, weights(1))

    assert found.acceptability == pytest.approx(np.full((3, 3), 1 / 3), abs=SURE)


@pytest.mark.parametrize(
    ("given", "share", "parameters"), [((1, 1), 0.55, (50, 50)), ((3, 1), 0.7, (75, 25)), ((3, 2), 0.65, (60, 40))]
)
def test_weights_alone_decide_where_all_values_are_sure(
    given: tuple[float, float], share: float, parameters: tuple[int, int]
) -> None:
    """The first supplier has all of the first criterion, the second a fixed score; weights follow a beta law."""
    found = stability([line((1, 1), (0, 0)), line((share, share), (share, share))], weights(*given))

    expected = chance_that_a_weight_exceeds(share, parameters)
    assert found.acceptability[0][0] == pytest.approx(expected, abs=SURE)


def test_the_weights_with_which_a_supplier_is_first_favour_it() -> None:
    found = stability([line((1, 1), (0, 0)), line((0, 0), (1, 1)), line((0, 0), (0, 0))], weights(1, 1))

    first, second, third = found.central_weights
    assert first is not None
    assert second is not None
    assert third is None
    assert first["c0"] > 0.5 > first["c1"]
    assert second["c1"] > 0.5 > second["c0"]
    assert sum(first.values()) == pytest.approx(1, abs=2e-6)


def test_who_is_better_whatever_happens_is_always_first() -> None:
    found = stability([line((0.6, 0.9), (0.7, 1)), line((0, 0.5), (0.1, 0.6))], weights(2, 1))

    assert shares(found) == [[1, 0], [0, 1]]
    assert found.central_weights[1] is None


def test_eligibility_goes_before_score_in_every_sample() -> None:
    lines = [line((0, 0.1)), line((1, 1), eligibility="unconfirmed"), line((1, 1), eligibility="near_miss")]

    assert shares(stability(lines, weights(1))) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_who_ties_has_an_equal_share_of_the_places() -> None:
    lines = [line((0.5, 0.5)), line((0.5, 0.5)), line((0.5, 0.5)), line((0.1, 0.1))]

    found = stability(lines, weights(1))

    third = round(1 / 3, 6)
    assert shares(found) == [[third, third, third, 0]] * 3 + [[0, 0, 0, 1]]
    assert found.mean_rank.tolist() == [2, 2, 2, 4]


@pytest.mark.parametrize("given", [(0, 1e308), (5e-324, 1e308), (1e308, 1e308), (5e-324, 0), (1e-9, 0)])
def test_extreme_weights_give_numbers(given: tuple[float, float]) -> None:
    found = stability([line((0, 1), (0.5, 0.5)), line((0.5, 0.5), (0, 1))], weights(*given))

    assert np.isfinite(found.acceptability).all()
    assert found.acceptability.sum(axis=1).tolist() == [pytest.approx(1)] * 2


def test_one_supplier_is_always_first_and_none_is_no_fault() -> None:
    alone, nobody = stability([line((0, 1))], weights(1)), stability([], weights(1))

    assert (shares(alone), alone.mean_rank.tolist(), alone.central_weights) == ([[1]], [1], [{"c0": 1}])
    assert (shares(nobody), nobody.mean_rank.tolist(), nobody.central_weights) == ([], [], [])


def test_of_many_suppliers_the_first_ten_places_are_told() -> None:
    found = stability([line((index / 20, index / 20)) for index in range(20, 0, -1)], weights(1))

    assert found.acceptability.shape == (20, 10)
    assert found.acceptability.sum(axis=0).tolist() == [1] * 10
    assert found.mean_rank.tolist() == list(range(1, 21))


def results_of(document: Document) -> tuple[list[dict[str, Any]], dict[str, float]]:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    return ranking.results(), {key: criterion.weight for key, criterion in ranking.criteria.items()}


def test_the_same_question_has_the_same_answer_on_every_machine() -> None:
    """These figures were found once; any other means that something replays no longer."""
    found = stability(*results_of(stored("worked_example")))

    assert found.seed == "fc14a2649d73b4e9130c4346c67c850d35f2ff86c5b24de613753ff810dc6fd1"
    assert found.acceptability.tolist() == [
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 0.294, 0.706, 0.0],  # known better, but B could be better still
        [0.0, 0.706, 0.294, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
    assert found.mean_rank.tolist() == [1.0, 2.706, 2.294, 4.0]
    assert found.central_weights == [
        {"process": 0.498896, "tolerance": 0.333705, "lead_time": 0.167399},
        *[None] * 3,
    ]


def test_another_weight_or_figure_draws_other_numbers() -> None:
    lines, given = results_of(stored("worked_example"))
    changed = [{**lines[0], "eligibility": "unconfirmed"}, *lines[1:]]

    seeds = {
        stability(lines, given).seed,
        stability(lines, {**given, "tolerance": 2.5}).seed,
        stability(changed, given).seed,
        stability(lines[:3], given).seed,
    }

    assert len(seeds) == 4


def plainly(lines: Sequence[dict[str, Any]], drawn: Any) -> list[int]:
    """The places that one draw of weights and values gives, by counting who is better."""
    order = {"eligible": 0, "unconfirmed": 1, "near_miss": 2}
    keys = [(order[each["eligibility"]], -score) for each, score in zip(lines, drawn, strict=True)]
    return [sum(other < key for other in keys) for key in keys]


@given(st.lists(st.tuples(st.sampled_from(["eligible", "near_miss"]), st.integers(0, 3)), min_size=1, max_size=6))
def test_sure_values_of_one_criterion_take_the_places_that_counting_gives(given: list[tuple[str, int]]) -> None:
    lines = [line((score / 3, score / 3), eligibility=eligibility) for eligibility, score in sorted(given)]
    scores = [each["criteria"]["c0"]["low"] for each in lines]

    found = stability(lines, weights(1), samples=3)

    first = plainly(lines, scores)
    for index, place in enumerate(first):
        tied = first.count(place)
        expected = [round(1 / tied, 6) if place <= other < place + tied else 0 for other in range(len(lines))]
        assert shares(found)[index] == expected


@given(documents())
def test_every_ranking_has_shares_that_sum_to_one(document: Document) -> None:
    lines, given = results_of(document)

    found = stability(lines, given, samples=50)

    assert found.acceptability.sum(axis=1).tolist() == [pytest.approx(1)] * len(lines)
    assert found.mean_rank.sum() == pytest.approx(len(lines) * (len(lines) + 1) / 2)
    assert [central is None for central in found.central_weights] == [row[0] < 1e-9 for row in found.acceptability]
