"""Whom a requirement would let in if it gave something up: counted from sets of gates, held against ranking anew."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine import blocks, loosen
from matchmaking.engine.errors import FactsError
from matchmaking.engine.explain_relaxations import explain_relaxations
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.figures import LESS, MORE, Target, asking, two_figures
from matchmaking.engine.layers import Layers
from matchmaking.engine.loading import build_columns
from matchmaking.engine.loosen import Loosening
from matchmaking.engine.model import CapabilityRecord, CriterionSetting, Facts, Requirement, SupplierRecord
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import Ranking
from matchmaking.engine.records import records_of
from matchmaking.engine.relax import Relaxations, relax
from tests.unit.engine.changes import changed, stored
from tests.unit.engine.documents import Document, Writer, documents
from tests.unit.engine.plain_scorer import great_circle_km

ELIGIBLE, NEAR_MISS = 0, 2


class Factory(Writer):
    """Figures that lie clearly on one side of a target or just on it: what two of them are worth to each other's target
    is the matter of the gates, not of relaxing them."""

    def figure(self, target: float) -> float:
        return target * self.pick([0.5, 0.75, 0.9, 1, 1, 1.1, 1.5, 2, 3])


def facts_of(random: Random, suppliers: int) -> Facts:
    writer = Factory(random)
    document = writer.document()
    document["suppliers"] = [writer.supplier(f"s{number:03}") for number in range(suppliers)]
    return parse_facts(document)


class Before:
    """A requirement before some suppliers, ranked as often as anybody likes."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.columns = build_columns(facts.suppliers, facts.taxonomy)
        self.ranking = self.rank(facts.requirement)
        self.near_misses = {name for name, state in states(self.ranking).items() if state == NEAR_MISS}

    def rank(self, requirement: Requirement) -> Ranking:
        return rank(requirement, self.columns, self.facts.taxonomy, self.facts.as_of)

    def relax(self) -> Relaxations:
        return relax(self.facts.requirement, self.columns, self.facts.taxonomy, self.facts.as_of)

    def joining(self, requirement: Requirement) -> tuple[int, int]:
        """How many near misses fail nothing when another requirement is asked, and how many are eligible."""
        found = states(self.rank(requirement))
        joined = [found[name] for name in self.near_misses if found[name] != NEAR_MISS]
        return len(joined), joined.count(ELIGIBLE)


def states(ranking: Ranking) -> dict[str, int]:
    return dict(zip(ranking.supplier_ids, ranking.eligibility.tolist(), strict=True))


def without(requirement: Requirement, gates: tuple[str, ...]) -> Requirement:
    settings_of = {key: requirement.criteria.get(key) or CriterionSetting() for key in gates}
    should = {key: replace(setting, mode="should") for key, setting in settings_of.items()}
    return replace(requirement, criteria={**requirement.criteria, **should})


