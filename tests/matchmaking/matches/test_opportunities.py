"""What a supplier could win, over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from buyers.models import Requirement, RequirementAudience
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers, matches_of

pytestmark = pytest.mark.django_db


def opportunities_of(supplier: Supplier) -> str:
    return f"/api/v1/suppliers/{supplier.public_id}/opportunities"


def owner_of(supplier: Supplier) -> Principal:
    return member(organisation=supplier.organisation)


def lines(body: Any) -> list[tuple[Any, ...]]:
    return [(line["requirement"], line["eligibility"], line["score"]) for line in body["results"]]


def test_a_supplier_reads_for_which_requirements_it_stands_how(client_for: ClientFor) -> None:
    suppliers = example_suppliers()
    missed = example_requirement(answer_by="2199-01-31")
    met = make.requirement(lead_time_days=90)
    make.requirement(operations=({"process": "forging"},))
    client = client_for(owner_of(suppliers["C"]))

    body = client.get(opportunities_of(suppliers["C"])).json()

    # process 3 × 0.9 and lead time, met at 0.3, over 4; the worked example
    assert lines(body) == [(met.public_id, "eligible", 0.75), (missed.public_id, "near_miss", 0.625)]
    assert (body["supplier"], body["note"]) == (suppliers["C"].public_id, "")
    assert body["counts"] == {"eligible": 1, "unconfirmed": 0, "near_miss": 1}
    line = body["results"][1]
    assert (line["title"], line["answer_by"], line["failed"]) == ("Shaft", "2199-01-31", ["tolerance"])
    assert "rank" not in line
    assert "supplier" not in line
    (own,) = client.get(matches_of(missed)).json()["results"]
    assert {key: own[key] for key in line.keys() & own.keys()} == {key: line[key] for key in line.keys() & own.keys()}
    sentences = [
        client.get(opportunities_of(suppliers["C"]), headers={"accept-language": language}).json()["results"][1][
            "criteria"
        ]["tolerance"]["sentence"]
        for language in ("en", "vi")
    ]
    assert "0.03" in sentences[0]
    assert "0,03" in sentences[1]
    assert sentences[0] != sentences[1]


def test_only_so_many_of_what_is_wanted_are_told(client_for: ClientFor) -> None:
    supplier = example_suppliers()["A"]
    rows = [make.requirement(lead_time_days=days) for days in (30, 60, 90)]
    client = client_for(owner_of(supplier))

    first = client.get(opportunities_of(supplier), {"top": 1}).json()
    none = client.get(
        opportunities_of(supplier), {"eligibility": "near_miss"}, headers={"accept-language": "en"}
    ).json()

    best = min(row.public_id for row in rows[1:])  # 60 days and 90 are both enough
    assert [line["requirement"] for line in first["results"]] == [best]
    assert first["counts"] == none["counts"] == {"eligible": 3, "unconfirmed": 0, "near_miss": 0}
    assert none["results"] == []
    assert none["note"] == "There are requirements for your processes, but none with the eligibility that you chose."


@pytest.mark.parametrize(
    "query", [{"top": "0"}, {"top": "201"}, {"top": "many"}, {"eligibility": "rich"}, {"order": "potential"}]
)
def test_a_bad_choice_is_refused(client_for: ClientFor, query: dict[str, str]) -> None:
    supplier = example_suppliers()["A"]

    response = client_for(owner_of(supplier)).get(opportunities_of(supplier), query)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{name}" for name in query]


def test_who_is_not_the_firm_s_gets_nothing_but_staff(client_for: ClientFor) -> None:
    suppliers = example_suppliers()
    row = example_requirement(visibility="matched")
    RequirementAudience.objects.create(requirement=row, organisation=suppliers["A"].organisation, reason="match")
    make.requirement(visibility="matched")  # staff see it, the firm does not
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)

    for stranger in (owner_of(suppliers["B"]), buyer):
        assert client_for(stranger).get(opportunities_of(suppliers["A"])).status_code == 404
    for reader in (owner_of(suppliers["A"]), member("agency")):
        body = client_for(reader).get(opportunities_of(suppliers["A"])).json()
        assert lines(body) == [(row.public_id, "eligible", 0.775)]


def test_nothing_tells_where_an_anonymous_buyer_is(client_for: ClientFor) -> None:
    supplier = example_suppliers()["A"]
    site = supplier.sites.get()
    type(site).objects.filter(pk=site.pk).update(latitude=21.0, longitude=105.8)
    plant = {"latitude": 10.803571, "longitude": 106.700429, "name": "Sunrise works"}
    row = make.requirement(visibility="anonymous", plant=plant, criteria={"distance": {"mode": "must"}})
    RequirementAudience.objects.create(requirement=row, organisation=supplier.organisation, reason="match")
    client = client_for(owner_of(supplier))

    hidden = client.get(opportunities_of(supplier))
    RequirementAudience.objects.update(knows_buyer=True)
    known = client.get(opportunities_of(supplier)).json()

    assert lines(hidden.json()) == [(row.public_id, "eligible", 0.9)]
    assert hidden.json()["results"][0]["criteria"].keys() == {"process"}
    assert not any(secret in hidden.content.decode() for secret in ("10.8035", "106.7004", "Sunrise"))
    assert known["results"][0]["failed"] == ["distance"]


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("published", "None of your published capabilities answers a process of an open requirement that you see."),
        ("draft", "Only a published firm has opportunities: the facts of others do not count yet."),
    ],
)
def test_who_has_none_reads_why(client_for: ClientFor, state: str, note: str) -> None:
    supplier = make.published_supplier(state=state)
    make.capability(supplier, "forging")
    make.requirement()

    answer = client_for(owner_of(supplier)).get(opportunities_of(supplier), headers={"accept-language": "en"})

    body = answer.json()
    assert (body["results"], body["note"]) == ([], note)
    assert body["counts"] == {"eligible": 0, "unconfirmed": 0, "near_miss": 0}


def test_the_number_of_queries_does_not_grow_with_the_requirements(client_for: ClientFor) -> None:
    supplier = example_suppliers()["A"]
    client = client_for(owner_of(supplier))
    counts = []
    for more in (1, 49):
        for _ in range(more):
            example_requirement()
        client.get(opportunities_of(supplier))
        with CaptureQueriesContext(connection) as captured:
            body = client.get(opportunities_of(supplier), {"top": 50}).json()
        counts.append(len(captured))

    assert len(body["results"]) == Requirement.objects.count() == 50
    assert counts[0] == counts[1]


def test_each_line_says_how_its_buyer_answers_unless_the_firm_may_not_know_the_buyer(client_for: ClientFor) -> None:
    supplier = example_suppliers()["A"]
    named = make.requirement(lead_time_days=90)
    buyer = named.buyer
    hidden = make.requirement(buyer, visibility="anonymous")
    under_nda = make.requirement(buyer, nda_needed=True)
    RequirementAudience.objects.create(requirement=hidden, organisation=supplier.organisation, reason="match")
    make.ConnectionFactory.create(
        requirement=make.requirement(buyer, state="awarded"), initiator="supplier", state="lost"
    )
    client = client_for(owner_of(supplier))

    def told() -> dict[str, Any]:
        body = client.get(opportunities_of(supplier)).json()
        return {line["requirement"]: line["responsiveness"] for line in body["results"]}

    before = told()
    RequirementAudience.objects.filter(requirement=hidden).update(knows_buyer=True)
    after = told()

    figures = {
        "offers": 1,
        "answered": 1,
        "share_answered": 1.0,
        "median_days_to_answer": 0.0,
        "requirements_ended": 1,
        "awarded": 1,
        "share_awarded": 1.0,
    }
    assert before == {named.public_id: figures, hidden.public_id: None, under_nda.public_id: None}
    assert after == {named.public_id: figures, hidden.public_id: figures, under_nda.public_id: None}
