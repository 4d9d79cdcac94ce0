"""The smallest sets of firms for all operations: against every set there is, and where there is none."""

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.decisions import consortium_search
from matchmaking.decisions.consortium import Consortia, Limits, consortia
from matchmaking.decisions.consortium_bounds import prices
from matchmaking.decisions.consortium_search import Search
from matchmaking.decisions.consortium_table import Candidate, Table
from matchmaking.decisions.errors import JudgementError
from matchmaking.decisions.work import Work


def allowed(most_firms: int, *, most_days: float | None = None, member: str | None = None) -> Limits:
    return Limits(most_firms=most_firms, most_days=most_days, member=member)


ANY = allowed(10)


def able(firm: str, *operations: int, score: float = 0.5, is_core: bool = True) -> list[Candidate]:
    return [Candidate(operation, firm, score, is_core=is_core) for operation in operations]


def sets_of(found: Consortia) -> list[tuple[str, ...]]:
    return [each.firms for each in found.found]


def test_two_firms_do_where_taking_the_largest_first_needs_three() -> None:
    candidates = [*able("S1", 0, 1, 2), *able("S2", 3, 4, 5), *able("S3", 0, 1, 3, 4)]

    found = consortia(6, candidates, ANY)

    assert sets_of(found)[0] == ("S1", "S2")
    assert (found.fewest_firms, found.is_proved) == (2, True)


def test_the_better_of_two_small_sets_comes_first_and_larger_ones_after_all_small_ones_are_left_out() -> None:
    candidates = [*able("A", 0, score=0.4), *able("B", 0, score=0.9), *able("C", 1, score=0.5)]

    found = consortia(2, candidates, ANY)

    assert sets_of(found) == [("B", "C"), ("A", "C")]
    assert [each.mean_score for each in found.found] == pytest.approx([0.7, 0.45])


def test_one_firm_alone_is_the_smallest_set() -> None:
    found = consortia(2, [*able("A", 0, 1), *able("B", 0, score=0.9), *able("C", 1, score=0.9)], ANY)

    assert (sets_of(found), found.fewest_firms) == ([("A",)], 1)


def test_the_lead_is_the_firm_with_most_core_operations() -> None:
    candidates = [*able("A", 0, score=0.9), *able("B", 1, 2, score=0.3), *able("C", 0, is_core=False)]

    (first, *_rest) = consortia(3, candidates, ANY).found

    assert (first.firms, first.lead) == (("A", "B"), "B")


def test_a_set_in_which_nobody_has_a_core_operation_is_none() -> None:
    candidates = [*able("A", 0, is_core=False), *able("B", 1, is_core=False)]

    found = consortia(2, candidates, ANY)

    assert (found.found, found.is_proved, found.fewest_firms) == ((), True, None)


def test_a_third_firm_joins_where_two_would_take_too_long() -> None:
    candidates = [
        Candidate(0, "A", 0.9, days=20, is_core=True),
        Candidate(1, "A", 0.9, days=20, is_core=True),
        Candidate(0, "B", 0.2, days=5),
        Candidate(1, "C", 0.3, days=5, is_core=True),
        Candidate(1, "D", 0.8),  # does not say how long
    ]

    assert sets_of(consortia(2, candidates, allowed(3, most_days=40)))[0] == ("A",)
    assert sets_of(consortia(2, candidates, allowed(3, most_days=25))) == [("A", "C"), ("B", "A"), ("B", "C")]
    assert sets_of(consortia(2, candidates, allowed(3, most_days=10))) == [("B", "C")]
    assert sets_of(consortia(2, candidates, allowed(3, most_days=9))) == []


def test_a_firm_that_must_take_part_does_something_though_others_need_it_not() -> None:
    candidates = [*able("A", 0, 1, score=0.9), *able("B", 0, score=0.2), *able("C", 1, score=0.6, is_core=False)]

    found = consortia(2, candidates, allowed(3, member="C"))

    assert sets_of(found) == [("A", "C"), ("B", "C")]
    assert [each.mean_score for each in found.found] == pytest.approx([0.75, 0.4])
    assert [each.lead for each in found.found] == ["A", "B"]
    assert (found.fewest_firms, found.is_proved) == (2, True)
    assert sets_of(consortia(2, candidates, allowed(3, member="A"))) == [("A",)]


def test_a_firm_that_must_take_part_but_can_do_nothing_is_in_no_set() -> None:
    candidates = [*able("A", 0), *able("B", 1), Candidate(0, "C", 0.9, days=8, is_core=True)]

    assert consortia(2, candidates, allowed(3, member="D")) == Consortia((), True, None)
    assert consortia(2, candidates, allowed(3, most_days=7, member="C")) == Consortia((), True, None)


