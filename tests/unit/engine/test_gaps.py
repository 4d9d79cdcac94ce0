"""What a supplier is told that changes would open is what a ranking of its changed record opens."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine import gap_needs, gap_variants
from matchmaking.engine import gaps as search
from matchmaking.engine.demand import Demand
from matchmaking.engine.explain_gaps import explain_gaps
from matchmaking.engine.gap_changes import Change, changed
from matchmaking.engine.gap_covers import MET, Covers, all_of, bits, one_of
from matchmaking.engine.gap_steps import free_capacity, steps
from matchmaking.engine.gaps import Gaps, gaps
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import (
    CapabilityRecord,
    CriterionSetting,
    Fact,
    Operation,
    Quantity,
    Requirement,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
)
from matchmaking.engine.rank import rank
from tests.unit.engine.test_opportunities import world

TODAY = date(2026, 11, 23)
TAXONOMY = Taxonomy(processes={"turning": None, "milling": None}, implies={"IATF 16949": ["ISO 9001"]})
GATES = ("tolerance", "capacity", "lead_time", "certifications", "languages")
PAIRS = 12
"""So many that open nothing together, and as many of those that do, are ranked plainly in each world."""

randoms = st.randoms(use_true_random=True)


def eligible_for(
    taxonomy: Taxonomy, as_of: date, record: SupplierRecord, requirements: Sequence[Requirement]
) -> set[int]:
    """Plainly: one ranking after the other."""
    columns = build_columns([record], taxonomy)
    rankings = (rank(requirement, columns, taxonomy, as_of) for requirement in requirements)
    return {place for place, ranking in enumerate(rankings) if ranking.counts["eligible"]}


@settings(max_examples=settings().max_examples // 5)
@given(randoms, st.integers(1, 8))
def test_single_changes_and_pairs_open_what_a_ranking_after_them_opens(random: Random, count: int) -> None:
    facts, requirements = world(random, count)
    day, record = (facts.taxonomy, facts.as_of), random.choice(facts.suppliers)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    (number,) = columns.suppliers_with([record.id]).tolist()
    found = gaps(Demand.of(requirements), number, columns, *day)
    before = eligible_for(*day, record, requirements)
    every_pair = list(combinations(range(len(found.offered)), 2))
    pairs = [*_some(random, every_pair), *_some(random, sorted(found.corrections))]
    for chosen in (*((change,) for change in range(len(found.offered))), *pairs):
        changes = [found.offered[change] for change in chosen]
        if len(changes) == 1 or not changes[0].excludes(changes[1]):
            after = eligible_for(*day, changed(record, changes, facts.as_of), requirements)
            assert set(bits(found.opened_by(*chosen))) == after - before, changes
    json.dumps(explain_gaps(found, found.paths()), allow_nan=False)


def _some(random: Random, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return random.sample(pairs, min(PAIRS, len(pairs)))


def turner(**facts: Any) -> SupplierRecord:
    """One that turns to ±0.05 mm within 30 days, all checked today."""
    usual = {"tolerance_mm": fact(0.05), "lead_time_days": fact(30.0), "monthly_capacity": fact(1000.0, unit="pcs")}
    row = CapabilityRecord(
        id="cap",
        site="x",
        process="turning",
        role="core",
        level=2,
        observed=TODAY,
        **{**usual, "utilisation_pct": fact(50.0), **facts},
    )
    return SupplierRecord(id="s", sites=(SiteRecord(id="x"),), languages=fact(("vi",)), capabilities=(row,))


def fact(value: Any, unit: str | None = None, level: int = 2) -> Fact[Any]:
    return Fact(value, level, TODAY, unit)


def asked(number: int, min_level: int = 0, **fields: Any) -> Requirement:
    operations = tuple(
        Operation(id=process, process=process, tolerance_mm=fields.pop("tolerance_mm", None))
        for process in fields.pop("processes", ("turning",))
    )
    criteria = {key: CriterionSetting("must", min_level=min_level) for key in GATES}
    return Requirement(id=f"r{number}", operations=operations, criteria=criteria, **fields)


def found_for(record: SupplierRecord, requirements: Sequence[Requirement]) -> Gaps:
    return gaps(Demand.of(requirements), 0, build_columns([record], TAXONOMY), TAXONOMY, TODAY)


def told(found: Gaps, language: Any = "en") -> list[str]:
    paths = found.paths()
    labels = {"turning": "tiện" if language == "vi" else "turning"}
    return [each["sentence"] for each in explain_gaps(found, paths, language=language, labels=labels)]


def test_what_opens_most_comes_first_and_pairs_only_where_neither_does_alone() -> None:
    pcs = Quantity(400.0, "pcs")
    found = found_for(
        turner(),
        [
            asked(1, tolerance_mm=0.02, quantity=pcs),
            asked(2, tolerance_mm=0.02, quantity=pcs),
            asked(3, tolerance_mm=0.01, certifications=("ISO 9001",)),
            asked(4, certifications=("ISO 9001",), quantity=Quantity(250.0, "pcs")),
            asked(5, languages=("vi",)),
            asked(6, processes=("milling",)),
        ],
    )

    paths = [
        ([(each.kind, each.amount) for each in path.changes], path.requirements.tolist(), path.only_together)
        for path in found.paths()
    ]

    finer, certificate = ("tolerance", 0.01), ("standard", "ISO 9001")
    assert found.found.counts == {"eligible": 1, "unconfirmed": 1, "near_miss": 3}
    assert paths == [
        ([finer, certificate], [0, 1, 2, 3], 1),
        ([("tolerance", 0.02)], [0, 1], 2),
        ([certificate], [3], 1),
    ]
    assert [found.quantities(path) for path in found.paths()] == [{"pcs": 1050.0}, {"pcs": 800.0}, {"pcs": 250.0}]
    assert found.left_out == 0
    assert len(found.paths(top=1)) == 1


ELIGIBLE_FOR_ONE = "Eligible for 1 more of the open requirements."
DAT_THEM = "Đạt thêm 1 yêu cầu đang mở."


@pytest.mark.parametrize(
    ("requirement", "english", "vietnamese"),
    [
        (
            asked(1, tolerance_mm=0.02, quantity=Quantity(400.0, "pcs")),
            ["Tolerance (turning): ±0.02 mm instead of ±0.05 mm, checked (L2).", "They need 400 pcs a month."],
            [
                "Dung sai (tiện): ±0,02 mm thay cho ±0,05 mm, được kiểm tra (L2).",
                "Các yêu cầu này cần 400 pcs mỗi tháng.",
            ],
        ),
        (
            asked(1, quantity=Quantity(1234.0, "pcs")),
            [
                "Free capacity (turning): 1,300 pcs a month instead of 500 pcs a month, checked (L2).",
                "They need 1,234 pcs a month.",
            ],
            [
                "Công suất còn trống (tiện): 1.300 pcs/tháng thay cho 500 pcs/tháng, được kiểm tra (L2).",
                "Các yêu cầu này cần 1.234 pcs mỗi tháng.",
            ],
        ),
        (
            asked(1, min_level=3, lead_time_days=40.0),
            ["What is stated of turning: seen on site (L3)."],
            ["Thông tin đã khai báo về tiện: được xem tại chỗ (L3)."],
        ),
        (
            asked(1, languages=("en",), certifications=("ISO 9001",)),
            [
                "ISO 9001: a valid certificate, checked (L2); and en: spoken, checked (L2).",
                "For 1 of them only with both.",
            ],
            [
                "ISO 9001: có chứng nhận còn hiệu lực, được kiểm tra (L2); và en: sử dụng được, được kiểm tra (L2).",
                "Trong đó 1 yêu cầu chỉ đạt khi làm cả hai.",
            ],
        ),
    ],
)
def test_paths_are_told_in_both_languages(requirement: Requirement, english: list[str], vietnamese: list[str]) -> None:
    found = found_for(turner(), [requirement])

    for (first, *rest), gain, language in ((english, ELIGIBLE_FOR_ONE, "en"), (vietnamese, DAT_THEM, "vi")):
        assert told(found, language) == [" ".join([first, gain, *rest])]


def test_two_quicker_steps_are_found_where_neither_alone_is_quick_enough() -> None:
    record = turner()
    (row,) = record.capabilities
    record = replace(record, capabilities=(row, replace(row, id="mill", process="milling")))

    found = found_for(
        record,
        [
            asked(1, processes=("turning", "milling"), lead_time_days=24.0),
            asked(2, lead_time_days=12.0),
            asked(3, processes=("milling",), lead_time_days=12.0),
        ],
    )

    both = [path for path in found.paths() if len(path.changes) == 2]
    assert [[(each.kind, each.amount) for each in path.changes] for path in both] == [
        [("lead_time", 12.0), ("lead_time", 12.0)]
    ]
    assert [(path.requirements.tolist(), path.only_together) for path in both] == [([0, 1, 2], 1)]


def test_a_certificate_that_implies_the_one_asked_for_opens_it_too() -> None:
    found = found_for(turner(), [asked(1, certifications=("ISO 9001",)), asked(2, certifications=("IATF 16949",))])

    assert [(path.changes[0].amount, path.requirements.tolist()) for path in found.paths()] == [
        ("IATF 16949", [0, 1]),
        ("ISO 9001", [0]),
    ]


def test_requirements_with_too_many_ways_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_RANKED", 1)

    found = found_for(turner(), [asked(1, tolerance_mm=0.02), asked(2, certifications=("ISO 9001",))])

    assert ([path.requirements.tolist() for path in found.paths()], found.left_out) == ([[0]], 1)


def opened_at_all(found: Gaps) -> list[int]:
    return sorted(
        {requirement for change in range(len(found.offered)) for requirement in bits(found.opened_by(change))}
    )


def with_capabilities(*processes: str) -> SupplierRecord:
    (row,) = turner().capabilities
    rows = [replace(row, id=f"cap{number}", process=process) for number, process in enumerate(processes)]
    return replace(turner(), capabilities=tuple(rows))


def test_once_too_many_pairs_were_put_together_the_rest_is_left_out_in_turn_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requirements = [asked(number, tolerance_mm=0.02, certifications=("ISO 9001",)) for number in (3, 1, 2)]
    everything = found_for(turner(), requirements)

    monkeypatch.setattr(search, "MOST_BUILT", 2)
    found = found_for(turner(), requirements)

    assert ([path.requirements.tolist() for path in everything.paths()], everything.left_out) == ([[0, 1, 2]], 0)
    assert ([path.requirements.tolist() for path in found.paths()], found.left_out) == ([[1, 2]], 1)  # r1 and r2


def test_pairs_that_come_to_nothing_count_as_put_together_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_BUILT", 1)
    three: dict[str, Any] = {"certifications": ("ISO 9001",), "languages": ("en",)}

    found = found_for(turner(), [asked(1, tolerance_mm=0.02, **three), asked(2, tolerance_mm=0.02)])

    assert (opened_at_all(found), found.found.counts["near_miss"], found.left_out) == ([], 2, 1)


def test_of_more_candidates_than_are_looked_at_the_requirements_with_the_fewest_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = with_capabilities("turning", "turning", "milling")
    requirements = [asked(2, tolerance_mm=0.02), asked(1, tolerance_mm=0.02)]
    requirements.append(asked(3, tolerance_mm=0.02, processes=("milling",)))
    everything = found_for(record, requirements)

    monkeypatch.setattr(gap_needs, "MOST_CANDIDATES", 3)
    found = found_for(record, requirements)

    assert (opened_at_all(everything), everything.left_out) == ([0, 1, 2], 0)
    assert (opened_at_all(found), found.left_out) == ([1, 2], 1)  # r1 and r3
    assert found.found.counts == everything.found.counts == {"eligible": 0, "unconfirmed": 0, "near_miss": 3}


def test_lines_with_too_many_candidates_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_JUDGED", 3)
    record = with_capabilities("turning", "turning", "milling")

    found = found_for(record, [asked(1, tolerance_mm=0.02), asked(2, tolerance_mm=0.02, processes=("milling",))])

    assert (opened_at_all(found), found.left_out) == ([1], 1)  # two lines of two candidates, and one of one


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_how_many_candidates_are_ranked_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    record = with_capabilities("turning", "turning", "milling")
    both = ("turning", "milling")
    requirements = [asked(number, tolerance_mm=0.04 / number, processes=both, languages=("en",)) for number in (1, 2)]
    whole = found_for(record, requirements)

    monkeypatch.setattr(gap_variants, "AT_ONCE", at_once)
    found = found_for(record, requirements)

    assert sum(opened.bit_count() for opened in whole.corrections.values()) > 2
    assert (found.opened, found.corrections) == (whole.opened, whole.corrections)


def test_of_too_many_paths_that_tie_the_first_offered_are_told_apart_by_quantity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = found_for(
        turner(),
        [
            asked(1, tolerance_mm=0.02, quantity=Quantity(100.0, "pcs")),
            asked(2, certifications=("ISO 9001",), quantity=Quantity(250.0, "pcs")),
            asked(3, languages=("en",)),
            asked(4, languages=("en",)),
        ],
    )
    most_wanted = [[path.changes[0].kind for path in found.paths(top)] for top in (1, 2, 3)]

    monkeypatch.setattr(search, "MOST_TIED", 1)

    assert most_wanted == [["language"], ["language", "standard"], ["language", "standard", "tolerance"]]
    assert [path.changes[0].kind for path in found.paths(2)] == ["language", "tolerance"]
    assert [path.changes[0].kind for path in found.paths(3)] == ["language", "standard", "tolerance"]


def test_a_firm_without_capabilities_has_nothing_to_change() -> None:
    found = found_for(replace(turner(), capabilities=()), [asked(1)])

    assert (found.paths(), list(found.offered), found.found.counts["near_miss"]) == ([], [], 0)


@pytest.mark.parametrize(
    ("quantity", "free"), [(1234.0, 1300.0), (1200.0, 1200.0), (0.031, 0.031), (9.91, 10.0), (1.79e308, 1.79e308)]
)
def test_free_capacity_is_rounded_up_as_rankings_know_it(quantity: float, free: float) -> None:
    assert free_capacity(quantity) == free


def test_steps_serve_a_quarter_a_half_three_quarters_and_all() -> None:
    assert steps([8, 7, 6, 5, 4, 3, 2, 1]) == [7, 5, 3, 1]
    assert steps([2, 2, 1]) == [2, 1]
    assert steps([]) == []


def test_needs_are_put_together_from_what_meets_each() -> None:
    one, two, three = Covers(0b0011), Covers(0b0110), Covers(0b1000)

    assert all_of([one, two]) == Covers(0b0010, frozenset({(0, 2)}))
    assert all_of([one, two, three]) == Covers(0, frozenset({(1, 3)}))
    assert one_of([all_of([one, two]), three]) == Covers(0b1010, frozenset({(0, 2)}))
    assert (all_of([MET, one]), one_of([one, MET]), all_of([one, one_of([])]).is_hopeless) == (one, MET, True)


def test_only_steps_of_one_figure_exclude_each_other() -> None:
    finer = Change("tolerance", "cap", 0.01)

    assert finer.excludes(Change("tolerance", "cap", 0.02))
    assert not finer.excludes(Change("tolerance", "other", 0.02))
    assert not Change("standard", None, "ISO 9001").excludes(Change("standard", None, "ISO 14001"))
