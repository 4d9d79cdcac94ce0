"""What a supplier could change, over the API."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from buyers.models import Requirement, RequirementAudience
from matchmaking.engine import gap_needs
from matchmaking.engine.gaps import Gaps, gaps
from matchmaking.services import gaps as service
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db


def gaps_of(supplier: Supplier) -> str:
    return f"/api/v1/suppliers/{supplier.public_id}/gaps"


def owner_of(supplier: Supplier) -> Principal:
    return member(organisation=supplier.organisation)


def test_a_supplier_reads_what_to_change_and_what_that_opens(client_for: ClientFor) -> None:
    supplier = example_suppliers()["C"]
    late = example_requirement(answer_by="2199-03-31", monthly_quantity=500, quantity_unit="pcs")
    soon = example_requirement(answer_by="2199-01-31", monthly_quantity=700, quantity_unit="pcs")
    make.requirement(lead_time_days=90)
    make.requirement(operations=({"process": "forging"},))
    client = client_for(owner_of(supplier))

    body = client.get(gaps_of(supplier), headers={"accept-language": "en"}).json()
    vietnamese = client.get(gaps_of(supplier), headers={"accept-language": "vi"}).json()

    assert (body["supplier"], body["note"]) == (supplier.public_id, "")
    assert body["counts"] == {"eligible": 1, "unconfirmed": 0, "near_miss": 2}
    assert (body["changes_considered"], body["requirements_left_out"]) == (1, 0)
    (path,) = body["results"]
    (change,) = path["changes"]
    capability = supplier.sites.get().capabilities.get()
    assert {key: change[key] for key in ("kind", "capability", "process", "current", "target", "unit", "level")} == {
        "kind": "tolerance",
        "capability": capability.public_id,
        "process": "cnc_turning",
        "current": 0.03,
        "target": 0.02,
        "unit": "mm",
        "level": 2,
    }
    assert (path["requirements"], path["only_together"]) == (2, None)
    assert [line["quantity"] for line in path["quantities"]] == [1200]
    assert path["opens"] == [
        {"requirement": row.public_id, "title": "Shaft", "answer_by": day}
        for row, day in ((soon, "2199-01-31"), (late, "2199-03-31"))
    ]
    assert "±0.02 mm instead of ±0.03 mm" in path["sentence"]
    assert "±0,02 mm thay cho ±0,03 mm" in vietnamese["results"][0]["sentence"]


def test_only_so_many_paths_are_told(client_for: ClientFor) -> None:
    supplier = example_suppliers()["C"]
    example_requirement()
    make.requirement(lead_time_days=30, criteria={"lead_time": {"mode": "must"}})
    client = client_for(owner_of(supplier))

    first, all_ = (client.get(gaps_of(supplier), {"top": top}).json()["results"] for top in (1, 100))

    assert len(first) == 1
    assert first == all_[:1]
    assert len(all_) == 2


@pytest.mark.parametrize("query", [{"top": "0"}, {"top": "101"}, {"top": "many"}, {"eligibility": "near_miss"}])
def test_a_bad_choice_is_refused(client_for: ClientFor, query: dict[str, str]) -> None:
    supplier = example_suppliers()["A"]

    response = client_for(owner_of(supplier)).get(gaps_of(supplier), query)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{name}" for name in query]


def test_who_is_not_the_firm_s_gets_nothing_but_staff(client_for: ClientFor) -> None:
    suppliers = example_suppliers()
    row = example_requirement(visibility="matched")
    RequirementAudience.objects.create(requirement=row, organisation=suppliers["C"].organisation, reason="match")
    example_requirement(visibility="matched")  # staff see it, the firm does not
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)

    for stranger in (owner_of(suppliers["B"]), buyer):
        assert client_for(stranger).get(gaps_of(suppliers["C"])).status_code == 404
    for reader in (owner_of(suppliers["C"]), member("agency")):
        (path,) = client_for(reader).get(gaps_of(suppliers["C"])).json()["results"]
        assert [opened["requirement"] for opened in path["opens"]] == [row.public_id]
        assert path["requirements"] == 1


def test_nothing_tells_where_or_who_an_anonymous_buyer_is(client_for: ClientFor) -> None:
    supplier = example_suppliers()["C"]
    site = supplier.sites.get()
    type(site).objects.filter(pk=site.pk).update(latitude=21.0, longitude=105.8)
    plant = {"latitude": 10.803571, "longitude": 106.700429, "name": "Sunrise works"}
    row = make.requirement(
        visibility="anonymous",
        plant=plant,
        operations=({"process": "cnc_turning", "tolerance_mm": 0.02},),
        criteria={"distance": {"mode": "must"}, "tolerance": {"mode": "must"}},
    )
    RequirementAudience.objects.create(requirement=row, organisation=supplier.organisation, reason="match")
    client = client_for(owner_of(supplier))

    hidden = client.get(gaps_of(supplier))
    RequirementAudience.objects.update(knows_buyer=True)
    known = client.get(gaps_of(supplier)).json()

    assert [path["requirements"] for path in hidden.json()["results"]] == [1]
    secrets = ("10.8035", "106.7004", "Sunrise", row.buyer.public_id, row.buyer.organisation.legal_name)
    assert not any(secret in hidden.content.decode() for secret in secrets)
    assert known["results"] == []  # nothing brings the firm nearer
    assert known["counts"]["near_miss"] == 1


@pytest.mark.parametrize(
    ("state", "process", "note"),
    [
        ("draft", "cnc_turning", "Only a published firm has a gap path: the facts of others do not count yet."),
        (
            *("published", "forging"),
            "None of your published capabilities answers a process of an open requirement that you see.",
        ),
        (
            *("published", "cnc_turning"),
            "The firm is eligible for all open requirements that it sees and has a capability for.",
        ),
    ],
)
def test_who_has_nothing_to_change_reads_why(client_for: ClientFor, state: str, process: str, note: str) -> None:
    supplier = make.published_supplier(state=state)
    make.capability(supplier, process)
    make.requirement()

    body = client_for(owner_of(supplier)).get(gaps_of(supplier), headers={"accept-language": "en"}).json()

    assert (body["results"], body["note"]) == ([], note)


def test_a_gate_that_no_change_opens_is_said_to_be_so(client_for: ClientFor) -> None:
    supplier = example_suppliers()["A"]
    make.requirement(track_record_share=0.9, criteria={"track_record": {"mode": "must"}})

    body: Any = client_for(owner_of(supplier)).get(gaps_of(supplier), headers={"accept-language": "en"}).json()

    assert body["note"] == (
        "No single change and no pair of changes makes the firm eligible for more of the open requirements."
    )
    assert body["counts"] == {"eligible": 0, "unconfirmed": 1, "near_miss": 0}


def test_what_was_left_out_is_counted_and_said(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gap_needs, "MOST_CANDIDATES", 1)
    supplier = example_suppliers()["C"]
    client = client_for(owner_of(supplier))
    example_requirement()
    example_requirement()

    some: Any = client.get(gaps_of(supplier), headers={"accept-language": "en"}).json()
    monkeypatch.setattr(gap_needs, "MOST_CANDIDATES", 0)
    none: Any = client.get(gaps_of(supplier), headers={"accept-language": "en"}).json()

    left_out = "Requirements that were not looked at, since there are too many capabilities or ways"
    assert [path["requirements"] for path in some["results"]] == [1]
    assert (some["requirements_left_out"], some["note"]) == (1, f"{left_out}: 1.")
    assert (none["results"], none["requirements_left_out"]) == ([], 2)
    assert none["note"] == (
        f"No single change and no pair makes the firm eligible for more of what was looked at. {left_out}: 2."
    )


def test_it_counts_against_the_limit_of_consortia(client_for: ClientFor, settings: LazySettings) -> None:
    settings.LIMITS = {**settings.LIMITS, "consortium": "1/day"}
    supplier = example_suppliers()["C"]
    clients = [client_for(owner_of(supplier)) for _ in range(2)]

    assert [client.get(gaps_of(supplier)).status_code for client in clients] == [200, 429]


@pytest.mark.parametrize("gone", [{"state": "withdrawn"}, {"visibility": "matched"}, None])
def test_what_the_firm_no_longer_sees_when_it_is_told_is_not_named(
    client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, gone: dict[str, str] | None
) -> None:
    supplier = example_suppliers()["C"]
    going, staying = example_requirement(), example_requirement()

    def meanwhile(*args: Any, **settings: Any) -> Gaps:
        found = gaps(*args, **settings)
        row = Requirement.objects.filter(pk=going.pk)
        row.update(**gone) if gone else row.delete()
        return found

    monkeypatch.setattr(service, "gaps", meanwhile)
    response = client_for(owner_of(supplier)).get(gaps_of(supplier))

    assert response.status_code == 200
    assert [each["requirement"] for path in response.json()["results"] for each in path["opens"]] == [staying.public_id]


def test_of_requirements_only_what_is_told_is_read(client_for: ClientFor) -> None:
    supplier = example_suppliers()["C"]
    example_requirement()
    client = client_for(owner_of(supplier))
    client.get(gaps_of(supplier))

    with CaptureQueriesContext(connection) as queries:
        assert len(client.get(gaps_of(supplier)).json()["results"]) == 1

    (reading,) = [query["sql"] for query in queries if '"buyers_requirement"."title"' in query["sql"]]
    columns = reading.split(" FROM ")[0]
    assert '"buyers_requirement"."answer_by"' in columns
    assert '"buyers_requirement"."version"' not in columns


def test_the_number_of_queries_does_not_grow_with_the_requirements(client_for: ClientFor) -> None:
    supplier = example_suppliers()["C"]
    client = client_for(owner_of(supplier))
    counts = []
    for more in (1, 49):
        for _ in range(more):
            example_requirement()
        client.get(gaps_of(supplier))
        with CaptureQueriesContext(connection) as queries:
            body = client.get(gaps_of(supplier)).json()
        counts.append(len(queries))
        assert len(body["results"]) == 1
    assert body["results"][0]["requirements"] == 50
    assert counts[0] == counts[1]
