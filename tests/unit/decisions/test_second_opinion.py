"""Other methods on the same figures: published examples to the printed digits, and what has no published answer."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaking.decisions.second_opinion import NORMALISATIONS, Opinion, kendall_tau, promethee, ranked, topsis, vikor

# Tzeng and Huang (2011), Multiple Attribute Decision Making.
VENDORS = [[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]]
VENDOR_WEIGHTS = [0.3, 0.4, 0.3]
# Opricovic and Tzeng (2004), European Journal of Operational Research 156: risk and altitude of three climbs.
CLIMBS = [[1, 3000], [2, 3750], [5, 4500]]
# Papathanasiou and Ploskas (2018), Multiple Criteria Decision Aid: where to build.
SITES = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
SITE_WEIGHTS = [0.4, 0.3, 0.1, 0.2]
MORE = [1, 1, 1, 1]

Method = Callable[[list[list[float]], list[float], list[int]], Opinion]


def promethee_of_shares(matrix: list[list[float]], weights: list[float], directions: list[int]) -> Opinion:
    return promethee(matrix, weights, directions, indifference=0.05, preference=0.3)


METHODS: list[Method] = [topsis, vikor, promethee_of_shares]


def test_topsis_gives_the_published_closeness() -> None:
    found = topsis(VENDORS, VENDOR_WEIGHTS, [1, 1, 1])

    assert found.scores.tolist() == pytest.approx([0.5037, 0.6581, 0.7482, 0.3340], abs=1e-4)
    assert found.ranks == [3, 2, 1, 4]
    assert found.normalisation == "vector"


def test_vikor_gives_the_published_regrets_and_proposes_two_where_the_lead_is_small() -> None:
    found = vikor(VENDORS, VENDOR_WEIGHTS, [1, 1, 1])

    assert found.scores.tolist() == pytest.approx([0.75, 0.25, 0, 1], abs=1e-9)
    assert found.compromise == [2, 1]


def test_the_normalisation_decides_who_comes_first() -> None:
    minmax = topsis(CLIMBS, [0.5, 0.5], [-1, 1], normalisation="minmax")
    vector = topsis(CLIMBS, [0.5, 0.5], [-1, 1], normalisation="vector")

    assert minmax.scores.tolist() == pytest.approx([0.5, 0.617, 0.5], abs=1e-3)
    assert vector.scores.tolist() == pytest.approx([0.76214, 0.72218, 0.23786], abs=1e-5)
    assert (minmax.ranks, vector.ranks) == ([2, 1, 2], [1, 2, 3])


def test_vikor_does_not_mind_other_units() -> None:
    moved = [[risk + 5, altitude / 1000 - 1] for risk, altitude in CLIMBS]

    here, there = vikor(CLIMBS, [0.5, 0.5], [-1, 1]), vikor(moved, [0.5, 0.5], [-1, 1])

    assert here.scores.tolist() == pytest.approx([1, 0, 1], abs=1e-3)
    assert there.scores.tolist() == pytest.approx(here.scores.tolist())
    assert (here.ranks, here.compromise) == ([2, 1, 2], [1])


def test_the_published_sites_come_in_the_published_orders() -> None:
    regret = vikor(SITES, SITE_WEIGHTS, MORE, v=0.625)
    flow = promethee(SITES, SITE_WEIGHTS, MORE, indifference=1, preference=2)
    near = topsis(SITES, SITE_WEIGHTS, MORE)

    assert regret.scores.tolist() == pytest.approx([0.640, 1.0, 0.693, 0.271, 0.0, 0.694], abs=1e-3)
    assert regret.ranks == [3, 6, 4, 2, 1, 5]
    assert flow.scores.tolist() == pytest.approx([-0.26, -0.52, -0.22, 0.36, 0.70, -0.06], abs=1e-9)
    assert flow.ranks == [5, 6, 4, 2, 1, 3]
    assert near.ranks == [5, 6, 4, 2, 1, 3]


def test_topsis_reverses_two_when_a_third_leaves() -> None:
    without = topsis([row for row in SITES if row != SITES[3]], SITE_WEIGHTS, MORE)

    names = [1, 2, 3, 5, 6]
    assert [names[place] for place in np.argsort(without.ranks)] == [5, 6, 1, 3, 2]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("matrix", "weights"),
    [
        ([], [1.0, 1.0]),
        ([[0.5, 0.7]], [1.0, 1.0]),
        ([[0.5, 0.7], [0.5, 0.7]], [1.0, 1.0]),
        ([[0.0, 0.0], [0.0, 0.0]], [1.0, 1.0]),
        ([[0.1, 0.7], [0.5, 0.2]], [0.0, 0.0]),
        ([[], []], []),
    ],
    ids=["no row", "one row", "equal rows", "all zero", "no weight", "no column"],
)
def test_where_nothing_tells_rows_apart_all_are_first(
    method: Method, matrix: list[list[float]], weights: list[float]
) -> None:
    found = method(matrix, weights, [1] * len(weights))

    assert found.ranks == [1] * len(matrix)
    assert len(set(found.scores.tolist())) <= 1
    assert np.isfinite(found.scores).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_column_that_is_constant_or_without_weight_changes_no_order(method: Method) -> None:
    plain = method([[0.2, 0.9], [0.6, 0.8], [0.9, 0.1]], [2.0, 1.0], [1, 1])

    constant = method([[0.2, 0.9, 0.5], [0.6, 0.8, 0.5], [0.9, 0.1, 0.5]], [2.0, 1.0, 3.0], [1, 1, 1])
    weightless = method([[0.2, 0.9, 0.1], [0.6, 0.8, 0.9], [0.9, 0.1, 0.4]], [2.0, 1.0, 0.0], [1, 1, 1])

    assert constant.ranks == weightless.ranks == plain.ranks
    assert weightless.scores.tolist() == pytest.approx(plain.scores.tolist())


@given(
    arrays(float, st.tuples(st.integers(0, 6), st.just(3)), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])),
    st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=3, max_size=3),
    st.sampled_from(NORMALISATIONS),
)
def test_every_answer_is_a_number_and_who_is_no_worse_anywhere_is_no_lower(
    matrix: np.ndarray, weights: list[float], normalisation: str
) -> None:
    found = [topsis(matrix, weights, [1, 1, 1], normalisation=normalisation), vikor(matrix, weights, [1, 1, 1])]
    found.append(promethee_of_shares(matrix.tolist(), weights, [1, 1, 1]))

    for opinion in found:
        assert np.isfinite(opinion.scores).all()
        for row, rank in zip(matrix, opinion.ranks, strict=True):
            for other, behind in zip(matrix, opinion.ranks, strict=True):
                assert not (row >= other).all() or rank <= behind


def test_vikor_proposes_the_best_alone_where_it_leads_clearly_in_all_it_counts() -> None:
    assert vikor([[1.0, 1.0], [0.2, 0.1], [0.0, 0.3]], [1, 1], [1, 1]).compromise == [0]
    assert vikor([[0.4]], [1], [1]).compromise == [0]
    assert vikor([], [1], [1]).compromise == []


def test_kendall_s_tau_counts_ties() -> None:
    assert kendall_tau([1, 2, 3, 4], [1, 2, 3, 4]) == pytest.approx(1)
    assert kendall_tau([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert kendall_tau([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(2 / 3)
    assert kendall_tau([1, 2, 3], [1, 1, 3]) == pytest.approx(0.8164966)
    assert kendall_tau([1, 1, 1], [1, 2, 3]) is None
    assert kendall_tau([], []) is None


def test_equal_scores_share_a_rank() -> None:
    assert ranked(np.array([0.3, 0.1, 0.3 + 1e-12, 0.9])) == [2, 1, 2, 4]
