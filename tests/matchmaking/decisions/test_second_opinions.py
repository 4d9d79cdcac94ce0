"""What other methods make of shortlists and frozen rankings, through the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking import services
from matchmaking.models import Shortlist
from suppliers.models import Capability, Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.match_runs.scene import frozen
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db

METHODS = ["topsis", "vikor", "promethee_ii"]


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")


@pytest.fixture
def suppliers() -> dict[str, Supplier]:
    return example_suppliers()


@pytest.fixture
def requirement(buyer: Principal, suppliers: dict[str, Supplier]) -> Requirement:
    return example_requirement(buyer)


def shortlist(by: Principal, requirement: Requirement | None, *firms: Supplier) -> Shortlist:
    row = services.create_shortlist(values={"name": "Candidates", "requirement": requirement}, by=by)
    if firms:
        services.add_entries(shortlist_id=row.pk, items=[{"supplier": firm} for firm in firms], by=by)
    return row


def opinion_on(client: APIClient, row: Shortlist, **query: Any) -> Any:
    answer = client.get(f"/api/v1/shortlists/{row.public_id}/second-opinion", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_a_shortlist_is_ordered_by_three_methods_beside_ours(
    buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement, client_for: ClientFor
) -> None:
    row = shortlist(buyer, requirement, *(suppliers[name] for name in "CBA"))

    body = opinion_on(client_for(buyer), row)

    assert (body["requirement"], body["requirement_version"]) == (requirement.public_id, 1)
    assert body["weights"] == {"process": 3.0, "tolerance": 2.0, "lead_time": 1.0}
    assert [(line["supplier"], line["place"], line["eligibility"], line["score"]) for line in body["results"]] == [
        (suppliers["A"].public_id, 1, "eligible", 0.775),
        (suppliers["B"].public_id, 2, "unconfirmed", 0.475),
        (suppliers["C"].public_id, 3, "near_miss", 0.625),
    ]
    assert body["results"][1]["values"] == {"process": 0.9, "tolerance": 0.0, "lead_time": 0.15}
    assert [line["ranks"] for line in body["results"]] == [
        dict.fromkeys(METHODS, 1),
        dict.fromkeys(METHODS, 3),
        dict.fromkeys(METHODS, 2),
    ]
    assert [line["scores"]["topsis"] for line in body["results"]] == [1.0, 0.0, 0.5]
    assert [line["scores"]["vikor"] for line in body["results"]] == [0.0, 1.0, 0.5]


def test_every_method_names_its_normalisation_its_parameters_and_how_far_it_agrees(
    buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement, client_for: ClientFor
) -> None:
    row = shortlist(buyer, requirement, *(suppliers[name] for name in "ABC"))

    opinions = opinion_on(client_for(buyer), row, normalisation="minmax")["opinions"]

    assert [(each["method"], each["normalisation"], each["parameters"]) for each in opinions] == [
        ("topsis", "minmax", {}),
        ("vikor", "linear", {"v": 0.5}),
        ("promethee_ii", "none", {"function": "linear", "indifference": 0.05, "preference": 0.3}),
    ]
    assert [each["kendall_tau"] for each in opinions] == [0.333333] * 3
    assert opinions[1]["compromise"] == [suppliers["A"].public_id]
    assert [each["conditions"] for each in opinions] == [
        {},
        {"acceptable_advantage": True, "acceptable_stability": True},
        {},
    ]


def test_the_methods_are_told_what_is_asked(
    buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement, client_for: ClientFor
) -> None:
    row = shortlist(buyer, requirement, *(suppliers[name] for name in "ABC"))

    body = opinion_on(
        client_for(buyer), row, normalisation="max", v=1, preference_function="usual", indifference=0, preference=0
    )

    assert [each["parameters"] for each in body["opinions"]] == [
        {},
        {"v": 1.0},
        {"function": "usual", "indifference": 0.0, "preference": 0.0},
    ]
    assert body["opinions"][0]["normalisation"] == "max"
    regrets, flows = ([line["parts"][method] for line in body["results"]] for method in ("vikor", "promethee_ii"))
    assert regrets == [{"S": 0.0, "R": 0.0}, {"S": 0.333333, "R": 0.333333}, {"S": 0.166667, "R": 0.166667}]
    assert [line["scores"]["vikor"] for line in body["results"]] == [0.0, 1.0, 0.5]
    assert flows == [
        {"positive": 0.333333, "negative": 0.0},
        {"positive": 0.0, "negative": 0.333333},
        {"positive": 0.166667, "negative": 0.166667},
    ]
    assert set(body["results"][0]["parts"]["topsis"]) == {"to_best", "to_worst"}


def test_suppliers_that_only_their_ids_tell_apart_are_tied_in_our_order_too(
    buyer: Principal, requirement: Requirement, client_for: ClientFor
) -> None:
    twins = [make.published_supplier() for _twin in range(2)]
    for twin in twins:
        make.capability(twin, tolerance_mm=0.01)
    last = make.published_supplier()
    make.capability(last, tolerance_mm=0.03)

    body = opinion_on(client_for(buyer), shortlist(buyer, requirement, *twins, last))

    assert [line["place"] for line in body["results"]] == [1, 2, 3]
    assert [line["ranks"]["topsis"] for line in body["results"]] == [1, 1, 3]
    assert [each["kendall_tau"] for each in body["opinions"]] == [1.0] * 3
    assert [each["disagreements"] for each in body["opinions"]] == [[], [], []]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            (
                "TOPSIS puts {theirs} before {ours}: distances count squared, so one large lead outweighs small ones. "
                "Our order asks first who passes the gates; this method does not know them. "
                "For {theirs} speaks: Tolerance."
            ),
        ),
        (
            "vi",
            (
                "TOPSIS xếp {theirs} trước {ours}: khoảng cách được tính bình phương, nên một lợi thế lớn nặng hơn "
                "nhiều lợi thế nhỏ. Thứ tự của chúng tôi xét trước hết ai đạt các điều kiện bắt buộc; phương pháp này "
                "không biết đến chúng. Điểm mạnh của {theirs}: Dung sai."
            ),
        ),
    ],
)
def test_a_disagreement_is_explained(
    buyer: Principal,
    suppliers: dict[str, Supplier],
    requirement: Requirement,
    client_for: ClientFor,
    language: str,
    sentence: str,
) -> None:
    row, client = shortlist(buyer, requirement, *(suppliers[name] for name in "ABC")), client_for(buyer)
    client.credentials(HTTP_ACCEPT_LANGUAGE=language)

    (disagreement,) = opinion_on(client, row)["opinions"][0]["disagreements"]

    names = {who: suppliers[key].organisation.trade_name for who, key in (("theirs", "C"), ("ours", "B"))}
    assert disagreement == {
        "ours": suppliers["B"].public_id,
        "theirs": suppliers["C"].public_id,
        "for_ours": [],
        "for_theirs": ["tolerance"],
        "by_eligibility": True,
        "sentence": sentence.format(**names),
    }


def test_a_list_of_one_none_or_strangers_to_the_process_is_ordered_too(
    buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement, client_for: ClientFor
) -> None:
    client = client_for(buyer)

    one = opinion_on(client, shortlist(buyer, requirement, suppliers["A"]))
    none = opinion_on(client, shortlist(buyer, requirement))
    stranger = opinion_on(client, shortlist(buyer, requirement, make.published_supplier()))

    assert [line["ranks"] for line in one["results"]] == [dict.fromkeys(METHODS, 1)]
    assert [line["scores"] for line in one["results"]] == [{"topsis": 0.5, "vikor": 0.0, "promethee_ii": 0.0}]
    for body in (one, none, stranger):
        assert [each["kendall_tau"] for each in body["opinions"]] == [None] * 3
    assert (none["results"], stranger["results"]) == ([], [])


def test_a_frozen_ranking_is_ordered_as_it_was_frozen(
    buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement, client_for: ClientFor
) -> None:
    client = client_for(buyer)
    run = frozen(client, requirement)
    Capability.objects.filter(site__supplier=suppliers["A"]).update(tolerance_mm=0.5)
    client.post(
        f"/api/v1/requirements/{requirement.public_id}/weigh",
        {"rank_order": [["lead_time"], ["process"], ["tolerance"]]},
        format="json",
    )

    body = client.get(f"/api/v1/match-runs/{run['id']}/second-opinion", {"top": 3}).json()

    assert (body["requirement_version"], body["as_of"]) == (1, run["as_of"])
    assert body["weights"] == {"process": 3.0, "tolerance": 2.0, "lead_time": 1.0}
    assert [line["supplier"] for line in body["results"]] == [suppliers[name].public_id for name in "ADB"]
    assert body["results"][0]["values"]["tolerance"] == 0.9


@pytest.mark.parametrize(
    "query",
    [
        {"normalisation": "log"},
        {"top": 0},
        {"top": "x"},
        {"w": 1},
        {"v": 1.1},
        {"v": "nan"},
        {"v": "1e999"},
        {"preference_function": "sigmoid"},
        {"indifference": -0.1},
        {"indifference": 0.5, "preference": 0.4},
    ],
)
def test_a_question_that_is_none_is_refused(
    buyer: Principal,
    suppliers: dict[str, Supplier],
    requirement: Requirement,
    client_for: ClientFor,
    query: dict[str, Any],
) -> None:
    client = client_for(buyer)
    run = frozen(client, requirement)

    assert client.get(f"/api/v1/match-runs/{run['id']}/second-opinion", query).status_code == 400


def test_a_list_without_a_requirement_has_nothing_to_go_by(buyer: Principal, client_for: ClientFor) -> None:
    answer = client_for(buyer).get(f"/api/v1/shortlists/{shortlist(buyer, None).public_id}/second-opinion")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "no_requirement")


def test_suppliers_learn_nothing_of_their_rivals(
    buyer: Principal, suppliers: dict[str, Supplier], requirement: Requirement, client_for: ClientFor
) -> None:
    run = frozen(client_for(buyer), requirement)
    firm = member(organisation=suppliers["A"].organisation)

    assert client_for(firm).get(f"/api/v1/match-runs/{run['id']}/second-opinion").status_code == 404
