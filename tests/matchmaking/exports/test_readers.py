"""Exports of requirements, connections, rankings and shortlists show what their reader may see."""

import pytest

from buyers.models import Buyer
from jobs.models import Job
from matchmaking import services as matchmaking
from matchmaking.models import Connection
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.buyers import buyer_member
from tests.matchmaking.exports.scene import Export, ask, ranked

pytestmark = pytest.mark.django_db


def test_a_buyer_exports_its_requirements_with_all_they_ask(export: Export) -> None:
    asker = buyer_member()
    requirement = make.requirement(
        Buyer.objects.get(organisation=asker.organisation),
        operations=(
            {"process": "cnc_turning", "materials": ("steel",), "tolerance_mm": 0.02, "part_size_mm": [100, 50, 20]},
            {"process": "anodising"},
        ),
        criteria={"tolerance": {"mode": "must", "weight": 2.0, "min_level": 1}},
        standards=("iso_9001",),
        plant={"latitude": 21.1, "longitude": 105.8},
        nda_needed=True,
        lead_time_days=30,
        target_price="12.50",
        target_price_currency="USD",
    )
    make.requirement()

    (row,) = export(asker, "requirements")

    assert row["Id"] == requirement.public_id
    assert row["Operations"] == "cnc_turning [steel] ± 0.02 mm, 100.0 × 50.0 × 20.0 mm; anodising"
    assert row["Criteria"] == "tolerance: must × 2.0, L1"
    assert row["Lead time for mass production, days"] == "30.0"
    assert (row["NDA needed"], row["Standards required"]) == ("yes", "iso_9001")
    assert (row["Target price"], row["Currency"]) == ("12.5000", "USD")
    assert (row["Plant"], row["Latitude, °"]) == ("Plant", "21.1")


def test_a_supplier_does_not_read_whose_an_anonymous_requirement_is(export: Export) -> None:
    reader = member("supplier")
    make.published_supplier(reader.organisation)
    hidden = make.requirement(
        plant={"name": "Secret plant"}, target_price="9.99", target_price_currency="USD", visibility="anonymous"
    )
    assert reader.organisation is not None
    hidden.audience.create(organisation=reader.organisation, reason="match")
    known = make.requirement(target_price="9.99", target_price_currency="USD")

    rows = {row["Id"]: row for row in export(reader, "requirements")}

    assert set(rows) == {hidden.public_id, known.public_id}
    assert (rows[hidden.public_id]["Buyer's name"], rows[hidden.public_id]["Plant"]) == ("", "")
    assert rows[known.public_id]["Buyer's name"] == str(known.buyer)
    assert "Target price" not in rows[known.public_id]


def test_connections_are_exported_to_their_sides(export: Export) -> None:
    connection = make.ConnectionFactory.create(message="=1+1")
    make.ConnectionFactory.create()
    reader = member(organisation=connection.supplier.organisation)

    (row,) = export(reader, "connections", filters={"state": "requested"})

    assert (row["Id"], row["State"], row["Message"]) == (connection.public_id, "requested", "'=1+1")
    assert "contacts" not in " ".join(row).lower()
    assert export(reader, "connections", filters={"state": "declined"}) == []
    assert Connection.objects.count() == 2


def test_the_buyer_exports_the_whole_ranking_with_reasons(export: Export, client_for: ClientFor) -> None:
    requirement, better, worse = ranked()
    asker = member(organisation=requirement.buyer.organisation)

    rows = export(asker, "matches", filters={"requirement": requirement.public_id})
    vietnamese = export(asker, "matches", language="vi", filters={"requirement": requirement.public_id})

    assert [(row["Rank"], row["Supplier"]) for row in rows] == [("1", better.public_id), ("2", worse.public_id)]
    address = f"/api/v1/requirements/{requirement.public_id}/matches"
    listed = client_for(asker).get(address).json()["results"]
    assert [float(row["Score, 0 to 1"]) for row in rows] == [line["score"] for line in listed]
    assert [row["Tolerance: why"] for row in rows] == [line["criteria"]["tolerance"]["sentence"] for line in listed]
    assert rows[0]["Tolerance: verdict"] == "meets"
    assert vietnamese[0]["Dung sai: lý do"] != rows[0]["Tolerance: why"]


def test_a_supplier_exports_its_own_line_alone(export: Export) -> None:
    requirement, better, _worse = ranked()
    reader = member(organisation=better.organisation)

    (row,) = export(reader, "matches", filters={"requirement": requirement.public_id})

    assert (row["Supplier"], row["Rank"]) == (better.public_id, "")


def test_the_best_lines_of_a_ranking_are_chosen_as_in_the_list(export: Export) -> None:
    requirement, better, _worse = ranked()
    asker = member(organisation=requirement.buyer.organisation)
    wanted = {"requirement": requirement.public_id, "top": "1", "order": "potential"}

    (row,) = export(asker, "matches", filters=wanted)

    assert row["Supplier"] == better.public_id


@pytest.mark.parametrize(
    ("filters", "pointer"),
    [
        ({}, "/filters/requirement"),
        ({"requirement": "req_0000"}, "/filters/requirement"),
        ({"requirement": "others"}, "/filters/requirement"),
        ({"requirement": "own", "top": "0"}, "/filters/top"),
        ({"requirement": "own", "order": "name"}, "/filters/order"),
        ({"requirement": "own", "process": "x"}, "/filters/process"),
    ],
)
def test_a_ranking_that_the_reader_may_not_see_is_refused(
    client_for: ClientFor, filters: dict[str, str], pointer: str
) -> None:
    own, others = make.requirement(), make.requirement()
    ids = {"own": own.public_id, "others": others.public_id}
    named = {name: ids.get(value, value) for name, value in filters.items()}

    refused = ask(client_for(member(organisation=own.buyer.organisation)), "matches", filters=named)

    assert refused.status_code == 400
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert not Job.objects.exists()


def test_a_buyer_that_is_not_verified_exports_no_ranking(client_for: ClientFor) -> None:
    requirement = make.requirement()
    requirement.buyer.state = "suspended"
    requirement.buyer.save()

    refused = ask(
        client_for(member(organisation=requirement.buyer.organisation)),
        "matches",
        filters={"requirement": requirement.public_id},
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "buyer_not_verified")


def test_a_shortlist_is_exported_to_the_members_of_its_organisation(export: Export, client_for: ClientFor) -> None:
    owner = buyer_member()
    shortlist = matchmaking.create_shortlist(values={"name": "Candidates"}, by=owner)
    suppliers = [make.published_supplier() for _ in range(2)]
    items = [{"supplier": supplier, "note": "=1"} for supplier in suppliers]
    matchmaking.add_entries(shortlist_id=shortlist.pk, items=items, by=owner)
    wanted = {"shortlist": shortlist.public_id}

    rows = export(member(organisation=owner.organisation), "shortlist", filters=wanted)
    refused = [
        ask(client_for(buyer_member()), "shortlist", filters=wanted),
        ask(client_for(owner), "shortlist"),
        ask(client_for(owner), "shortlist", filters={**wanted, "x": "y"}),
    ]

    assert [(row["Position"], row["Supplier"]) for row in rows] == [
        ("1", suppliers[0].public_id),
        ("2", suppliers[1].public_id),
    ]
    assert (rows[0]["Note"], rows[0]["Published"], rows[0]["Added by"]) == ("'=1", "yes", owner.user.full_name)  # type: ignore[union-attr]
    assert [[(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] for answer in refused] == [
        [("/filters/shortlist", "does_not_exist")],
        [("/filters/shortlist", "required")],
        [("/filters/x", "invalid")],
    ]