@settings(max_examples=settings().max_examples // 2)
@given(st.randoms(use_true_random=True), st.integers(0, 12))
def test_as_many_join_as_when_the_gates_are_asked_as_should(random: Random, suppliers: int) -> None:
    before = Before(facts_of(random, suppliers))
    criteria = before.facts.requirement.active_criteria()
    droppable = [key for key, criterion in criteria.items() if criterion.is_gate and key != "process"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", random.choice([1, 3, 65_536]))

        found = before.relax()

    told = {each.gates: (each.joins, each.eligible) for each in found.dropped}
    assert found.counts == before.ranking.counts
    assert len(told) == len(found.dropped)
    for gates in (gates for size in (1, 2, 3) for gates in combinations(droppable, size)):
        joins, eligible = before.joining(without(before.facts.requirement, gates))
        assert told.pop(gates, (0, 0)) == (joins, eligible if joins else 0), gates
    assert told == {}


@settings(max_examples=settings().max_examples // 2)
@given(st.randoms(use_true_random=True), st.integers(0, 12), st.sampled_from([1, 2, 256]))
def test_a_step_is_the_smallest_change_with_which_so_many_join(random: Random, suppliers: int, batch: int) -> None:
    before = Before(facts_of(random, suppliers))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loosen, "FIRST_BATCH", batch)

        found = before.relax()

    for each in found.loosened:
        joining = {
            amount: before.joining(asking(before.facts.requirement, each.target, amount))
            for amount in figures_of(before, each.target)
        }
        for wanted in (1, 5, 10):
            first = next((amount for amount, (joins, _eligible) in joining.items() if joins >= wanted), None)
            steps = [step for step in each.steps if step.wanted == wanted]
            assert [step.amount for step in steps] == ([] if first is None else [pytest.approx(first, rel=1e-12)]), each
            for step in steps:
                told = before.joining(asking(before.facts.requirement, each.target, step.amount))
                assert (step.joins, step.eligible) == told, each


@given(st.randoms(use_true_random=True), st.integers(0, 12), st.integers(0, 12))
def test_suppliers_in_two_layers_are_counted_as_in_one(random: Random, suppliers: int, changed_since: int) -> None:
    facts = facts_of(random, suppliers)
    base = build_columns(facts_of(random, suppliers).suppliers, facts.taxonomy)
    changed_suppliers = facts.suppliers[:changed_since]
    kept = [record for record in records_of(base) if record.id not in {each.id for each in changed_suppliers}]
    layers = Layers(
        base=base,
        changed=build_columns(changed_suppliers, facts.taxonomy),
        replaced=np.isin(np.arange(suppliers), range(changed_since)),
        taxonomy=facts.taxonomy,
    )

    found = layers.relax(facts.requirement, facts.as_of)

    whole = build_columns([*kept, *changed_suppliers], facts.taxonomy)
    assert found == relax(facts.requirement, whole, facts.taxonomy, facts.as_of)


def figures_of(before: Before, target: Target) -> list[float]:
    """All figures of suppliers that could be asked instead of a target and are looser, the smallest change first."""
    found = {round(figure, 12) for record in before.facts.suppliers for figure in own_figures(before, target, record)}
    looser = target.looser * target.amount
    return sorted(
        (figure for figure in found if target.looser * figure > looser), key=lambda each: target.looser * each
    )


def own_figures(before: Before, target: Target, record: SupplierRecord) -> Iterator[float]:
    requirement = before.facts.requirement
    if target.key == "lead_time" and record.id in before.ranking.supplier_ids:
        chosen = before.ranking.chosen_capability_ids(before.ranking.supplier_ids.index(record.id))
        rows = {row.id: row for row in record.capabilities}
        days = [rows[each].lead_time_days for each in chosen if each is not None]
        given = [fact.value for fact in days if fact is not None and fact.value is not None]
        yield from [sum(given)] if len(given) == len(chosen) and sum(given) < math.inf else []
    elif target.key == "distance":
        plant = {"lat": requirement.plant.lat, "lon": requirement.plant.lon}
        located = [site for site in record.sites if site.lat is not None]
        yield from (math.ceil(10 * great_circle_km(plant, {"lat": s.lat, "lon": s.lon})) / 10 for s in located)
    elif target.key == "export_experience" and record.export_share_pct and record.export_share_pct.value:
        yield record.export_share_pct.value
    elif target.key == "track_record" and record.track_record and record.track_record.deliveries:
        most = wilson_high(record.track_record.good or 0, record.track_record.deliveries)
        yield math.floor(1000 * most) / 1000 or most
    else:
        yield from (
            figure for row in record.capabilities for figure in figures_of_row(requirement, target, row) if figure
        )


def figures_of_row(requirement: Requirement, target: Target, row: CapabilityRecord) -> Iterator[float]:
    facts = {"tolerance": row.tolerance_mm, "roughness": row.roughness_um, "part_mass": row.max_mass_kg, "moq": row.moq}
    if (fact := facts.get(target.key)) is not None and fact.value is not None:
        yield fact.value
    if target.key == "part_size" and target.operation is not None and row.envelope_mm and row.envelope_mm.value:
        sides = requirement.operations[target.operation].part_size_mm or ()
        pairs = zip(sorted(row.envelope_mm.value), sorted(sides), strict=True)
        yield math.floor(10_000 * min(room / side for room, side in pairs) + 1e-6) / 10_000
    if target.key == "capacity" and row.monthly_capacity and row.utilisation_pct:
        free = (row.monthly_capacity.value or 0) * (1 - (row.utilisation_pct.value or 0) / 100)
        if row.utilisation_pct.value is not None and free > 0:
            step = 10 ** (math.floor(math.log10(free)) - 1)
            yield math.floor(free / step + 1e-6) * step


def wilson_high(good: float, total: float) -> float:
    z = 1.959963984540054
    half = z * math.sqrt(good * (total - good) / total + z * z / 4)
    return min(1.0, (good + z * z / 2 + half) / (total + z * z))


def document_of(rows: list[dict[str, Any]], **requirement: Any) -> Any:
    """One supplier for each row of turning, all known at level 2 today."""
    today = {"level": 2, "observed": "2026-11-23"}
    document = stored("worked_example")
    document["requirement"] = {"id": "r", "operations": [{"id": "1", "process": "cnc_turning"}]} | requirement
    document["suppliers"] = [
        {
            "id": f"s{number:02}",
            "sites": [{"id": "x"}],
            "capabilities": [
                {"id": "a", "site": "x", "process": "cnc_turning", "role": "core"}
                | today
                | {name: {"value": value} | today for name, value in row.items()}
            ],
        }
        for number, row in enumerate(rows)
    ]
    return document


def told(document: Any, language: Any = "en") -> dict[str, Any]:
    before = Before(parse_facts(document))
    return explain_relaxations(before.relax(), before.facts.requirement, language=language)


TOLERANCES = [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.5]


def of_tolerances() -> Any:
    document = document_of(
        [{"tolerance_mm": figure, "lead_time_days": 10.0 * number} for number, figure in enumerate(TOLERANCES, 1)],
        lead_time_days=55,
        criteria={"tolerance": {"mode": "must"}, "lead_time": {"mode": "must"}},
    )
    return changed(document, "requirement.operations.0.tolerance_mm", 0.02)


def test_the_counts_of_a_small_case_are_those_on_the_fingers_of_one_hand() -> None:
    found = told(of_tolerances())

    assert (found["counts"]["near_miss"], found["without_process"]) == (6, 0)
    assert [(each["gates"], each["joins"], each["eligible"]) for each in found["dropped"]] == [
        (["tolerance"], 4, 4),  # the last two are too slow as well
        (["tolerance", "lead_time"], 6, 6),
    ]
    tolerance, lead_time = found["targets"]
    assert {**tolerance, "steps": [(step["wanted"], step["target"], step["joins"]) for step in tolerance["steps"]]} == {
        "criterion": "tolerance",
        "operation": "1",
        "process": "cnc_turning",
        "required": 0.02,
        "unit": "mm",
        "steps": [(1, 0.03, 1)],
    }
    assert (lead_time["criterion"], lead_time["required"], lead_time["unit"]) == ("lead_time", 55, "day")
    assert lead_time["steps"] == []


def test_relaxations_are_told_in_both_languages() -> None:
    english, vietnamese = told(of_tolerances()), told(of_tolerances(), "vi")

    assert [each["sentence"] for each in english["dropped"]] == [
        "Dropping the gate Tolerance lets in 4 more, 4 of them with nothing left to confirm.",
        "Dropping the gates Tolerance, Lead time lets in 6 more, 6 of them with nothing left to confirm.",
    ]
    assert english["targets"][0]["steps"][0]["sentence"] == (
        "Tolerance: ±0.03 mm instead of ±0.02 mm lets in 1 more, 1 of them with nothing left to confirm."
    )
    assert vietnamese["dropped"][0]["sentence"] == (
        "Nếu bỏ điều kiện Dung sai, có thêm 4 nhà cung cấp không còn vướng điều kiện nào, "
        "trong đó 4 không cần xác nhận gì thêm."
    )
    assert vietnamese["targets"][0]["steps"][0]["sentence"] == (
        "Dung sai: ±0,03 mm thay cho ±0,02 mm thì có thêm 1 nhà cung cấp, trong đó 1 không cần xác nhận gì thêm."
    )


@pytest.mark.parametrize(
    ("key", "requirement", "row", "target", "amount"),
    [
        ("roughness", {"operations.0.roughness_um": 0.8}, {"roughness_um": 1.6}, 1.6, "Ra 1.6 µm instead of Ra 0.8 µm"),
        ("part_mass", {"operations.0.part_mass_kg": 5}, {"max_mass_kg": 4.0}, 4.0, "4 kg instead of 5 kg"),
        ("moq", {"moq": 100}, {"moq": 250.0}, 250.0, "at most 250 instead of at most 100"),
        (
            "part_size",
            {"operations.0.part_size_mm": [100, 40, 20]},
            {"envelope_mm": [90.0, 80.0, 70.0]},
            [90.0, 36.0, 18.0],
            "90 × 36 × 18 mm instead of 100 × 40 × 20 mm",
        ),
    ],
)
def test_every_figure_is_told_as_the_requirement_asks_it(
    key: str, requirement: dict[str, Any], row: dict[str, Any], target: Any, amount: str
) -> None:
    document = document_of([row], criteria={key: {"mode": "must"}})
    for path, value in requirement.items():
        document = changed(document, f"requirement.{path}", value)

    (found,) = told(document)["targets"]

    assert [step["target"] for step in found["steps"]] == [target]
    assert amount in found["steps"][0]["sentence"]


def test_a_site_beyond_far_moves_far_as_well() -> None:
    document = document_of([{}], plant={"lat": 21.0, "lon": 105.8}, criteria={"distance": {"mode": "must"}})
    document["requirement"] |= {"near_km": 10, "far_km": 100}
    document["suppliers"][0]["sites"] = [{"id": "x", "lat": 19.0, "lon": 105.8}]

    (found,) = told(document)["targets"]

    (step,) = found["steps"]
    assert (found["required"], step["target"], step["far_km"]) == (10, 222.4, 312.4)


def test_another_row_may_be_taken_when_a_gate_is_dropped() -> None:
    """Without the tolerance the fine row is as good as the coarse one, whose score is higher; but it is slow."""
    document = of_tolerances()
    document["suppliers"] = document["suppliers"][:1]
    (fine,) = document["suppliers"][0]["capabilities"]
    coarse = {**fine, "id": "b", "tolerance_mm": None, "lead_time_days": {**fine["lead_time_days"], "value": 20.0}}
    fine["lead_time_days"] = {**fine["lead_time_days"], "value": 90.0}
    document["suppliers"][0]["capabilities"].append(coarse)

    found = told(document)

    assert found["counts"]["near_miss"] == 1
    assert [(each["gates"], each["joins"]) for each in found["dropped"]] == [
        (["lead_time"], 1),
        (["tolerance", "lead_time"], 1),
    ]


def test_who_lacks_a_process_is_let_in_by_nothing() -> None:
    document = document_of([{"tolerance_mm": 0.05}], criteria={"tolerance": {"mode": "must"}})
    document["requirement"]["operations"] = [
        {"id": "1", "process": "cnc_turning", "tolerance_mm": 0.02},
        {"id": "2", "process": "heat_treatment"},
    ]
    document["taxonomy"]["processes"]["heat_treatment"] = None

    found = told(document)

    assert (found["counts"]["near_miss"], found["without_process"], found["dropped"]) == (1, 1, [])
    assert [target["steps"] for target in found["targets"]] == [[]]


@pytest.mark.parametrize("suppliers", [[], [{"id": "s", "sites": [], "capabilities": []}]])
def test_nobody_to_let_in_is_an_answer_too(suppliers: list[Any]) -> None:
    document = of_tolerances() | {"suppliers": suppliers}

    found = told(document)

    assert (found["counts"]["near_miss"], found["dropped"]) == (0, [])
    assert [(target["criterion"], target["steps"]) for target in found["targets"]] == [
        ("tolerance", []),
        ("lead_time", []),
    ]


def test_weights_that_sum_to_nothing_are_refused() -> None:
    facts = parse_facts(document_of([{}]))
    nothing = replace(facts.requirement, criteria={"process": CriterionSetting(weight=0.0)})
    columns = build_columns(facts.suppliers, facts.taxonomy)

    with pytest.raises(FactsError, match="must sum to more than 0"):
        relax(nothing, columns, facts.taxonomy, facts.as_of)


@pytest.mark.parametrize(
    ("free", "told_as"),
    [(863.0, 860.0), (860.0, 860.0), (859.9999999999, 860.0), (8.76, 8.7), (0.0123, 0.012), (1e308, 1e308), (99, 99)],
)
def test_free_capacity_is_never_told_more_exactly_than_by_two_figures(free: float, told_as: float) -> None:
    assert two_figures(np.array([free])).tolist() == [pytest.approx(told_as, rel=1e-12)]


def test_what_cannot_be_asked_is_no_target() -> None:
    assert np.isnan(two_figures(np.array([0.0, np.inf, np.nan]))).all()
    assert (LESS, MORE) == (-1, 1)


def test_many_who_share_one_figure_join_together() -> None:
    document = document_of([{"tolerance_mm": 0.05}] * 400, criteria={"tolerance": {"mode": "must"}})
    facts = parse_facts(changed(document, "requirement.operations.0.tolerance_mm", 0.02))

    (found,) = Before(facts).relax().loosened

    assert isinstance(found, Loosening)
    assert [(step.wanted, step.amount, step.joins) for step in found.steps] == [
        (wanted, 0.05, 400) for wanted in (1, 5, 10)
    ]


@given(documents(), st.sampled_from(["en", "vi"]))
def test_whatever_is_asked_is_answered_in_finite_numbers(document: Document, language: Any) -> None:
    """Weights of 1e308, figures of 5e-324, targets that nobody comes near: with warnings as errors."""
    document["requirement"].setdefault("criteria", {})
    for key, setting in document["requirement"]["criteria"].items():
        setting["mode"] = "must" if key != "corridor" else "should"

    text = json.dumps(told(document, language), allow_nan=False)

    assert "{" not in "".join(re.findall(r'"sentence": "([^"]*)"', text))
