"""One form for what is asked, whether it is stored or not."""

from datetime import date

import pytest

from buyers import services
from buyers.content import (
    CriterionContent,
    OperationContent,
    PlantContent,
    RequirementContent,
    content_from,
    content_of,
)
from buyers.models import Requirement
from config.errors import InvalidFactError
from tests.factories.buyers import PlantFactory, buyer_member, process, verified_buyer
from tests.factories.taxonomy import (
    IndustrialParkFactory,
    MaterialFactory,
    OldProvinceFactory,
    ProvinceFactory,
    StandardFactory,
)

pytestmark = pytest.mark.django_db

TURNING = {"operations": [{"process": "MACH.CNC_TURN"}]}


def test_a_stored_requirement_and_the_body_it_came_from_ask_the_same() -> None:
    buyer = verified_buyer()
    plant = PlantFactory.create(buyer=buyer, province=ProvinceFactory.create(code="24"))
    process("MACH.CNC_TURN")
    process("HEAT")
    for code in ("C45", "SUS304"):
        MaterialFactory.create(code=code)
    for code in ("ISO9001", "ISO14001"):
        StandardFactory.create(code=code)
    values = {
        "title": "Shaft",
        "plant": plant,
        "operations": [
            {
                "process": "MACH.CNC_TURN",
                "materials": ["SUS304", "C45", "SUS304"],
                "tolerance_mm": 0.02,
                "part_size_mm": [120.0, 30.0, 30.0],
            },
            {"process": "HEAT", "part_mass_kg": 2.5, "roughness_um": 0.8},
        ],
        "monthly_quantity": 5000.0,
        "quantity_unit": "pcs",
        "needed_on": date(2027, 3, 1),
        "lead_time_days": 30.0,
        "moq": 500.0,
        "standards_required": ["ISO9001"],
        "standards_preferred": ["ISO14001"],
        "languages": ["en", "ja"],
        "export_share_pct": 20.0,
        "track_record_share": 0.95,
        "near_km": 10.0,
        "far_km": 200.0,
        "criteria": {"tolerance": {"mode": "must", "min_level": 2}, "corridor": {"weight": 0.5}},
    }

    stored = services.create_requirement(values=values, by=buyer_member(buyer))

    expected = RequirementContent(
        id=stored.public_id,
        plant=PlantContent(latitude=21.1, longitude=105.8, province_key="2025:24"),
        needed_on=date(2027, 3, 1),
        monthly_quantity=5000.0,
        quantity_unit="pcs",
        operations=(
            OperationContent(
                id="1",
                process="MACH.CNC_TURN",
                materials=("C45", "SUS304"),
                tolerance_mm=0.02,
                part_size_mm=(120.0, 30.0, 30.0),
            ),
            OperationContent(id="2", process="HEAT", part_mass_kg=2.5, roughness_um=0.8),
        ),
        lead_time_days=30.0,
        moq=500.0,
        standards_required=("ISO9001",),
        standards_preferred=("ISO14001",),
        languages=("en", "ja"),
        export_share_pct=20.0,
        track_record_share=0.95,
        near_km=10.0,
        far_km=200.0,
        criteria={
            "corridor": CriterionContent(mode="should", weight=0.5, min_level=0),
            "tolerance": CriterionContent(mode="must", weight=None, min_level=2),
        },
    )
    assert content_of(stored) == expected
    assert content_of(Requirement.objects.with_content().get(pk=stored.pk)) == expected
    assert content_from(values, public_id=stored.public_id) == expected


def test_what_is_absent_is_not_asked_and_distances_have_defaults() -> None:
    content = content_from(TURNING)

    assert content.asked() == {"process"}
    assert (content.id, content.plant, content.near_km, content.far_km) == (None, None, 50.0, 500.0)


def test_a_plant_takes_what_it_lacks_from_its_park_and_keeps_the_old_province() -> None:
    province = ProvinceFactory.create(code="24")
    old = OldProvinceFactory.create(code="27", successor=province)
    park = IndustrialParkFactory.create(province=province, old_province=old, latitude=21.2, longitude=106.1)
    in_park = PlantFactory.create(park=park, latitude=None, longitude=None)
    own = PlantFactory.create(park=park, province=province)

    assert content_from({**TURNING, "plant": in_park}).plant == PlantContent(
        latitude=21.2, longitude=106.1, province_key="2004:27"
    )
    assert content_from({**TURNING, "plant": own}).plant == PlantContent(
        latitude=21.1, longitude=105.8, province_key="2025:24"
    )


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({}, "/operations", "no_operations"),
        ({"operations": [{"process": "X"}] * 51}, "/operations", "max_length"),
        ({**TURNING, "near_km": 500.0}, "/near_km", "near_not_below_far"),
        ({**TURNING, "near_km": 50.0, "far_km": 50.0}, "/near_km", "near_not_below_far"),
        ({**TURNING, "monthly_quantity": 1.0}, "/quantity_unit", "required"),
        ({**TURNING, "criteria": {"process": {"weight": 0.0}}}, "/criteria", "weights_sum_to_zero"),
        (
            {**TURNING, "moq": 5.0, "criteria": {"process": {"weight": 0.0}, "moq": {"mode": "off"}}},
            "/criteria",
            "weights_sum_to_zero",
        ),
    ],
)
def test_what_no_ranking_could_work_with_is_refused(values: dict[str, object], pointer: str, code: str) -> None:
    with pytest.raises(InvalidFactError) as refusal:
        content_from(values)

    assert (refusal.value.pointer, refusal.value.code) == (pointer, code)


@pytest.mark.parametrize(
    "criteria",
    [{"process": {"mode": "off"}}, {"process": {"weight": 0.0}, "moq": {"weight": 0.1}}, {"moq": {"weight": 0.0}}],
)
def test_one_asked_criterion_with_a_weight_is_enough_and_process_is_never_off(criteria: dict[str, object]) -> None:
    assert content_from({**TURNING, "moq": 5.0, "criteria": criteria}).asked() == {"process", "moq"}
