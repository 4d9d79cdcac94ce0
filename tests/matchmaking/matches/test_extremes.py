"""What no buyer would ask, and what no catalogue should be: a clear refusal, or an answer that says why it is empty."""

import json
from typing import Any

import pytest

from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking import catalogue
from matchmaking.services import match_requirement
from matchmaking.services.explaining import explained
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.matchmaking.matches.scene import PREVIEW

pytestmark = pytest.mark.django_db
NOBODY = "No published supplier has a capability for any of the processes asked for."
ABOUT = ("matches", "relaxations", "stability")
GATES = ("tolerance", "roughness", "part_size", "part_mass", "material", "capacity", "moq", "lead_time")
FIFTY: list[dict[str, Any]] = [
    {
        "process": "cnc_turning",
        "materials": ["steel"],
        "tolerance_mm": 0.001 * number,
        "roughness_um": 1e-9 * number,
        "part_size_mm": [1e-9, 1, 1e9],
        "part_mass_kg": 1e9,
    }
    for number in range(1, 51)
]


def everything(**fields: Any) -> dict[str, Any]:
    """All that can be asked, of fifty operations, everything a must with the largest weight."""
    return {
        "operations": FIFTY,
        "monthly_quantity": 1e9,
        "quantity_unit": "t",
        "lead_time_days": 1e-9,
        "moq": 1e-9,
        "near_km": 0,
        "far_km": 1e-9,
        "criteria": {key: {"mode": "must", "weight": 1e6, "min_level": 4} for key in GATES},
    } | fields


def firm(**facts: Any) -> None:
    make.capability(make.published_supplier(), **facts)


@pytest.fixture
def asker(buyer: Principal) -> Principal:
    make.verified_buyer(buyer.organisation)
    make.process("cnc_turning")
    make.material("steel")
    return buyer


def stored(asker: Principal, client: Any, body: dict[str, Any]) -> str:
    answer = client.post("/api/v1/requirements", {"title": "x", **body}, format="json")
    assert answer.status_code == 201, answer.json()
    assert Requirement.objects.get().buyer.organisation == asker.organisation
    return f"/api/v1/requirements/{answer.json()['id']}"


@pytest.mark.parametrize("extreme", [1e-9, 1e9])
def test_fifty_operations_with_all_gates_are_ranked_and_explained(
    asker: Principal, client_for: ClientFor, extreme: float
) -> None:
    firm(
        tolerance_mm=extreme,
        roughness_um=extreme,
        max_mass_kg=extreme,
        monthly_capacity=extreme,
        capacity_unit="t",
        utilisation_pct=100.0,
        lead_time_days=extreme,
        moq=extreme,
    )
    client = client_for(asker)

    preview = client.post(PREVIEW, everything(), format="json")
    address = stored(asker, client, everything())
    answers = {about: client.get(f"{address}/{about}") for about in ABOUT}

    assert preview.status_code == 200, preview.json()
    assert [answer.status_code for answer in answers.values()] == [200, 200, 200]
    (line,) = answers["matches"].json()["results"]
    assert line["eligibility"] == "near_miss"
    assert len(line["operations"]) == 50
    assert len(answers["relaxations"].json()["targets"]) == 4 * 50 + 3
    assert answers["stability"].json()["results"][0]["acceptability"] == [1.0]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"operations": FIFTY + FIFTY[:1]}, "/operations", "max_length"),
        ({"operations": []}, "/operations", "no_operations"),
        (
            {"operations": [{"process": "cnc_turning", "materials": ["steel"] * 1000}]},
            "/operations/0/materials",
            "max_length",
        ),
        ({"standards_required": ["iso_9001"] * 1000}, "/standards_required", "max_length"),
        ({"languages": ["vi"] * 1000}, "/languages", "max_length"),
        ({"operations": [{"process": "cnc_turning", "tolerance_mm": 0}]}, "/operations/0/tolerance_mm", "not_positive"),
        ({"lead_time_days": 0}, "/lead_time_days", "not_positive"),
        ({"monthly_quantity": 0, "quantity_unit": "pcs"}, "/monthly_quantity", "not_positive"),
        ({"moq": 0}, "/moq", "not_positive"),
        ({"export_share_pct": 0}, "/export_share_pct", "not_positive"),
        ({"track_record_share": 0}, "/track_record_share", "not_positive"),
        ({"track_record_share": 1.1}, "/track_record_share", "max_value"),
        ({"far_km": 0}, "/far_km", "not_positive"),
        ({"near_km": 0, "far_km": 1e308}, "/far_km", "max_value"),
        ({"criteria": {"process": {"weight": 1e308}}}, "/criteria/process/weight", "max_value"),
        ({"criteria": {"process": {"weight": -1}}}, "/criteria/process/weight", "min_value"),
        ({"criteria": {"process": {"weight": 0}}}, "/criteria", "weights_sum_to_zero"),
        ({"criteria": {"process": {"min_level": 5}}}, "/criteria/process/min_level", "max_value"),
    ],
)
def test_what_no_ranking_could_work_with_is_refused_by_its_field(
    asker: Principal, client_for: ClientFor, change: dict[str, Any], pointer: str, code: str
) -> None:
    body = {"title": "x", "operations": [{"process": "cnc_turning"}]} | change

    for address in (PREVIEW, "/api/v1/requirements"):
        answer = client_for(asker).post(address, body, format="json")

        assert answer.status_code == 400, answer.content
        assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert Requirement.objects.count() == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