def test_more_firms_than_are_allowed_are_no_consortium() -> None:
    candidates = [*able("A", 0), *able("B", 1), *able("C", 2)]

    assert sets_of(consortia(3, candidates, allowed(3))) == [("A", "B", "C")]
    assert consortia(3, candidates, allowed(2)) == Consortia((), True, None)


def test_operations_that_nobody_can_do_are_named() -> None:
    assert consortia(4, able("A", 1, 3), ANY) == Consortia((), True, None, uncovered=(0, 2))
    assert consortia(2, [], ANY).uncovered == (0, 1)


def test_one_operation_is_nothing_to_share() -> None:
    with pytest.raises(JudgementError, match="one_operation"):
        consortia(1, able("A", 0), ANY)


@st.composite
def problems(draw: st.DrawFn) -> tuple[int, list[Candidate]]:
    operations = draw(st.integers(2, 4))
    pairs = st.tuples(st.integers(0, operations - 1), st.sampled_from("ABCDE"))
    chosen = draw(st.lists(pairs, unique=True, max_size=12))
    scores = st.integers(0, 10).map(lambda tenths: tenths / 10)
    return operations, [
        Candidate(operation, firm, draw(scores), days=draw(st.integers(1, 9)), is_core=draw(st.booleans()))
        for operation, firm in chosen
    ]


def every_sharing(operations: int, candidates: list[Candidate], limits: Limits) -> Iterator[tuple[int, float]]:
    """Size and mean score of whatever is allowed."""
    by_operation = [[each for each in candidates if each.operation == place] for place in range(operations)]
    for members in product(*by_operation):
        days = sum(each.days or 0 for each in members)
        is_in_time = limits.most_days is None or days <= limits.most_days
        size = len({each.firm for each in members})
        takes_part = limits.member is None or limits.member in {each.firm for each in members}
        if size <= limits.most_firms and is_in_time and takes_part and any(each.is_core for each in members):
            yield size, round(sum(each.score for each in members) / operations, 9)


def score_of(
    candidates: list[Candidate], firms: tuple[str, ...], most_days: float | None, member: str | None = None
) -> float | None:
    """The best mean score of a set of firms for six operations, plainly."""
    own = [each for each in candidates if each.firm in firms]
    limits = allowed(len(firms), most_days=most_days, member=member)
    return max((score for _size, score in every_sharing(6, own, limits)), default=None)


@given(problems(), st.integers(1, 4), st.none() | st.integers(4, 20), st.none() | st.sampled_from("ABCDEF"))
def test_the_first_set_is_the_best_of_all_there_are(
    problem: tuple[int, list[Candidate]], most_firms: int, most_days: int | None, member: str | None
) -> None:
    operations, candidates = problem
    limits = allowed(most_firms, most_days=most_days, member=member)

    found = consortia(operations, candidates, limits)

    best = min(((size, -score) for size, score in every_sharing(operations, candidates, limits)), default=None)
    first = found.found[0] if found.found else None
    assert (first and (len(first.firms), -round(first.mean_score, 9))) == best
    assert found.is_proved
    for one, other in combinations(sets_of(found), 2):
        assert not set(one) <= set(other)
    assert all(member is None or member in one for one in sets_of(found))


@given(problems())
def test_the_same_question_has_the_same_answer(problem: tuple[int, list[Candidate]]) -> None:
    operations, candidates = problem

    assert consortia(operations, candidates, ANY) == consortia(operations, candidates[::-1], ANY)


def test_where_nothing_may_be_looked_at_nothing_is_found_and_nothing_is_proved() -> None:
    candidates = [*able("A", 0, score=0.9), *able("B", 1), *able("C", 0, 1, score=0.4)]

    found = consortia(2, candidates, Limits(most_firms=4, most_work=0))

    assert (found.found, found.is_proved, found.fewest_firms) == ((), False, 1)
    assert found.most_score == pytest.approx(0.575)  # half of the best scores, and what A adds: 0.35 + 0.225


