"""Odd facts that the contract allows are read, and mean what it says."""

import pytest

from matchmaking.engine.facts import parse_facts
from tests.unit.engine.changes import ABSENT, changed, ranked, stored

ROW = "suppliers.0.capabilities.0"
ITEM = "suppliers.0.certificates.items.0"
DAY = "2026-10-01"


def fact(value: object) -> dict[str, object]:
    return {"value": value, "level": 0, "observed": DAY}


ODD: list[tuple[str, object]] = [
    ("suppliers", ABSENT),
    ("suppliers", None),
    ("suppliers", []),
    ("taxonomy.implies", None),
    ("taxonomy.corridors", ABSENT),
    ("taxonomy.corridors.empty", None),
    ("taxonomy.implies.diamond", ["IATF 16949", "ISO 9001"]),
    ("taxonomy.implies.repeated", ["ISO 9001", "ISO 9001"]),
    ("taxonomy.processes.a/b c\u0000", None),
    ("requirement.id", ""),
    ("requirement.id", "yêu cầu 要件"),
    ("requirement.plant", None),
    ("requirement.plant", {}),
    ("requirement.plant.province", None),
    ("requirement.plant.province", "Nowhere"),
    ("requirement.plant.lat", -90),
    ("requirement.plant.lon", 180.0),
    ("requirement.needed_on", None),
    ("requirement.needed_on", "2020-02-29"),
    ("requirement.quantity", None),
    ("requirement.quantity", {}),
    ("requirement.quantity.unit", ABSENT),
    ("requirement.quantity.unit", " "),
    ("requirement.operations.1.id", "turn"),
    ("requirement.operations.0.materials", []),
    ("requirement.operations.0.materials", ["c45", "c45"]),
    ("requirement.operations.0.part_size_mm", []),
    ("requirement.operations.0.part_size_mm", None),
    ("requirement.operations.0.tolerance_mm", 5e-324),
    ("requirement.operations.0.tolerance_mm", 10**300),
    ("requirement.operations", [{"id": str(i), "process": "turning"} for i in range(50)]),
    ("requirement.certifications", [str(code) for code in range(200)]),
    ("requirement.certifications", []),
    ("requirement.languages", [""]),
    ("requirement.export_share_pct", 100),
    ("requirement.track_record_share", 1),
    ("requirement.near_km", 0),
    ("requirement.near_km", 399.999),
    ("requirement.far_km", 1e308),
    ("requirement.criteria", None),
    ("requirement.criteria.tolerance", None),
    ("requirement.criteria.tolerance", {}),
    ("requirement.criteria.languages", {"mode": None, "weight": None, "min_level": None}),
    ("requirement.criteria.tolerance.min_level", 2.0),
    ("requirement.criteria.tolerance.weight", 1e308),
    ("requirement.criteria.process.mode", "off"),
    ("suppliers.0.id", ""),
    ("suppliers.1.sites", None),
    ("suppliers.1.capabilities", []),
    ("suppliers.0.sites.1.province", None),
    ("suppliers.0.certificates", None),
    ("suppliers.0.certificates.items", None),
    (f"{ITEM}.standard", None),
    (f"{ITEM}.expires_on", None),
    (f"{ITEM}.expires_on", "2024-05-01"),
    (f"{ITEM}.valid_from", "2027-04-30"),
    ("suppliers.0.languages", None),
    ("suppliers.0.languages.value", []),
    ("suppliers.0.export_share_pct.value", 0),
    ("suppliers.0.export_share_pct.value", -0.0),
    ("suppliers.0.track_record", {}),
    ("suppliers.0.track_record", {"deliveries": 0, "good": 0}),
    ("suppliers.0.track_record", {"deliveries": 2.5, "good": 2.5}),
    ("suppliers.0.track_record", {"deliveries": None, "good": 3}),
    (f"{ROW}.level", 2.0),
    (f"{ROW}.observed", "0001-01-01"),
    (f"{ROW}.observed", "2026-11-23"),
    (f"{ROW}.tolerance_mm", fact(0)),
    (f"{ROW}.tolerance_mm", fact(None)),
    (f"{ROW}.tolerance_mm", {"level": 0, "observed": DAY}),
    (f"{ROW}.tolerance_mm", fact(1e308)),
    (f"{ROW}.materials", fact([])),
    (f"{ROW}.materials", fact(["c45"] * 200)),
    (f"{ROW}.envelope_mm", fact([])),
    (f"{ROW}.envelope_mm", fact([0, 0, 0])),
    (f"{ROW}.envelope_mm", fact([1e308, 1e308, 1e308])),
    (f"{ROW}.monthly_capacity", fact(0) | {"unit": "cái"}),
    (f"{ROW}.monthly_capacity", fact(5)),
    (f"{ROW}.utilisation_pct", fact(0)),
    (f"{ROW}.utilisation_pct", fact(100)),
]


@pytest.mark.parametrize(("path", "value"), ODD, ids=[f"{row}-{path}" for row, (path, _) in enumerate(ODD)])
def test_odd_facts_are_read_and_ranked(path: str, value: object) -> None:
    document = changed(stored("everything"), path, value)

    lines = ranked(document).results()

    expected = 1 if document.get("suppliers") else 0
    assert len(lines) == expected
    assert all(0 <= line["score"] <= line["potential"] <= 1 for line in lines)


def test_a_supplier_without_a_candidate_row_is_not_listed() -> None:
    assert ranked(stored("everything")).supplier_ids == ("sup_1",)


@pytest.mark.parametrize("path", ["requirement.needed_on", "requirement.near_km", "requirement.criteria.moq"])
def test_null_means_the_same_as_absent(path: str) -> None:
    without = ranked(changed(stored("everything"), path, ABSENT)).results()

    assert ranked(changed(stored("everything"), path, None)).results() == without


def test_a_corridor_setting_of_null_does_not_ask_for_the_corridor() -> None:
    asked = ranked(stored("everything"))
    not_asked = ranked(changed(stored("everything"), "requirement.criteria.corridor", None))

    assert "corridor" in asked.criteria
    assert "corridor" not in not_asked.criteria


def test_whole_numbers_and_levels_written_as_floats_are_the_same_facts() -> None:
    written_as_floats = changed(stored("everything"), f"{ROW}.level", 2.0)

    assert parse_facts(written_as_floats) == parse_facts(stored("everything"))
