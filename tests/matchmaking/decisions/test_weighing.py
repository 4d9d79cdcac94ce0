"""Weights from judgements, through the API: what is stored, what is refused, and that then nothing moved."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking.models import Weighing
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db

ORDER = {"rank_order": [["tolerance"], ["process"], ["lead_time"]]}
CENTROIDS = {"tolerance": 0.611111, "process": 0.277778, "lead_time": 0.111111}


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")


@pytest.fixture
def requirement(buyer: Principal) -> Requirement:
    """Asks process, tolerance (a gate) and lead time."""
    make.process("cnc_turning", below="machining")
    return example_requirement(buyer)


def weigh(requirement: Requirement) -> str:
    return f"/api/v1/requirements/{requirement.public_id}/weigh"


def pairs(*judgements: tuple[str, str, float], **more: Any) -> dict[str, Any]:
    rows = [{"criterion": one, "over": other, "times": times} for one, other, times in judgements]
    return {"pairwise": {"judgements": rows}, **more}


BEST_WORST = {
    "best": "process",
    "worst": "lead_time",
    "best_to_others": {"tolerance": 2, "lead_time": 8},
    "others_to_worst": {"process": 8, "tolerance": 5},
}
CONSISTENT = pairs(("process", "tolerance", 2), ("tolerance", "lead_time", 2), ("process", "lead_time", 4))
CONTRADICTORY = pairs(("process", "tolerance", 3), ("tolerance", "lead_time", 3), ("process", "lead_time", 1 / 3))


def stored(requirement: Requirement) -> dict[str, tuple[str, float | None]]:
    return {row.key: (row.mode, row.weight) for row in requirement.criteria.all()}


def version_of(requirement: Requirement) -> tuple[int, int]:
    requirement.refresh_from_db()
    return requirement.version, requirement.content_version


def test_an_order_becomes_weights_and_modes_stay(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    answer = client_for(buyer).post(weigh(requirement), ORDER, format="json")

    assert answer.status_code == 200
    assert answer.json() == {
        "requirement": requirement.public_id,
        "requirement_version": 2,
        "method": "rank_order",
        "weights": CENTROIDS,
        "consistency_ratio": None,
        "largest_eigenvalue": None,
        "deviation": None,
        "criteria_in_doubt": [],
        "sentence": "",
        "is_stored": True,
    }
    assert stored(requirement) == {
        "tolerance": ("must", 0.611111),
        "process": ("should", 0.277778),
        "lead_time": ("should", 0.111111),
    }
    assert Event.objects.filter(topic="requirement.changed").count() == 1


def test_the_ranking_counts_with_the_new_weights(buyer: Principal, client_for: ClientFor) -> None:
    suppliers, row = example_suppliers(), example_requirement(buyer)
    client = client_for(buyer)

    client.post(weigh(row), {"rank_order": [["process", "tolerance", "lead_time"]]}, format="json")

    lines = client.get(f"/api/v1/requirements/{row.public_id}/matches").json()["results"]
    assert (lines[0]["supplier"], lines[0]["score"]) == (suppliers["A"].public_id, 0.65)  # (0.9 + 0.9 + 0.15) ÷ 3


def test_a_preview_stores_nothing(buyer: Principal, requirement: Requirement, client_for: ClientFor) -> None:
    before, criteria = version_of(requirement), stored(requirement)

    answer = client_for(buyer).post(weigh(requirement), {**ORDER, "preview": True}, format="json").json()

    assert (answer["weights"], answer["is_stored"], answer["requirement_version"]) == (CENTROIDS, False, 1)
    assert (version_of(requirement), stored(requirement)) == (before, criteria)
    assert not Event.objects.filter(topic="requirement.changed").exists()


def test_the_same_weights_again_make_no_new_version(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    client = client_for(buyer)
    client.post(weigh(requirement), ORDER, format="json")
    before = version_of(requirement)

    client.post(weigh(requirement), ORDER, format="json")

    assert version_of(requirement) == before


def test_pairs_that_agree_give_their_weights(buyer: Principal, requirement: Requirement, client_for: ClientFor) -> None:
    answer = client_for(buyer).post(weigh(requirement), CONSISTENT, format="json").json()

    assert answer["weights"] == {"process": 0.571429, "tolerance": 0.285714, "lead_time": 0.142857}
    assert (answer["consistency_ratio"], answer["criteria_in_doubt"], answer["sentence"]) == (0.0, [], "")
    assert (answer["largest_eigenvalue"], answer["deviation"]) == (3.0, None)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            (
                "The comparisons contradict each other too much (consistency ratio 1.15 above 0.10). Least in "
                "agreement: Process to Tolerance was judged 3, Tolerance to Lead time 3; by that Process to Lead time "
                "would be 9, and it was judged 1/3."
            ),
        ),
        (
            "vi",
            (
                "Các so sánh mâu thuẫn với nhau quá nhiều (tỷ số nhất quán 1.15, cao hơn 0.10). Mâu thuẫn nhất: "
                "Công nghệ gia công so với Dung sai được đánh giá là 3, Dung sai so với Thời gian giao hàng là 3; theo "
                "đó Công nghệ gia công so với Thời gian giao hàng phải là 9, nhưng lại được đánh giá là 1/3."
            ),
        ),
    ],
)
def test_pairs_that_contradict_each_other_are_refused_naming_the_worst_three(
    buyer: Principal, requirement: Requirement, client_for: ClientFor, language: str, sentence: str
) -> None:
    before, criteria = version_of(requirement), stored(requirement)

    answer = client_for(buyer).post(
        weigh(requirement), CONTRADICTORY, format="json", headers={"Accept-Language": language}
    )

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"], error["detail"]) == ("/pairwise/judgements", "inconsistent", sentence)
    assert (version_of(requirement), stored(requirement)) == (before, criteria)


def test_a_reason_overrides_the_refusal_and_is_kept_in_the_history(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    client = client_for(buyer)

    answer = client.post(weigh(requirement), {**CONTRADICTORY, "reason": "Agreed in the meeting."}, format="json")

    assert answer.status_code == 200
    assert answer.json()["criteria_in_doubt"] == ["process", "tolerance", "lead_time"]
    assert answer.json()["consistency_ratio"] == pytest.approx(1.15, abs=0.01)
    history = client.get(f"/api/v1/requirements/{requirement.public_id}/history").json()["results"]
    assert (history[0]["topic"], history[0]["reason"]) == ("requirement.changed", "Agreed in the meeting.")


def test_the_best_and_the_worst_give_weights(buyer: Principal, requirement: Requirement, client_for: ClientFor) -> None:
    answer = client_for(buyer).post(weigh(requirement), {"best_worst": BEST_WORST}, format="json").json()

    assert answer["weights"] == {"process": 0.607143, "tolerance": 0.321429, "lead_time": 0.071429}
    assert (answer["consistency_ratio"], answer["criteria_in_doubt"]) == (0.035714, ["tolerance"])
    assert answer["sentence"] == "The two answers about Tolerance agree least."
    assert (answer["largest_eigenvalue"], answer["deviation"]) == (None, 0.035714)


def test_the_best_and_the_worst_give_the_weights_of_the_first_publication_too(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    body = {"best_worst": {**BEST_WORST, "model": "nonlinear"}}

    answer = client_for(buyer).post(weigh(requirement), body, format="json").json()

    assert answer["weights"] == pytest.approx({"process": 0.5899, "tolerance": 0.3387, "lead_time": 0.0714}, abs=1e-4)
    assert answer["deviation"] == pytest.approx(0.2583, abs=5e-5)
    assert answer["consistency_ratio"] == pytest.approx(0.058, abs=5e-4)


def test_what_was_judged_is_kept_for_the_version_that_it_made(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    client = client_for(buyer)

    client.post(weigh(requirement), {**ORDER, "preview": True}, format="json")
    client.post(weigh(requirement), CONTRADICTORY, format="json")
    assert not Weighing.objects.exists()
    client.post(weigh(requirement), ORDER, format="json")
    client.post(weigh(requirement), {**CONTRADICTORY, "reason": "Agreed in the meeting."}, format="json")

    first, second = Weighing.objects.order_by("content_version")
    assert (first.content_version, first.method, first.weights) == (2, "rank_order", CENTROIDS)
    assert (first.consistency_ratio, first.criteria_in_doubt, first.reason) == (None, [], "")
    assert (second.content_version, second.method, second.reason) == (3, "pairwise", "Agreed in the meeting.")
    assert second.consistency_ratio == pytest.approx(1.15, abs=0.01)
    assert second.criteria_in_doubt == ["process", "tolerance", "lead_time"]


@pytest.mark.parametrize(("method", "ratio"), [("rank_order", 0.1), ("pairwise", None), ("best_worst", -0.1)])
def test_the_database_keeps_a_ratio_with_comparisons_alone(
    requirement: Requirement, method: str, ratio: float | None
) -> None:
    with pytest.raises(IntegrityError, match="weighing_of_comparisons_has_a_ratio"), transaction.atomic():
        Weighing.objects.create(
            requirement=requirement, content_version=1, method=method, weights={}, consistency_ratio=ratio
        )

    assert not Weighing.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "", "one_of"),
        ({**ORDER, **CONSISTENT}, "", "one_of"),
        ({"rank_order": [["process"], ["tolerance"]]}, "/rank_order", "missing"),
        ({"rank_order": [["process"], ["tolerance"], ["lead_time"], ["moq"]]}, "/rank_order", "unknown"),
        ({"rank_order": [["process"], ["process", "tolerance", "lead_time"]]}, "/rank_order", "repeated"),
        ({"rank_order": []}, "/rank_order", "missing"),
        ({"rank_order": [["colour"]]}, "/rank_order/0/0", "invalid_choice"),
        (pairs(), "/pairwise", "missing"),
        (pairs(("process", "tolerance", 2)), "/pairwise", "missing"),
        (pairs(("process", "tolerance", 2), ("tolerance", "lead_time", 2)), "/pairwise", "missing"),
        (pairs(("process", "process", 1)), "/pairwise", "unknown"),
        (pairs(("process", "tolerance", 2), ("process", "tolerance", 3)), "/pairwise/judgements", "repeated"),
        (pairs(("process", "tolerance", 2), ("tolerance", "process", 2)), "/pairwise", "repeated"),
        (pairs(("process", "tolerance", 10)), "/pairwise/judgements/0/times", "max_value"),
        (pairs(("process", "tolerance", 0)), "/pairwise/judgements/0/times", "min_value"),
        (
            {
                "best_worst": {
                    "best": "process",
                    "worst": "process",
                    "best_to_others": {"moq": 2},
                    "others_to_worst": {},
                }
            },
            "/best_worst",
            "missing",
        ),
    ],
)
def test_judgements_that_cannot_be_used_move_nothing(
    buyer: Principal,
    requirement: Requirement,
    client_for: ClientFor,
    body: dict[str, Any],
    pointer: str,
    code: str,
) -> None:
    before, criteria = version_of(requirement), stored(requirement)

    answer = client_for(buyer).post(weigh(requirement), body, format="json")

    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert (version_of(requirement), stored(requirement)) == (before, criteria)


def test_a_requirement_that_has_ended_keeps_its_weights(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    client = client_for(buyer)
    client.post(f"/api/v1/requirements/{requirement.public_id}/close", {"reason": "Over."}, format="json")
    criteria = stored(requirement)

    answer = client.post(weigh(requirement), ORDER, format="json")

    assert (answer.status_code, stored(requirement)) == (409, criteria)


def test_weighing_costs_the_same_queries_however_many_criteria_are_asked(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    turning = {"process": "cnc_turning", "tolerance_mm": 0.02, "roughness_um": 1.6, "part_mass_kg": 2.0}
    more = make.requirement(
        requirement.buyer, operations=(turning,), lead_time_days=30, languages=["en"], export_share_pct=10.0
    )
    client, counts = client_for(buyer), []
    keys = ("tolerance", "process", "lead_time", "roughness", "part_mass", "languages", "export_experience")

    for row, asked in ((requirement, keys[:3]), (more, keys)):
        client.post(weigh(row), {"rank_order": [[key] for key in asked], "preview": True}, format="json")
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(weigh(row), {"rank_order": [[key] for key in asked]}, format="json")
        assert len(answer.json()["weights"]) == len(asked)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 40


def test_who_sees_the_weights_reads_how_they_were_found_and_only_the_buyer_why(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    client, path = client_for(buyer), weigh(requirement).replace("/weigh", "/weighing")
    usual = client.get(path).json()
    client.post(weigh(requirement), {**CONTRADICTORY, "reason": "Agreed in the meeting."}, format="json")

    found = client.get(path).json()
    read = client_for(member("supplier")).get(path).json()
    client.patch(
        path.removesuffix("/weighing"),
        {"criteria": {"process": {"mode": "should", "weight": 3}}},
        format="json",
        headers={"if-match": client.get(path.removesuffix("/weighing"))["ETag"]},
    )
    given = client.get(path).json()

    assert (usual["method"], usual["weights"], usual["found_at"]) == ("usual", {}, None)
    assert (found["method"], found["reason"]) == ("pairwise", "Agreed in the meeting.")
    assert found["criteria_in_doubt"] == ["process", "tolerance", "lead_time"]
    assert found["weights"] == Weighing.objects.get(requirement=requirement).weights
    assert read == {**found, "reason": "", "found_at": None}
    assert (given["method"], given["weights"], given["reason"]) == ("direct", {"process": 3.0}, "")


def test_of_a_requirement_that_a_caller_may_not_see_nothing_is_told(
    requirement: Requirement, client_for: ClientFor
) -> None:
    answer = client_for(member("buyer")).get(weigh(requirement).replace("/weigh", "/weighing"))

    assert answer.status_code == 404
