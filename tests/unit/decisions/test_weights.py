"""Weights from an order, from pairs, from best and worst: what must hold, and judgements that cannot be used."""

from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from matchmaking.decisions.best_worst import MODELS, best_worst_weights
from matchmaking.decisions.errors import JudgementError
from matchmaking.decisions.pairwise import consistency_ratio, pairwise_weights
from matchmaking.decisions.rank_order import rank_order_weights

Judgements = dict[tuple[str, str], float]


def test_criteria_that_share_a_place_share_its_weights() -> None:
    weights = rank_order_weights([["a"], ["b", "c"], ["d"]])

    assert weights["b"] == weights["c"] == pytest.approx((0.2708 + 0.1458) / 2, abs=5e-5)
    assert sum(weights.values()) == pytest.approx(1)
    assert rank_order_weights([["a", "b", "c"]]) == pytest.approx(dict.fromkeys("abc", 1 / 3))
    assert rank_order_weights([[], ["a"]]) == {"a": 1.0}


@pytest.mark.parametrize(
    ("places", "code", "about"),
    [([], "missing", ()), ([[], []], "missing", ()), ([["a"], ["b", "a"]], "repeated", ("a",))],
)
def test_an_order_that_is_none_is_refused(places: list[list[str]], code: str, about: tuple[str, ...]) -> None:
    with pytest.raises(JudgementError) as refusal:
        rank_order_weights(places)

    assert (refusal.value.code, refusal.value.about) == (code, about)


def test_judgements_that_contradict_each_other_name_the_worst_three() -> None:
    judgements: Judgements = {
        ("a", "b"): 3,
        ("b", "c"): 3,
        ("a", "c"): 1 / 3,
        ("a", "d"): 2,
        ("b", "d"): 1,
        ("c", "d"): 1,
    }

    found = pairwise_weights(["a", "b", "c", "d"], judgements)

    assert not found.is_consistent
    assert found.worst is not None
    assert found.worst.criteria == ("a", "b", "c")
    assert found.worst.judged == pytest.approx((3, 3, 1 / 3))
    assert found.worst.implied == pytest.approx(9)


@given(st.lists(st.floats(1, 9), min_size=1, max_size=7))
def test_judgements_that_follow_from_weights_give_them_back(importance: list[float]) -> None:
    keys = [f"c{place}" for place in range(len(importance))]
    judgements = {(keys[i], keys[j]): importance[i] / importance[j] for i, j in combinations(range(len(importance)), 2)}

    found = pairwise_weights(keys, judgements)

    assert list(found.weights.values()) == pytest.approx([each / sum(importance) for each in importance])
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.worst is None


def test_a_pair_may_be_given_either_way_round() -> None:
    one = pairwise_weights(["a", "b"], {("a", "b"): 4})

    assert one == pairwise_weights(["a", "b"], {("b", "a"): 0.25})
    assert one.weights == pytest.approx({"a": 0.8, "b": 0.2})
    assert (one.consistency_ratio, one.worst) == (0.0, None)
    assert pairwise_weights(["a"], {}).weights == {"a": 1.0}
    assert consistency_ratio(2.5, 2) == 0.0


@pytest.mark.parametrize(
    ("criteria", "judgements", "code", "about"),
    [
        ([], {}, "missing", ()),
        (["a", "a"], {}, "repeated", ("a",)),
        (["a", "b", "c"], {("a", "b"): 2, ("a", "c"): 2}, "missing", ("b", "c")),
        (["a", "b"], {("a", "b"): 2, ("b", "a"): 0.5}, "repeated", ("a", "b")),
        (["a", "b"], {("a", "z"): 2}, "unknown", ("a", "z")),
        (["a", "b"], {("a", "a"): 1}, "unknown", ("a", "a")),
        (["a", "b"], {("a", "b"): 9.5}, "out_of_scale", ("a", "b")),
        (["a", "b"], {("a", "b"): 0.0}, "out_of_scale", ("a", "b")),
        (["a", "b"], {("a", "b"): float("nan")}, "out_of_scale", ("a", "b")),
        ([f"c{place}" for place in range(16)], {}, "too_many", tuple(f"c{place}" for place in range(16))),
    ],
)
def test_pairs_that_cannot_be_used_are_refused(
    criteria: list[str], judgements: Judgements, code: str, about: tuple[str, ...]
) -> None:
    with pytest.raises(JudgementError) as refusal:
        pairwise_weights(criteria, judgements)

    assert (refusal.value.code, refusal.value.about) == (code, about)


def test_the_criterion_whose_two_answers_agree_least_is_named() -> None:
    """Of Rezaei's example (2015): 2 × 5 is further from 8 than 8 × 1."""
    found = best_worst_weights("c", "f", {"f": 8, "a": 2}, {"a": 5, "c": 8})

    assert found.consistency_ratio == pytest.approx(2 / 56)
    assert (found.worst, found.ranges) == ("a", {})


