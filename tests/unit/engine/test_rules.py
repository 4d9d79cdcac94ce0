"""Single rules of the contract, each with figures worked by hand."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from matchmaking.engine.errors import FactsError
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import (
    CapabilityRecord,
    CriterionSetting,
    Operation,
    Requirement,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
)
from matchmaking.engine.rank import rank
from matchmaking.engine.score import decimal_units, rounded
from tests.unit.engine.changes import changed, ranked, stored

TODAY = "2026-11-23"
PROCESSES = {"machining": None, "turning": "machining", "cnc_turning": "turning", "hardening": None}


def fact(value: object, level: int = 4, observed: str = TODAY) -> dict[str, object]:
    return {"value": value, "level": level, "observed": observed}


def row(row_id: str = "a", process: str = "turning", **facts: object) -> dict[str, Any]:
    standing = {"id": row_id, "site": "s", "process": process, "role": "core", "level": 4, "observed": TODAY}
    return standing | facts


def supplier(*rows: dict[str, Any], supplier_id: str = "one", **facts: Any) -> dict[str, Any]:
    return {"id": supplier_id, "sites": [{"id": "s"}], "capabilities": list(rows)} | facts


def document(
    *suppliers: dict[str, Any], operations: list[dict[str, Any]] | None = None, **asked: Any
) -> dict[str, Any]:
    return {
        "as_of": TODAY,
        "taxonomy": {"processes": PROCESSES, "materials": {"steel": None, "c45": "steel"}},
        "requirement": {"id": "r", "operations": operations or [{"id": "o", "process": "turning"}]} | asked,
        "suppliers": list(suppliers),
    }


def only_line(facts: dict[str, Any]) -> dict[str, Any]:
    (line,) = ranked(facts).results()
    return line


def tolerance_line(figure: float, target: float = 0.05) -> dict[str, Any]:
    operation = {"id": "o", "process": "turning", "tolerance_mm": target}
    gates = {"tolerance": {"mode": "must"}}
    return only_line(document(supplier(row(tolerance_mm=fact(figure))), operations=[operation], criteria=gates))


@pytest.mark.parametrize(
    ("figure", "value", "eligibility"),
    [
        (0.05, 1.0, "eligible"),
        (0.05 * (1 + 0.9e-9), 1.0, "eligible"),
        (0.05 * (1 + 2e-9), 1.0, "near_miss"),
        (0.075, 0.5, "near_miss"),
        (0.1, 0.0, "near_miss"),
        (0.2, 0.0, "near_miss"),
        (0, 1.0, "eligible"),
    ],
)
def test_a_tolerance_gate_passes_up_to_the_target(figure: float, value: float, eligibility: str) -> None:
    line = tolerance_line(figure)

    assert (line["criteria"]["tolerance"]["value"], line["eligibility"]) == (value, eligibility)


@pytest.mark.parametrize(("days", "eligibility"), [("2022-11-24", "eligible"), ("2022-11-23", "unconfirmed")])
def test_a_gate_is_stale_once_confidence_is_below_a_quarter(days: str, eligibility: str) -> None:
    """Two half-lives of 730 days before the day are 2022-11-24: exactly a quarter at L4, not below it."""
    facts = supplier(row(observed=days))

    assert only_line(document(facts))["eligibility"] == eligibility


@pytest.mark.parametrize(("asked", "eligibility"), [(2, "eligible"), (3, "unconfirmed")])
def test_evidence_below_the_level_asked_leaves_a_gate_unconfirmed(asked: int, eligibility: str) -> None:
    line = only_line(document(supplier(row(level=2)), criteria={"process": {"min_level": asked}}))

    assert line["eligibility"] == eligibility


@pytest.mark.parametrize("mode", ["off", "should", "must"])
def test_process_is_a_gate_whatever_the_requirement_says(mode: str) -> None:
    line = only_line(document(supplier(row(process="machining")), criteria={"process": {"mode": mode}}))

    assert line["criteria"]["process"]["mode"] == "must"
    assert line["unconfirmed"] == ["process"]


def test_a_subcontracted_process_passes_its_gate_with_half_the_value() -> None:
    line = only_line(document(supplier(row(role="subcontracted", process="cnc_turning"))))

    assert line["eligibility"] == "eligible"
    assert line["criteria"]["process"]["value"] == 0.5


def test_materials_count_fully_below_the_required_and_half_above_it() -> None:
    operation = {"id": "o", "process": "turning", "materials": ["steel", "c45"]}
    gates = {"material": {"mode": "must"}}

    def line(*declared: str) -> dict[str, Any]:
        facts = supplier(row(materials=fact(list(declared))))
        return only_line(document(facts, operations=[operation], criteria=gates))

    assert (line("c45")["criteria"]["material"]["value"], line("c45")["eligibility"]) == (1.0, "eligible")
    assert (line("steel")["criteria"]["material"]["value"], line("steel")["eligibility"]) == (0.75, "unconfirmed")


def test_part_size_turns_both_to_fit_and_reaches_zero_at_half_the_room() -> None:
    operation = {"id": "o", "process": "turning", "part_size_mm": [10, 100, 50]}

    def value(*envelope: float) -> float:
        line = only_line(document(supplier(row(envelope_mm=fact(list(envelope)))), operations=[operation]))
        return float(line["criteria"]["part_size"]["value"])

    assert value(50, 10, 100) == 1.0
    assert value(75, 50, 10) == 0.5
    assert value(50, 50, 10) == 0.0


def test_capacity_takes_the_worse_evidence_of_its_two_figures() -> None:
    capacity = fact(2000, level=3) | {"unit": "piece"}
    facts = supplier(row(monthly_capacity=capacity, utilisation_pct=fact(50, level=0, observed="2026-08-25")))
    line = only_line(document(facts, quantity={"value": 2000, "unit": "piece"}))

    assert line["criteria"]["capacity"] == {
        "mode": "should",
        "weight": 2.0,
        "value": 0.5,
        "confidence": 0.3,
        "low": 0.15,
        "high": 0.85,
        "verdict": "near",
    }


@pytest.mark.parametrize(("unit", "verdict"), [("piece", "meets"), ("kg", "unknown"), ("Piece", "unknown")])
def test_capacity_in_another_unit_is_unknown(unit: str, verdict: str) -> None:
    facts = supplier(row(monthly_capacity=fact(10) | {"unit": unit}, utilisation_pct=fact(0)))
    line = only_line(document(facts, quantity={"value": 10, "unit": "piece"}))

    assert line["criteria"]["capacity"]["verdict"] == verdict


def test_steps_follow_one_another_so_a_row_taken_twice_counts_its_days_twice() -> None:
    operations = [{"id": "rough", "process": "turning"}, {"id": "finish", "process": "turning"}]
    facts = supplier(row(lead_time_days=fact(20)))
    line = only_line(document(facts, operations=operations, lead_time_days=30))

    assert line["criteria"]["lead_time"]["value"] == pytest.approx(2 - 40 / 30, abs=1e-6)


def test_an_operation_without_a_row_fails_process_alone_and_has_nothing_to_offer() -> None:
    operations = [
        {"id": "turn", "process": "turning", "tolerance_mm": 0.05},
        {"id": "harden", "process": "hardening", "tolerance_mm": 0.05},
    ]
    gates = {"tolerance": {"mode": "must"}, "lead_time": {"mode": "must"}}
    facts = supplier(row(tolerance_mm=fact(0.05), lead_time_days=fact(10)))
    line = only_line(document(facts, operations=operations, lead_time_days=30, criteria=gates))

    assert (line["eligibility"], line["failed"], line["unconfirmed"]) == ("near_miss", ["process"], ["lead_time"])
    assert line["criteria"]["tolerance"]["value"] == 0.5
    assert (line["criteria"]["tolerance"]["low"], line["criteria"]["tolerance"]["high"]) == (0.5, 0.5)
    assert line["criteria"]["lead_time"]["verdict"] == "unknown"


def test_an_unknown_part_is_left_out_of_the_value_but_not_of_the_interval() -> None:
    operations = [
        {"id": "turn", "process": "cnc_turning", "tolerance_mm": 0.05},
        {"id": "harden", "process": "hardening", "tolerance_mm": 0.05},
    ]
    facts = supplier(row(process="cnc_turning", tolerance_mm=fact(0.05)), row("b", "hardening"))
    criterion = only_line(document(facts, operations=operations))["criteria"]["tolerance"]

    assert (criterion["value"], criterion["low"], criterion["high"]) == (1.0, 0.5, 1.0)
    assert (criterion["confidence"], criterion["verdict"]) == (0.5, "meets")


def chosen(*rows: dict[str, Any], **asked: Any) -> str | None:
    operation = {"id": "o", "process": "turning", "tolerance_mm": 0.05}
    return ranked(document(supplier(*rows), operations=[operation], **asked)).chosen_capability_ids(0)[0]


def test_the_row_with_fewer_gates_in_doubt_is_taken_before_the_better_score() -> None:
    unproven = row("a", tolerance_mm=fact(0.05, level=0), role="core")
    modest = row("b", tolerance_mm=fact(0.05, level=1), role="subcontracted")

    assert chosen(unproven, modest) == "a"
    assert chosen(unproven, modest, criteria={"tolerance": {"mode": "must", "min_level": 1}}) == "b"


def test_rows_that_differ_by_less_than_a_billionth_are_taken_in_order_of_id_as_text() -> None:
    almost = fact(0.05 * (1 + 4e-10))

    assert chosen(row("9", tolerance_mm=fact(0.05)), row("10", tolerance_mm=almost)) == "10"
    assert chosen(row("b", tolerance_mm=almost), row("B", tolerance_mm=fact(0.05))) == "B"


def certificate(standard: str, expires_on: str | None, level: int = 2, **more: str) -> dict[str, Any]:
    return {"standard": standard, "expires_on": expires_on, "level": level, "observed": TODAY} | more


def certified(*items: dict[str, Any], needed_on: str = "2027-01-31", min_level: int = 0) -> dict[str, Any]:
    facts = supplier(row(), certificates={"level": 1, "observed": TODAY, "items": list(items)})
    gates = {"certifications": {"mode": "must", "min_level": min_level}}
    asked = document(facts, certifications=["ISO 9001"], needed_on=needed_on, criteria=gates)
    return only_line(changed(asked, "taxonomy.implies", {"IATF 16949": ["QMS"], "QMS": ["ISO 9001"]}))


@pytest.mark.parametrize(
    ("item", "held"),
    [
        (certificate("ISO 9001", "2027-01-31"), True),
        (certificate("ISO 9001", "2027-01-30"), False),
        (certificate("ISO 9001", "none"), True),
        (certificate("ISO 9001", None), False),
        (certificate("ISO 9001", "2028-01-01", valid_from="2027-01-31"), True),
        (certificate("ISO 9001", "2028-01-01", valid_from="2027-02-01"), False),
        (certificate("ISO 9001", "none", valid_from="2027-02-01"), False),
        (certificate("IATF 16949", "2027-01-31"), True),
        (certificate("ISO 14001", "2027-01-31"), False),
        (certificate("iso 9001", "2027-01-31"), False),
    ],
)
def test_a_standard_is_held_by_what_proves_it_on_the_day_it_is_needed(item: dict[str, Any], held: bool) -> None:
    line = certified(item)

    assert line["eligibility"] == ("eligible" if held else "near_miss")
    expected = (1.0, 0.9, 1.0) if held else (0.0, 0.0, 0.25)
    criterion = line["criteria"]["certifications"]
    assert (criterion["value"], criterion["low"], criterion["high"]) == expected


def test_a_standard_is_held_at_the_best_level_that_proves_it() -> None:
    items = [certificate("ISO 9001", "none", level=0), certificate("IATF 16949", "none", level=3)]

    assert certified(*items, min_level=3)["eligibility"] == "eligible"
    assert certified(*items, min_level=4)["unconfirmed"] == ["certifications"]


def test_certificates_never_filled_in_are_unknown_and_none_is_known() -> None:
    blank = only_line(document(supplier(row()), certifications=["ISO 9001"]))["criteria"]["certifications"]
    none = certified()["criteria"]["certifications"]

    assert (blank["value"], blank["low"], blank["high"], blank["verdict"]) == (None, 0.0, 1.0, "unknown")
    assert (none["value"], none["low"], none["high"], none["verdict"]) == (0.0, 0.0, 0.25, "below")


@pytest.mark.parametrize(
    ("good", "share", "state"),
    [(1000, 0.9, "eligible"), (19, 0.99, "unconfirmed"), (10, 0.9, "near_miss"), (0, 0.01, "unconfirmed")],
)
def test_a_track_record_passes_or_fails_only_when_its_interval_does(good: int, share: float, state: str) -> None:
    record = {"deliveries": max(good, 20), "good": good}
    gates = {"track_record": {"mode": "must"}}
    line = only_line(document(supplier(row(), track_record=record), track_record_share=share, criteria=gates))

    assert line["eligibility"] == state


def test_a_track_record_has_wilsons_interval() -> None:
    """For 8 of 10 the 95 % interval is 0.490162 to 0.943318."""
    line = only_line(document(supplier(row(), track_record={"deliveries": 10, "good": 8}), track_record_share=1))

    criterion = line["criteria"]["track_record"]
    assert (criterion["value"], criterion["low"], criterion["high"]) == (0.8, 0.490162, 0.943318)


def test_no_delivery_is_unknown() -> None:
    line = only_line(document(supplier(row(), track_record={"deliveries": 0, "good": 0}), track_record_share=0.5))

    assert line["criteria"]["track_record"]["value"] is None


def test_distance_counts_from_the_nearest_chosen_site_along_the_great_circle() -> None:
    """One degree of latitude is 6371.0088 × π ÷ 180 = 111.195080 km."""
    sites = [{"id": "s", "lat": 22, "lon": 105}, {"id": "near but idle", "lat": 21, "lon": 105}]
    plant = {"lat": 21, "lon": 105}
    line = only_line(document(supplier(row(), sites=sites), plant=plant, near_km=0, far_km=200))

    assert line["criteria"]["distance"]["value"] == rounded(1 - 6371.0088 * math.pi / 180 / 200)


def test_a_distance_gate_means_within_near() -> None:
    plant, gate = {"lat": 21, "lon": 105}, {"distance": {"mode": "must"}}
    facts = supplier(row(), sites=[{"id": "s", "lat": 22, "lon": 105}])

    def eligibility(near_km: float) -> str:
        asked = document(facts, plant=plant, near_km=near_km, criteria=gate)
        return str(only_line(asked)["eligibility"])

    assert [eligibility(111.195), eligibility(111.1951)] == ["near_miss", "eligible"]


@pytest.mark.parametrize(
    ("home", "province", "value"),
    [
        ("HP", "HP", 1.0),
        ("HP", "HN", 1.0),
        ("HP", "DN", 0.0),
        ("XX", "XX", 1.0),
        ("HP", None, None),
        (None, "HP", None),
    ],
)
def test_a_corridor_joins_its_provinces(home: str | None, province: str | None, value: float | None) -> None:
    facts = supplier(row(), sites=[{"id": "s", "province": province}])
    asked = document(facts, plant={"province": home}, criteria={"corridor": {}})
    line = only_line(changed(asked, "taxonomy.corridors", {"north_east": ["HN", "HP"], "centre": ["DN"]}))

    assert line["criteria"]["corridor"]["value"] == value


def test_ties_are_broken_by_supplier_id_as_text() -> None:
    suppliers = [supplier(row(), supplier_id=name) for name in ("s9", "s10", "S", "ş", "s")]

    assert ranked(document(*suppliers)).supplier_ids == ("S", "s", "s10", "s9", "ş")


def test_weights_beyond_the_largest_float_together_still_average() -> None:
    operation = {"id": "o", "process": "turning", "tolerance_mm": 0.05}
    heavy = {"process": {"weight": 1e308}, "tolerance": {"weight": 1e308}}
    facts = document(supplier(row(tolerance_mm=fact(0.075))), operations=[operation], criteria=heavy)

    assert only_line(facts)["score"] == 0.75
    assert only_line(facts)["criteria"]["process"]["weight"] == 1e308


def test_zero_is_never_printed_with_a_minus() -> None:
    facts = supplier(row(), export_share_pct=fact(-0.0))
    line = only_line(document(facts, export_share_pct=10))

    assert "-0.0" not in str(line)


@pytest.mark.parametrize("digits", [6, 9])
def test_rounding_many_values_agrees_with_rounding_one(digits: int) -> None:
    halves = [(2 * step + 1) / (2 * 10**digits) for step in range(2000)] + [0.0234375, 0.0, 1.0, 1 - 2**-53]

    units = decimal_units(np.array(halves), digits)

    assert [unit / 10**digits for unit in units.tolist()] == [round(value, digits) for value in halves]


def record(**changes: Any) -> SupplierRecord:
    capability = CapabilityRecord(
        id="a", site="s", process="turning", role="core", level=4, observed=date(2026, 11, 23)
    )
    return SupplierRecord(**{"id": "one", "sites": (SiteRecord(id="s"),), "capabilities": (capability,)} | changes)


def test_records_that_never_were_a_file_are_ranked_the_same() -> None:
    taxonomy = Taxonomy(processes=PROCESSES)
    requirement = Requirement(id="r", operations=(Operation(id="o", process="turning"),))

    ranking = rank(requirement, build_columns([record()], taxonomy), taxonomy, date(2026, 11, 23))

    assert ranking.results() == ranked(document(supplier(row()))).results()


def test_columns_refuse_a_supplier_listed_twice_and_a_code_outside_the_taxonomy() -> None:
    with pytest.raises(FactsError, match="occurs twice"):
        build_columns([record(), record()], Taxonomy(processes=PROCESSES))
    with pytest.raises(FactsError, match="'turning': is not in the taxonomy"):
        build_columns([record()], Taxonomy())


def test_a_requirement_whose_weights_sum_to_zero_is_refused_wherever_it_comes_from() -> None:
    taxonomy = Taxonomy(processes=PROCESSES)
    requirement = Requirement(
        id="r",
        operations=(Operation(id="o", process="turning"),),
        criteria={"process": CriterionSetting(weight=0)},
    )

    with pytest.raises(FactsError, match=r"^requirement\.criteria: "):
        rank(requirement, build_columns([record()], taxonomy), taxonomy, date(2026, 11, 23))


def test_no_supplier_at_all_is_an_empty_ranking() -> None:
    ranking = ranked(document())

    assert ranking.results() == []
    assert ranking.counts == {"eligible": 0, "unconfirmed": 0, "near_miss": 0}


def test_a_chain_of_a_hundred_thousand_processes_is_no_recursion() -> None:
    facts = stored("worked_example")
    chain = {f"p{depth}": f"p{depth - 1}" if depth else None for depth in range(100_000)}
    facts["taxonomy"]["processes"] |= chain
    changed(facts, "requirement.operations.0.process", "p99999")
    changed(facts, "suppliers.0.capabilities.0.process", "p0")

    assert ranked(facts).unconfirmed(0) == ["process"]
