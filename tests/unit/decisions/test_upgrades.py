"""Which firms to bring to which standard: against every choice there is, and where there is none."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from matchmaking.decisions.upgrades import AIMS, Upgrade, UpgradePlan, plan_upgrades


def best_of_all(
    upgrades: Sequence[Upgrade], budget: int, aim: str, most_firms: int | None = None
) -> tuple[int, int, int]:
    """Of every choice within the limits the most of the aim, of these of the other, of these the least cost."""
    by_firm: dict[str, list[Upgrade | None]] = {}
    for each in upgrades:
        by_firm.setdefault(each.firm, [None]).append(each)
    found = []
    for choice in product(*by_firm.values()):
        plan = UpgradePlan(tuple(each for each in choice if each is not None), 0, 0)
        if plan.cost <= budget and (most_firms is None or len(plan.chosen) <= most_firms):
            firms, unlocked = plan.firms, len(plan.unlocked)
            found.append((*((firms, unlocked) if aim == "share" else (unlocked, firms)), -plan.cost))
    return max(found)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Upgrade], int]:
    upgrades = [
        Upgrade(
            firm=f"F{firm}",
            standard=standard,
            cost=draw(st.integers(0, 6)) * 1_000_000,
            is_international=draw(st.booleans()),
            unlocks=draw(st.frozensets(st.sampled_from(["r1", "r2", "r3", "r4"]), max_size=3)),
        )
        for firm in range(draw(st.integers(0, 4)))
        for standard in ("ISO9001", "IATF16949")
    ]
    return upgrades, draw(st.integers(0, 15)) * 1_000_000 + draw(st.integers(0, 999_999))


@given(question=questions(), aim=st.sampled_from(AIMS), most_firms=st.none() | st.integers(1, 4))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_choice_within_the_limits_is_better(
    question: tuple[list[Upgrade], int], aim: str, most_firms: int | None
) -> None:
    upgrades, budget = question

    plan = plan_upgrades(upgrades, budget, aim=aim, most_firms=most_firms)

    first, second, cost = best_of_all(upgrades, budget, aim, most_firms)
    firms, unlocked = plan.firms, len(plan.unlocked)
    assert (plan.gained, plan.gap) == (first, 0)
    assert ((firms, unlocked) if aim == "share" else (unlocked, firms)) == (first, second)
    assert plan.cost == -cost <= budget
    assert len({each.firm for each in plan.chosen}) == len(plan.chosen) <= (most_firms or len(upgrades))


def test_taking_first_what_unlocks_most_would_be_worse() -> None:
    upgrades = [
        Upgrade("A", "ISO9001", 6, is_international=True, unlocks=frozenset({"r1", "r2", "r3"})),
        Upgrade("B", "ISO9001", 5, is_international=True, unlocks=frozenset({"r1", "r4"})),
        Upgrade("C", "ISO9001", 5, is_international=True, unlocks=frozenset({"r2", "r3"})),
    ]

    plan = plan_upgrades(upgrades, 10, aim="demand")

    assert [each.firm for each in plan.chosen] == ["B", "C"]
    assert (plan.gained, plan.gap, plan.cost) == (4, 0, 10)


def test_a_budget_of_0_and_no_firms_give_an_empty_plan_with_no_gap() -> None:
    upgrades = [Upgrade("A", "ISO9001", 1, is_international=True)]

    for plan in (plan_upgrades(upgrades, 0, aim="share"), plan_upgrades([], 10, aim="demand")):
        assert (plan.chosen, plan.gained, plan.bound, plan.gap, plan.cost) == ((), 0, 0, 0, 0)


def test_of_equal_gains_the_cheaper_standard_is_taken() -> None:
    upgrades = [Upgrade("A", name, cost, is_international=True) for name, cost in (("X", 9), ("Y", 4))]

    plan = plan_upgrades(upgrades, 20, aim="share")

    assert [(each.standard, each.cost) for each in plan.chosen] == [("Y", 4)]


@pytest.mark.parametrize(("aim", "firm"), [("share", "B"), ("demand", "A")])
def test_without_time_what_is_cheap_and_of_the_aim_is_proposed_and_not_proved(aim: str, firm: str) -> None:
    upgrades = [
        Upgrade("A", "X", 4, is_international=False, unlocks=frozenset({"r"})),
        Upgrade("B", "X", 3, is_international=True),
        Upgrade("C", "X", 5, is_international=True, unlocks=frozenset({"s"})),
    ]

    plan = plan_upgrades(upgrades, 5, aim=aim, seconds=0)

    assert ([each.firm for each in plan.chosen], plan.gained, plan.gap) == ([firm], 1, 1)


def test_without_time_no_more_firms_are_proposed_than_may_be() -> None:
    upgrades = [Upgrade(firm, "X", 1, is_international=True) for firm in ("A", "B", "C")]

    plan = plan_upgrades(upgrades, 10, aim="share", most_firms=2, seconds=0)

    assert (len(plan.chosen), plan.gained, plan.bound) == (2, 2, 2)


def solver_says(monkeypatch: pytest.MonkeyPatch, *values: int, bound: float) -> None:
    """HiGHS at the end of its time, as it comes to that on another day."""
    told = OptimizeResult(x=np.array(values, dtype=float), fun=0.0, mip_dual_bound=bound, status=1)
    monkeypatch.setattr("scipy.optimize.milp", lambda *_asked, **_settings: told)


@pytest.mark.parametrize("bound", [-np.inf, -1e12, -2.0])
def test_what_the_solver_could_not_bound_is_bounded_by_all_that_there_is_to_gain(
    bound: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrades = [Upgrade(firm, "X", 3, is_international=True) for firm in ("A", "B")]
    solver_says(monkeypatch, 0, 0, bound=bound)

    plan = plan_upgrades(upgrades, 5, aim="share")

    assert ([each.firm for each in plan.chosen], plan.gained, plan.bound) == (["A"], 1, 2)


def test_a_solver_that_rounds_beyond_the_budget_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    upgrades = [Upgrade(firm, "X", 3, is_international=True) for firm in ("A", "B")]
    solver_says(monkeypatch, 1, 1, bound=-2.0)

    plan = plan_upgrades(upgrades, 5, aim="share")

    assert (plan.cost, plan.gained) == (3, 1)


def test_money_of_fifteen_digits_is_kept_to_the_unit() -> None:
    upgrades = [Upgrade("A", "X", 10**14 + 1, is_international=True), Upgrade("B", "X", 10**14, is_international=True)]

    short, whole = (plan_upgrades(upgrades, 2 * 10**14 + more, aim="share") for more in (0, 1))

    assert [each.firm for each in short.chosen] in (["A"], ["B"])
    assert short.cost <= 2 * 10**14
    assert (short.gained, whole.gained, whole.gap) == (1, 2, 0)