def crowd(firms: int, operations: int) -> list[Candidate]:
    """Each operation has a third of the firms as candidates."""
    random = np.random.default_rng(firms)
    return [
        Candidate(
            operation, f"f{firm:02d}", float(random.integers(100)) / 100, float(random.integers(1, 9)), firm % 2 > 0
        )
        for operation in range(operations)
        for firm in random.choice(firms, firms // 3, replace=False).tolist()
    ]


def test_where_too_little_may_be_looked_at_what_is_found_is_told_with_the_bounds_that_are_proved() -> None:
    candidates = crowd(30, 12)

    nothing, some, everything = (
        consortia(12, candidates, Limits(most_firms=8, most_work=work)) for work in (2_000, 800_000, 1e9)
    )

    assert [each.is_proved for each in (nothing, some, everything)] == [False, False, True]
    assert [each.fewest_firms for each in (nothing, some, everything)] == [3, 3, 3]
    assert [len(each.found) for each in (nothing, some, everything)] == [0, 5, 5]
    (first, *_others), (best, *_rest) = some.found, everything.found
    assert everything.most_score == pytest.approx(best.mean_score)
    assert nothing.most_score is not None
    assert some.most_score is not None
    assert first.mean_score <= best.mean_score < some.most_score < nothing.most_score
    assert all([member.operation for member in each.members] == list(range(12)) for each in some.found)


def test_prices_count_as_work_and_leave_some_of_it_for_the_search() -> None:
    table = Table.of(crowd(300, 12), 12, None)
    everything, little, nothing = Work(1e9), Work(1e5), Work(0)

    good, poor, poorest = (prices(table, 4, work) for work in (everything, little, nothing))

    assert good.most <= poor.most <= poorest.most
    assert good.most < poorest.most
    assert everything.left < 1e9
    assert 0 < little.left <= 5e4


def slow_crowd(operations: int) -> list[Candidate]:
    """Three firms that do everything, but none of it in time, and for each operation forty that do it sooner."""
    slow = [
        Candidate(at, f"s{firm}", 0.9, 20.0 + (at + firm) % 3, True) for at in range(operations) for firm in range(3)
    ]
    return slow + [Candidate(at, f"q{at}-{one}", 0.5, 9.0) for at in range(operations) for one in range(40)]


@pytest.mark.parametrize("most_days", [18.0 * 12, 14.0 * 12])
def test_no_more_is_looked_at_than_may_be_however_many_sets_can_do_all_but_not_in_time(most_days: float) -> None:
    table, work = Table.of(slow_crowd(12), 12, most_days), Work(1e6)

    is_done = Search(table, 4, prices(table, 4, Work(1e9)), most_sets=5, work=work).run()

    assert (is_done, work.left <= 0) == (False, True)
    assert work.left > -2e6


def test_firms_that_would_do_nothing_do_not_make_a_set_another_one() -> None:
    table = Table.of([*able("A", 0, 1, score=0.9), *able("B", 0), *able("C", 1)], 2, None)
    search = Search(table, 2, prices(table, 2, Work(1e9)), most_sets=5, work=Work(1e6))

    assert search.run()

    assert [each.by_operation for each in search.found] == [(0, 0), (1, 2)]


@pytest.mark.parametrize("most_days", [None, 40.0])
@pytest.mark.parametrize("at_once", [1, 7])
@pytest.mark.parametrize("pairs", [1, 400_000])
def test_how_many_partial_sets_are_carried_on_at_once_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, pairs: int, at_once: int, most_days: float | None
) -> None:
    limits = Limits(most_firms=8, most_days=most_days, most_sets=3)
    whole = consortia(12, crowd(30, 12), limits)

    monkeypatch.setattr(consortium_search, "AT_ONCE", at_once)
    monkeypatch.setattr(consortium_search, "AT_FIRST", at_once)
    monkeypatch.setattr(consortium_search, "PAIRS_AT_ONCE", pairs)

    assert consortia(12, crowd(30, 12), limits) == whole
    assert len(whole.found) == 3


@pytest.mark.parametrize("member", [None, "f02", "f03"])
@pytest.mark.parametrize("most_days", [None, 14.5])
def test_of_many_firms_the_best_sets_of_the_smallest_size_are_found(
    most_days: float | None, member: str | None
) -> None:
    candidates, firms = crowd(24, 6), [f"f{firm:02d}" for firm in range(24)]

    found = consortia(6, candidates, allowed(10, most_days=most_days, member=member))

    size = found.fewest_firms
    assert size is not None
    assert size > 1
    for smaller in combinations(firms, size - 1):
        assert score_of(candidates, smaller, most_days, member) is None
    best = [score for chosen in combinations(firms, size) if (score := score_of(candidates, chosen, most_days, member))]
    assert [each.mean_score for each in found.found] == pytest.approx(sorted(best, reverse=True)[:5])
    assert found.is_proved


def test_what_is_proved_to_be_too_few_is_not_said_to_be_enough() -> None:
    candidates = [*able("A", 0, 1, is_core=False), *able("B", 0), *able("C", 1)]

    found = consortia(2, candidates, ANY)

    assert sets_of(found) == [("B", "A"), ("A", "C"), ("B", "C")]
    assert (found.fewest_firms, found.is_proved) == (2, True)
