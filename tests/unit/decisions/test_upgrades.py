"""Which firms to bring to which standard: against every choice there is, and where there is none."""

from collections.abc import Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.decisions.upgrades import AIMS, Upgrade, UpgradePlan, plan_upgrades


def best_of_all(upgrades: Sequence[Upgrade], budget: int, aim: str) -> tuple[int, int, int]:
    """Of every choice within the budget the most of the aim, of these of the other, of these the least cost."""
    by_firm: dict[str, list[Upgrade | None]] = {}
    for each in upgrades:
        by_firm.setdefault(each.firm, [None]).append(each)
    found = []
    for choice in product(*by_firm.values()):
        plan = UpgradePlan(tuple(each for each in choice if each is not None), 0, 0)
        if plan.cost <= budget:
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


@given(question=questions(), aim=st.sampled_from(AIMS))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_no_choice_within_the_budget_is_better(question: tuple[list[Upgrade], int], aim: str) -> None:
    upgrades, budget = question

    plan = plan_upgrades(upgrades, budget, aim=aim)

    first, second, cost = best_of_all(upgrades, budget, aim)
    firms, unlocked = plan.firms, len(plan.unlocked)
    assert (plan.gained, plan.gap) == (first, 0)
    assert ((firms, unlocked) if aim == "share" else (unlocked, firms)) == (first, second)
    assert plan.cost == -cost <= budget
    assert len({each.firm for each in plan.chosen}) == len(plan.chosen)


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


def test_without_time_nothing_is_proposed_and_the_gap_says_how_little_is_known() -> None:
    upgrades = [
        Upgrade("A", "X", 1, is_international=True),
        Upgrade("A", "Y", 1, is_international=False, unlocks=frozenset({"r"})),
    ]

    plan = plan_upgrades(upgrades, 5, aim="share", seconds=0)

    assert (plan.chosen, plan.gained, plan.gap) == ((), 0, 1)


def test_money_far_beyond_a_float_s_whole_numbers_is_kept_to_the_unit() -> None:
    upgrades = [Upgrade(firm, "X", 10**15 + 1, is_international=True) for firm in ("A", "B")]

    plan = plan_upgrades(upgrades, 2 * (10**15 + 1) - 1, aim="share")

    assert (len(plan.chosen), plan.gap) == (1, 0)