@pytest.mark.parametrize("field", ["lead_time_days", "near_km", "moq"])
def test_what_is_no_number_is_refused(asker: Principal, client_for: ClientFor, number: str, field: str) -> None:
    text = json.dumps({"title": "x", "operations": [{"process": "cnc_turning"}], field: "?"}).replace('"?"', number)

    for address in (PREVIEW, "/api/v1/requirements"):
        answer = client_for(asker).post(address, text, content_type="application/json")

        assert answer.status_code == 400, answer.content
    assert Requirement.objects.count() == 0


def test_a_process_that_no_supplier_has_gives_empty_answers_that_say_why(
    asker: Principal, client_for: ClientFor
) -> None:
    firm(tolerance_mm=0.01)
    make.process("forging")
    client = client_for(asker)

    address = stored(asker, client, {"operations": [{"process": "forging", "tolerance_mm": 0.1}]})

    assert_empty(client, address)


def test_a_catalogue_with_no_supplier_gives_empty_answers_that_say_why(asker: Principal, client_for: ClientFor) -> None:
    client = client_for(asker)

    address = stored(asker, client, everything())

    assert_empty(client, address)
    preview = client.post(PREVIEW, everything(), format="json").json()
    assert (preview["results"], preview["note"]) == ([], NOBODY)


def assert_empty(client: Any, address: str) -> None:
    for about in ABOUT:
        answer = client.get(f"{address}/{about}")
        assert answer.status_code == 200
        body = answer.json()
        assert body["counts"] == {"eligible": 0, "unconfirmed": 0, "near_miss": 0}
        assert body["note"] == NOBODY
        assert body.get("results", body.get("dropped")) == []


def test_a_firm_about_which_nothing_is_known_is_asked_for_everything(asker: Principal, client_for: ClientFor) -> None:
    firm()
    client = client_for(asker)

    (line,) = client.get(f"{stored(asker, client, everything())}/matches").json()["results"]

    assert line["eligibility"] == "unconfirmed"
    assert len(line["ask_next"]) == 3
    assert all(question["settles"] for question in line["ask_next"])


@pytest.mark.parametrize(
    "asked",
    [
        {"operations": ({"process": "laser_cutting"},)},
        {"operations": ({"process": "laser_cutting"}, {"process": "cnc_turning"})},
        {"operations": ({"process": "cnc_turning", "materials": ("titanium",)},)},
        {"operations": ({"process": "cnc_turning"},), "standards": ("iso_new",)},
    ],
    ids=["a process", "a process among others", "a material", "a standard"],
)
def test_codes_newer_than_the_catalogue_are_what_nobody_has(asked: dict[str, Any]) -> None:
    supplier = make.published_supplier()
    make.capability(supplier, "cnc_turning", materials=("steel",), tolerance_mm=0.01)
    make.certificate(supplier)
    before = catalogue.current()
    requirement = make.requirement(**asked)

    then, now = match_requirement(requirement, snapshot=before), match_requirement(requirement)

    assert then.snapshot.taxonomy_version < now.snapshot.taxonomy_version
    assert then.supplier_ids == now.supplier_ids
    assert then.ranking.counts == now.ranking.counts
    assert then.ranking.score.tolist() == now.ranking.score.tolist()
    assert [line["score"] for line in explained(then, then.positions, "vi")] == then.ranking.score.tolist()
