"""Bad facts are refused, and the message names the field."""

import json
from typing import Any

import pytest

from matchmaking.engine.errors import FactsError
from matchmaking.engine.facts import load, parse_facts
from tests.unit.engine.changes import ABSENT, changed, stored

ROW = "suppliers.0.capabilities.0"
ROW_FIELD = "suppliers[0].capabilities[0]"
ITEM = "suppliers.0.certificates.items.0"
ITEM_FIELD = "suppliers[0].certificates.items[0]"
DAY = "2026-10-01"
SITE = {"id": "hanoi"}
CYCLE = {"machining": "cnc_turning", "turning": "machining", "cnc_turning": "turning", "heat_treatment": None}


def fact(value: object, level: object = 0, observed: object = DAY) -> dict[str, object]:
    return {"value": value, "level": level, "observed": observed}


BAD: list[tuple[str, object, str]] = [
    # the document
    ("extra", 1, "extra"),
    ("as_of", ABSENT, "as_of"),
    ("as_of", None, "as_of"),
    ("as_of", 20261123, "as_of"),
    ("as_of", "2026-11-31", "as_of"),
    ("as_of", "20261123", "as_of"),
    ("as_of", "2026-W47-1", "as_of"),
    ("as_of", "2026-11-23T00:00:00", "as_of"),
    ("as_of", "2026-11-3", "as_of"),
    ("as_of", " 2026-11-23", "as_of"),
    ("as_of", "2026-11-23\n", "as_of"),
    ("as_of", "２０２６-11-23", "as_of"),
    ("as_of", "0000-01-01", "as_of"),
    ("suppliers", {}, "suppliers"),
    ("suppliers", "none", "suppliers"),
    ("requirement", None, "requirement"),
    ("requirement", [], "requirement"),
    # the taxonomy
    ("taxonomy", [], "taxonomy"),
    ("taxonomy.standards", {}, "taxonomy.standards"),
    ("taxonomy.processes", [], "taxonomy.processes"),
    ("taxonomy.processes.turning", "nothing", "taxonomy.processes.turning"),
    ("taxonomy.processes.turning", 1, "taxonomy.processes.turning"),
    ("taxonomy.processes.turning", "turning", "taxonomy.processes.turning"),
    ("taxonomy.processes", CYCLE, "taxonomy.processes.cnc_turning"),
    ("taxonomy.materials.steel", "c45", "taxonomy.materials.c45"),
    ("taxonomy.materials.c45", "gold", "taxonomy.materials.c45"),
    ("taxonomy.implies.IATF 16949", ["IATF 16949"], "taxonomy.implies['IATF 16949']"),
    ("taxonomy.implies", {"a": ["b"], "b": ["c"], "c": ["a"]}, "taxonomy.implies.a"),
    ("taxonomy.implies.a", "b", "taxonomy.implies.a"),
    ("taxonomy.implies.a", [None], "taxonomy.implies.a[0]"),
    ("taxonomy.implies.a", [str(code) for code in range(201)], "taxonomy.implies.a"),
    ("taxonomy.corridors.north_east", "HN", "taxonomy.corridors.north_east"),
    ("taxonomy.corridors.north_east", [24], "taxonomy.corridors.north_east[0]"),
    # the requirement
    ("requirement.title", "Shaft", "requirement.title"),
    ("requirement.id", ABSENT, "requirement.id"),
    ("requirement.id", 7, "requirement.id"),
    ("requirement.operations", ABSENT, "requirement.operations"),
    ("requirement.operations", [], "requirement.operations"),
    ("requirement.operations", {}, "requirement.operations"),
    ("requirement.operations", [{"id": str(i), "process": "turning"} for i in range(51)], "requirement.operations"),
    ("requirement.operations.0", "turning", "requirement.operations[0]"),
    ("requirement.operations.0.id", ABSENT, "requirement.operations[0].id"),
    ("requirement.operations.0.process", ABSENT, "requirement.operations[0].process"),
    ("requirement.operations.0.process", "welding", "requirement.operations[0].process"),
    ("requirement.operations.0.process", ["turning"], "requirement.operations[0].process"),
    ("requirement.operations.0.tolerance", 0.1, "requirement.operations[0].tolerance"),
    ("requirement.operations.0.materials", ["wood"], "requirement.operations[0].materials[0]"),
    ("requirement.operations.0.materials", "c45", "requirement.operations[0].materials"),
    ("requirement.operations.0.materials", ["c45"] * 201, "requirement.operations[0].materials"),
    ("requirement.operations.0.tolerance_mm", 0, "requirement.operations[0].tolerance_mm"),
    ("requirement.operations.0.tolerance_mm", -0.02, "requirement.operations[0].tolerance_mm"),
    ("requirement.operations.0.tolerance_mm", "0.02", "requirement.operations[0].tolerance_mm"),
    ("requirement.operations.0.tolerance_mm", True, "requirement.operations[0].tolerance_mm"),
    ("requirement.operations.0.tolerance_mm", float("nan"), "requirement.operations[0].tolerance_mm"),
    ("requirement.operations.0.roughness_um", float("inf"), "requirement.operations[0].roughness_um"),
    ("requirement.operations.0.roughness_um", 10**400, "requirement.operations[0].roughness_um"),
    ("requirement.operations.0.part_mass_kg", 0.0, "requirement.operations[0].part_mass_kg"),
    ("requirement.operations.0.part_size_mm", [1, 2], "requirement.operations[0].part_size_mm"),
    ("requirement.operations.0.part_size_mm", [1, 2, 3, 4], "requirement.operations[0].part_size_mm"),
    ("requirement.operations.0.part_size_mm", [1, 0, 3], "requirement.operations[0].part_size_mm[1]"),
    ("requirement.operations.0.part_size_mm", 10, "requirement.operations[0].part_size_mm"),
    ("requirement.quantity", 5000, "requirement.quantity"),
    ("requirement.quantity.value", 0, "requirement.quantity.value"),
    ("requirement.quantity.unit", "", "requirement.quantity.unit"),
    ("requirement.quantity.unit", 1, "requirement.quantity.unit"),
    ("requirement.quantity.per", "month", "requirement.quantity.per"),
    ("requirement.lead_time_days", 0, "requirement.lead_time_days"),
    ("requirement.lead_time_days", [30], "requirement.lead_time_days"),
    ("requirement.moq", -1, "requirement.moq"),
    ("requirement.needed_on", "next year", "requirement.needed_on"),
    ("requirement.needed_on", "", "requirement.needed_on"),
    ("requirement.certifications", "ISO 9001", "requirement.certifications"),
    ("requirement.certifications", [9001], "requirement.certifications[0]"),
    ("requirement.certifications", [str(code) for code in range(201)], "requirement.certifications"),
    ("requirement.certifications_preferred", [["x"]], "requirement.certifications_preferred[0]"),
    ("requirement.languages", [None], "requirement.languages[0]"),
    ("requirement.languages", [str(code) for code in range(201)], "requirement.languages"),
    ("requirement.export_share_pct", 0, "requirement.export_share_pct"),
    ("requirement.export_share_pct", 100.1, "requirement.export_share_pct"),
    ("requirement.track_record_share", 0, "requirement.track_record_share"),
    ("requirement.track_record_share", 1.01, "requirement.track_record_share"),
    ("requirement.track_record_share", 90, "requirement.track_record_share"),
    ("requirement.near_km", -1, "requirement.near_km"),
    ("requirement.near_km", 400, "requirement.near_km"),
    ("requirement.far_km", 60.0, "requirement.near_km"),
    ("requirement.far_km", -5, "requirement.far_km"),
    ("requirement.plant", "Hải Phòng", "requirement.plant"),
    ("requirement.plant.country", "VN", "requirement.plant.country"),
    ("requirement.plant.lon", ABSENT, "requirement.plant.lon"),
    ("requirement.plant.lat", None, "requirement.plant.lat"),
    ("requirement.plant.lat", 90.001, "requirement.plant.lat"),
    ("requirement.plant.lon", -180.5, "requirement.plant.lon"),
    ("requirement.plant.province", 31, "requirement.plant.province"),
    ("requirement.criteria", [], "requirement.criteria"),
    ("requirement.criteria.price", {}, "requirement.criteria.price"),
    ("requirement.criteria.moq", "off", "requirement.criteria.moq"),
    ("requirement.criteria.moq.mode", "Must", "requirement.criteria.moq.mode"),
    ("requirement.criteria.moq.mode", ["must"], "requirement.criteria.moq.mode"),
    ("requirement.criteria.moq.importance", 1, "requirement.criteria.moq.importance"),
    ("requirement.criteria.moq.weight", -1, "requirement.criteria.moq.weight"),
    ("requirement.criteria.moq.weight", float("inf"), "requirement.criteria.moq.weight"),
    ("requirement.criteria.moq.weight", "1", "requirement.criteria.moq.weight"),
    ("requirement.criteria.tolerance.min_level", 5, "requirement.criteria.tolerance.min_level"),
    ("requirement.criteria.tolerance.min_level", -1, "requirement.criteria.tolerance.min_level"),
    ("requirement.criteria.tolerance.min_level", 1.5, "requirement.criteria.tolerance.min_level"),
    ("requirement.criteria.tolerance.min_level", True, "requirement.criteria.tolerance.min_level"),
    # suppliers
    ("suppliers.0", None, "suppliers[0]"),
    ("suppliers.0.name", "Cơ khí (demo)", "suppliers[0].name"),
    ("suppliers.0.id", ABSENT, "suppliers[0].id"),
    ("suppliers.0.id", None, "suppliers[0].id"),
    ("suppliers.0.id", 1, "suppliers[0].id"),
    ("suppliers.1.id", "sup_1", "suppliers[1].id"),
    ("suppliers.1.id", "\ud800", "suppliers[1].id"),
    ("suppliers.0.sites", ABSENT, "suppliers[0].capabilities[0].site"),
    ("suppliers.0.sites.2", SITE, "suppliers[0].sites[2].id"),
    ("suppliers.0.sites.0.id", ABSENT, "suppliers[0].sites[0].id"),
    ("suppliers.0.sites.0.lat", None, "suppliers[0].sites[0].lat"),
    ("suppliers.0.sites.0.lat", -91, "suppliers[0].sites[0].lat"),
    ("suppliers.0.sites.0.lon", 181, "suppliers[0].sites[0].lon"),
    ("suppliers.0.sites.0.lon", "105", "suppliers[0].sites[0].lon"),
    ("suppliers.0.sites.0.city", "Hanoi", "suppliers[0].sites[0].city"),
    ("suppliers.0.certificates", [], "suppliers[0].certificates"),
    ("suppliers.0.certificates.level", ABSENT, "suppliers[0].certificates.level"),
    ("suppliers.0.certificates.observed", "2026-11-24", "suppliers[0].certificates.observed"),
    ("suppliers.0.certificates.items", {}, "suppliers[0].certificates.items"),
    (f"{ITEM}.number", "123", f"{ITEM_FIELD}.number"),
    (f"{ITEM}.level", None, f"{ITEM_FIELD}.level"),
    (f"{ITEM}.observed", ABSENT, f"{ITEM_FIELD}.observed"),
    (f"{ITEM}.observed", "2026-11-24", f"{ITEM_FIELD}.observed"),
    (f"{ITEM}.standard", 9001, f"{ITEM_FIELD}.standard"),
    (f"{ITEM}.expires_on", "2024-04-30", f"{ITEM_FIELD}.expires_on"),
    (f"{ITEM}.expires_on", "None", f"{ITEM_FIELD}.expires_on"),
    (f"{ITEM}.expires_on", "", f"{ITEM_FIELD}.expires_on"),
    (f"{ITEM}.valid_from", "none", f"{ITEM_FIELD}.valid_from"),
    ("suppliers.0.languages", ["vi"], "suppliers[0].languages"),
    ("suppliers.0.languages.value", "vi", "suppliers[0].languages.value"),
    ("suppliers.0.languages.value", [str(code) for code in range(201)], "suppliers[0].languages.value"),
    ("suppliers.0.export_share_pct.value", 100.5, "suppliers[0].export_share_pct.value"),
    ("suppliers.0.export_share_pct.value", -1, "suppliers[0].export_share_pct.value"),
    ("suppliers.0.track_record.good", 41, "suppliers[0].track_record.good"),
    ("suppliers.0.track_record", {"deliveries": 10**17, "good": 10**17 + 1}, "suppliers[0].track_record.good"),
    ("suppliers.0.track_record.deliveries", -1, "suppliers[0].track_record.deliveries"),
    ("suppliers.0.track_record.bad", 1, "suppliers[0].track_record.bad"),
    # capabilities
    ("suppliers.0.capabilities", {}, "suppliers[0].capabilities"),
    (f"{ROW}.id", ABSENT, f"{ROW_FIELD}.id"),
    ("suppliers.0.capabilities.1.id", "lathe", "suppliers[0].capabilities[1].id"),
    (f"{ROW}.site", ABSENT, f"{ROW_FIELD}.site"),
    (f"{ROW}.site", "saigon", f"{ROW_FIELD}.site"),
    (f"{ROW}.process", None, f"{ROW_FIELD}.process"),
    (f"{ROW}.process", "welding", f"{ROW_FIELD}.process"),
    (f"{ROW}.role", ABSENT, f"{ROW_FIELD}.role"),
    (f"{ROW}.role", "main", f"{ROW_FIELD}.role"),
    (f"{ROW}.level", ABSENT, f"{ROW_FIELD}.level"),
    (f"{ROW}.level", "2", f"{ROW_FIELD}.level"),
    (f"{ROW}.observed", "2026-11-24", f"{ROW_FIELD}.observed"),
    (f"{ROW}.sizes", None, f"{ROW_FIELD}.sizes"),
    (f"{ROW}.materials", fact(["wood"]), f"{ROW_FIELD}.materials.value[0]"),
    (f"{ROW}.materials", fact("c45"), f"{ROW_FIELD}.materials.value"),
    (f"{ROW}.materials", fact(["c45"] * 201), f"{ROW_FIELD}.materials.value"),
    (f"{ROW}.tolerance_mm", 0.01, f"{ROW_FIELD}.tolerance_mm"),
    (f"{ROW}.tolerance_mm", fact(-0.01), f"{ROW_FIELD}.tolerance_mm.value"),
    (f"{ROW}.tolerance_mm", fact("0.01"), f"{ROW_FIELD}.tolerance_mm.value"),
    (f"{ROW}.tolerance_mm", fact(True), f"{ROW_FIELD}.tolerance_mm.value"),
    (f"{ROW}.tolerance_mm", fact(0.01, level=5), f"{ROW_FIELD}.tolerance_mm.level"),
    (f"{ROW}.tolerance_mm", fact(0.01, level=True), f"{ROW_FIELD}.tolerance_mm.level"),
    (f"{ROW}.tolerance_mm", fact(0.01, level="L2"), f"{ROW_FIELD}.tolerance_mm.level"),
    (f"{ROW}.tolerance_mm", fact(None, level=None), f"{ROW_FIELD}.tolerance_mm.level"),
    (f"{ROW}.tolerance_mm", fact(0.01, observed=None), f"{ROW_FIELD}.tolerance_mm.observed"),
    (f"{ROW}.tolerance_mm", fact(0.01, observed="2026-11-24"), f"{ROW_FIELD}.tolerance_mm.observed"),
    (f"{ROW}.tolerance_mm", fact(0.01) | {"unit": "mm"}, f"{ROW_FIELD}.tolerance_mm.unit"),
    (f"{ROW}.tolerance_mm", {}, f"{ROW_FIELD}.tolerance_mm.level"),
    (f"{ROW}.envelope_mm", fact([1, 2]), f"{ROW_FIELD}.envelope_mm.value"),
    (f"{ROW}.envelope_mm", fact([1, 2, -3]), f"{ROW_FIELD}.envelope_mm.value[2]"),
    (f"{ROW}.envelope_mm", fact([1, 2, None]), f"{ROW_FIELD}.envelope_mm.value[2]"),
    (f"{ROW}.monthly_capacity", fact(5) | {"unit": ""}, f"{ROW_FIELD}.monthly_capacity.unit"),
    (f"{ROW}.monthly_capacity", fact(-5) | {"unit": "piece"}, f"{ROW_FIELD}.monthly_capacity.value"),
    (f"{ROW}.utilisation_pct", fact(101), f"{ROW_FIELD}.utilisation_pct.value"),
    (f"{ROW}.utilisation_pct", fact(-0.1), f"{ROW_FIELD}.utilisation_pct.value"),
    (f"{ROW}.lead_time_days", fact(float("-inf")), f"{ROW_FIELD}.lead_time_days.value"),
    (f"{ROW}.moq", fact([1]), f"{ROW_FIELD}.moq.value"),
]