@given(st.lists(st.sampled_from([1.0, 2.0, 4.0, 8.0]), min_size=2, max_size=6, unique=True), st.sampled_from(MODELS))
def test_answers_that_follow_from_weights_give_them_back(importance: list[float], model: str) -> None:
    keys = [f"c{place}" for place in range(len(importance))]
    most, least = max(importance), min(importance)
    best, worst = keys[importance.index(most)], keys[importance.index(least)]

    found = best_worst_weights(
        best,
        worst,
        {key: most / each for key, each in zip(keys, importance, strict=True)},
        {key: each / least for key, each in zip(keys, importance, strict=True)},
        model=model,
    )

    expected = dict(zip(keys, [each / sum(importance) for each in importance], strict=True))
    assert found.weights == pytest.approx(expected, abs=1e-9)
    assert found.deviation == pytest.approx(0, abs=1e-9)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.worst is None


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=5), st.integers(1, 9))
def test_no_weighting_misses_the_answers_by_less(answers: list[tuple[int, int]], times: int) -> None:
    answers = [(min(to_best, times), min(to_worst, times)) for to_best, to_worst in answers]
    to_best = {"w": times, **{str(place): each[0] for place, each in enumerate(answers)}}
    to_worst = {"b": times, **{str(place): each[1] for place, each in enumerate(answers)}}

    found = best_worst_weights("b", "w", to_best, to_worst, model="nonlinear")

    best, worst = found.weights["b"], found.weights["w"]
    missed = [abs(best / found.weights[key] - each) for key, each in to_best.items()]
    missed += [abs(found.weights[key] / worst - each) for key, each in to_worst.items()]
    assert sum(found.weights.values()) == pytest.approx(1)
    assert max(missed) >= found.deviation - 1e-6
    assert not is_feasible(to_best, to_worst, found.deviation - 1e-3)
    for key, (least, most) in found.ranges.items():
        assert least - 1e-9 <= found.weights[key] <= most + 1e-9


def is_feasible(to_best: Mapping[str, float], to_worst: Mapping[str, float], deviation: float) -> bool:
    """Whether a linear programme finds weights that miss the answers by no more."""
    keys = [*to_best, "b"]
    rows = []
    for one, other, times in [
        *(("b", key, times) for key, times in to_best.items()),
        *((key, "w", times) for key, times in to_worst.items()),
    ]:
        for sign in (1, -1):
            row = dict.fromkeys(keys, 0.0)
            row[one] += sign
            row[other] -= sign * times + deviation
            rows.append(list(row.values()))
    found = linprog([0.0] * len(keys), rows, [0.0] * len(rows), [[1.0] * len(keys)], [1.0], bounds=(1e-3, 1))
    return bool(found.success)


def test_one_criterion_takes_all_and_equals_share_alike() -> None:
    assert best_worst_weights("a", "a", {}, {}).weights == {"a": 1.0}
    assert best_worst_weights("a", "b", {"b": 1}, {"a": 1}).weights == pytest.approx({"a": 0.5, "b": 0.5})


@pytest.mark.parametrize(
    ("best", "worst", "best_to_others", "others_to_worst", "code", "about"),
    [
        ("a", "c", {"b": 2, "c": 4}, {"a": 4}, "missing", ("b",)),
        ("a", "c", {"b": 2}, {"a": 4, "b": 2}, "missing", ("c",)),
        ("a", "b", {"b": 10}, {"a": 9}, "out_of_scale", ("b",)),
        ("a", "b", {"b": 0.5}, {"a": 1}, "out_of_scale", ("b",)),
        ("a", "b", {"b": float("nan")}, {"a": 1}, "out_of_scale", ("b",)),
        ("a", "b", {"b": 4}, {"a": 3}, "contradictory", ("a", "b")),
        ("a", "b", {"a": 2, "b": 4}, {"a": 4}, "contradictory", ("a", "b")),
        ("a", "a", {"b": 2}, {"b": 2}, "contradictory", ("a", "a")),
        ("a", "b", {"b": 2, "c": 9}, {"a": 2, "c": 1}, "contradictory", ("c",)),
        ("a", "b", {"b": 1, "c": 1, "d": 1}, {"a": 1, "c": 9, "d": 1}, "contradictory", ("c",)),
    ],
)
def test_answers_that_cannot_be_used_are_refused(
    best: str,
    worst: str,
    best_to_others: Mapping[str, float],
    others_to_worst: Mapping[str, float],
    code: str,
    about: tuple[str, ...],
) -> None:
    with pytest.raises(JudgementError) as refusal:
        best_worst_weights(best, worst, best_to_others, others_to_worst)

    assert (refusal.value.code, refusal.value.about) == (code, about)
