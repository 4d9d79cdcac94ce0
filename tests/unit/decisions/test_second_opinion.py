"""Other methods on the same figures, where no publication has an answer: ties, extremes, what cannot be compared."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matchmaking.decisions.errors import FiguresError
from matchmaking.decisions.kendall import kendall_tau
from matchmaking.decisions.opinion import Opinion, ranked
from matchmaking.decisions.promethee import FUNCTIONS, promethee
from matchmaking.decisions.second_opinion import NORMALISATIONS, OF_POSITIVE_FIGURES, topsis, vikor

# Papathanasiou and Ploskas (2018), Multiple Criteria Decision Aid: where to build.
SITES = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
SITE_WEIGHTS = [0.4, 0.3, 0.1, 0.2]
MORE = [1, 1, 1, 1]

Method = Callable[[list[list[float]], list[float], list[int]], Opinion]


def promethee_of_shares(matrix: list[list[float]], weights: list[float], directions: list[int]) -> Opinion:
    return promethee(matrix, weights, directions, indifference=0.05, preference=0.3)


METHODS: list[Method] = [topsis, vikor, promethee_of_shares]
ENORMOUS, TINY = 1e308, 5e-324


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


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("matrix", "weights"),
    [
        ([[0.2, 0.9], [0.6, 0.8], [0.9, 0.1]], [ENORMOUS, ENORMOUS]),
        ([[0.2, 0.9], [0.6, 0.8], [0.9, 0.1]], [TINY, TINY]),
        ([[0.2 * ENORMOUS, 0.9], [0.6 * ENORMOUS, 0.8], [0.9 * ENORMOUS, 0.1]], [1.0, 1.0]),
        ([[0.5, 0.2], [0.5, 0.6], [0.5, 0.9]], [1.0, 1e-200]),
        ([[-ENORMOUS, 1], [0, 1], [ENORMOUS, 1]], [1.0, 0.0]),
        ([[1e-320, 0], [2e-320, 0], [3e-320, 0]], [1.0, 1.0]),
    ],
    ids=["enormous weights", "tiny weights", "enormous figures", "hardly a weight", "the widest gap", "tiny figures"],
)
def test_extremes_are_compared_without_a_warning(
    method: Method, matrix: list[list[float]], weights: list[float]
) -> None:
    found = method(matrix, weights, [1, 1])

    assert np.isfinite(found.scores).all()
    assert all(np.isfinite(part).all() for part in found.parts.values())
    assert min(found.ranks) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("matrix", "weights", "directions"),
    [
        ([[float("nan"), 1.0]], [1.0, 1.0], [1, 1]),
        ([[float("inf"), 1.0]], [1.0, 1.0], [1, 1]),
        ([[1.0, 1.0]], [1.0, float("nan")], [1, 1]),
        ([[1.0, 1.0]], [1.0, -1.0], [1, 1]),
        ([[1.0, 1.0]], [1.0], [1, 1]),
        ([[1.0, 1.0]], [1.0, 1.0], [1]),
        ([[1.0, 1.0]], [1.0, 1.0], [1, 0]),
        ([1.0, 1.0], [1.0, 1.0], [1, 1]),
    ],
)
def test_what_cannot_be_compared_is_refused(
    method: Method, matrix: list[list[float]], weights: list[float], directions: list[int]
) -> None:
    with pytest.raises(FiguresError):
        method(matrix, weights, directions)


@pytest.mark.parametrize(
    ("normalisation", "matrix"),
    [("log", [[1.0], [2.0]]), ("max", [[-1.0], [0.0]]), ("sum", [[0.0], [2.0]]), ("linear", [[0.0], [2.0]])],
)
def test_a_normalisation_that_cannot_be_had_is_refused(normalisation: str, matrix: list[list[float]]) -> None:
    with pytest.raises(FiguresError):
        topsis(matrix, [1.0], [1], normalisation=normalisation)


@pytest.mark.parametrize("normalisation", [*NORMALISATIONS, *OF_POSITIVE_FIGURES])
def test_less_of_a_cost_is_better_by_every_normalisation(normalisation: str) -> None:
    found = topsis([[4.0, 1.0], [2.0, 1.0], [8.0, 1.0]], [1.0, 1.0], [-1, 1], normalisation=normalisation)

    assert (found.ranks, found.normalisation) == ([2, 1, 3], normalisation)


@pytest.mark.parametrize("v", [-0.1, 1.1, float("nan")])
def test_vikor_refuses_a_weight_of_regrets_that_is_no_share(v: float) -> None:
    with pytest.raises(FiguresError):
        vikor([[1.0], [2.0]], [1.0], [1], v=v)


@pytest.mark.parametrize(
    ("function", "preferred"),
    [
        ("usual", [1, 1, 1, 1]),
        ("u_shape", [0, 0, 1, 1]),
        ("v_shape", [0.25, 0.5, 1, 1]),
        ("level", [0, 0, 0.5, 1]),
        ("linear", [0, 0, 1, 1]),
        ("gaussian", [1 - np.exp(-1 / 32), 1 - np.exp(-1 / 8), 1 - np.exp(-1 / 2), 1 - np.exp(-25 / 32)]),
    ],
)
def test_each_preference_function_takes_its_steps(function: str, preferred: list[float]) -> None:
    """By how much the second row leads: 1, 2, 4 and 5."""
    found = [
        float(
            promethee([[0.0], [lead]], [1.0], [1], indifference=2, preference=4, function=function).parts["positive"][1]
        )
        for lead in (1.0, 2.0, 4.0, 5.0)
    ]

    assert found == pytest.approx(preferred)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_without_any_width_are_steps(function: str) -> None:
    found = promethee([[0.0], [1.0], [1.0]], [1.0], [1], function=function)

    assert found.scores.tolist() == pytest.approx([-1, 0.5, 0.5])


@pytest.mark.parametrize(
    "thresholds",
    [
        {"indifference": -1},
        {"preference": float("nan")},
        {"preference": float("inf")},
        {"indifference": 2, "preference": 1},
        {"indifference": [1, 1]},
        {"function": "sigmoid"},
        {"function": ["usual", "usual"]},
    ],
)
def test_promethee_refuses_thresholds_that_are_none(thresholds: dict[str, Any]) -> None:
    with pytest.raises(FiguresError):
        promethee([[1.0], [2.0]], [1.0], [1], **thresholds)


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


def test_only_what_leads_to_ties_is_a_tie_of_vikor() -> None:
    """The width of regrets is not rounded before scores are brought on 0 to 1."""
    found = vikor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], [1.0, 1.5e-9], [1, 1])

    assert found.scores.tolist() == pytest.approx([1.0, 1e-9, 0.0], abs=2e-9)
    assert found.scores.max() <= 1.0


def test_kendall_s_tau_b_counts_ties() -> None:
    assert kendall_tau([1, 2, 3, 4], [1, 2, 3, 4]) == pytest.approx(1)
    assert kendall_tau([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert kendall_tau([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(2 / 3)
    assert kendall_tau([1, 2, 3], [1, 1, 3]) == pytest.approx(0.8164966)
    assert kendall_tau([1, 1, 3], [1, 1, 3]) == 1.0
    assert kendall_tau([1, 1, 1], [1, 2, 3]) is None
    assert kendall_tau([1], [1]) is None
    assert kendall_tau([], []) is None


def test_equal_scores_share_a_rank() -> None:
    assert ranked(np.array([0.3, 0.1, 0.3 + 1e-12, 0.9])) == [2, 1, 2, 4]