@pytest.mark.parametrize(("path", "value", "field"), BAD, ids=[f"{row}-{path}" for row, (path, *_) in enumerate(BAD)])
def test_a_bad_field_is_refused_by_its_name(path: str, value: object, field: str) -> None:
    with pytest.raises(FactsError) as refusal:
        parse_facts(changed(stored("everything"), path, value))

    assert refusal.value.field == field


def test_the_document_that_the_bad_ones_are_made_from_is_good() -> None:
    assert [supplier.id for supplier in parse_facts(stored("everything")).suppliers] == ["sup_1", "sup_2"]


@pytest.mark.parametrize("document", [None, [], "facts", 3, True])
def test_a_document_that_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(FactsError, match=r"^document: must be an object$"):
        parse_facts(document)


def test_weights_that_sum_to_zero_are_refused() -> None:
    document = stored("worked_example")
    document["requirement"]["criteria"] = {
        "process": {"weight": 0},
        "tolerance": {"weight": 0},
        "lead_time": {"mode": "off", "weight": 5},
        "languages": {"weight": 5},
    }

    with pytest.raises(FactsError, match=r"^requirement\.criteria: "):
        parse_facts(document)


def test_near_without_far_is_measured_against_the_usual_far() -> None:
    document = changed(stored("worked_example"), "requirement.near_km", 500)

    with pytest.raises(FactsError, match=r"^requirement\.near_km: "):
        parse_facts(document)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 01}',
        b"\xff\xfe{\x00}\x00",
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"{} {}",
        b'{"a": -Infinityx}',
    ],
    ids=range(13),
)
def test_what_is_not_json_is_refused(source: bytes) -> None:
    with pytest.raises(FactsError, match=r"^document: not JSON"):
        load(source)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" + "0" * 309, "9" * 5000])
def test_numbers_that_are_not_finite_are_refused_by_their_field(number: str) -> None:
    text = json.dumps(stored("worked_example")).replace('"lead_time_days": 30', f'"lead_time_days": {number}')

    with pytest.raises(FactsError, match=r"^requirement\.lead_time_days: must be a finite number$"):
        parse_facts(load(text))


def test_a_key_given_twice_is_refused_by_its_name() -> None:
    document = load('{"as_of": "2026-11-23", "requirement": {"id": "r", "moq": 5, "moq": 6}}')

    with pytest.raises(FactsError, match=r"^requirement\.moq: is given twice$"):
        parse_facts(document)
