"""With whom a supplier could do what a requirement asks, through the API and in the admin."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from buyers.models import Requirement, RequirementAudience
from matchmaking.services import consortia
from suppliers.models import Capability, Supplier
from taxonomy.models import Province
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.taxonomy import ProvinceFactory
from tests.matchmaking.decisions.scene import STEPS, sets_of, shared_requirement, sharing_suppliers

pytestmark = pytest.mark.django_db


@pytest.fixture
def suppliers() -> dict[str, Supplier]:
    return sharing_suppliers()


def asked_by(client: APIClient, supplier: Supplier, row: Requirement, **query: Any) -> Any:
    return client.get(
        f"/api/v1/suppliers/{supplier.public_id}/consortia",
        {"requirement": row.public_id, **query},
        headers={"accept-language": "en"},
    )


def told_to(client: APIClient, supplier: Supplier, row: Requirement, **query: Any) -> Any:
    answer = asked_by(client, supplier, row, **query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def owner_client(client_for: ClientFor, supplier: Supplier) -> APIClient:
    return client_for(member(organisation=supplier.organisation))


@pytest.mark.parametrize(
    ("who", "sets", "leads"),
    [
        ("turner", [["turner", "plater"], ["turner", "specialist"]], ["plater", "turner"]),
        ("specialist", [["turner", "specialist"]], ["turner"]),
        ("far", [["far", "plater"]], ["plater"]),
    ],
)
def test_a_supplier_reads_the_smallest_sets_in_which_it_takes_part(
    suppliers: dict[str, Supplier], client_for: ClientFor, who: str, sets: list[list[str]], leads: list[str]
) -> None:
    row = shared_requirement(member("buyer"), answer_by="2199-01-31")

    body = told_to(owner_client(client_for, suppliers[who]), suppliers[who], row)

    assert sets_of(body, suppliers) == sets
    assert [each["lead"] for each in body["results"]] == [suppliers[name].public_id for name in leads]
    assert (body["is_proved"], body["fewest_suppliers"], body["note"]) == (True, 2, "")
    assert (body["supplier"], body["requirement"]) == (suppliers[who].public_id, row.public_id)
    assert (body["title"], body["answer_by"]) == ("Shaft", "2199-01-31")


def test_of_others_it_reads_who_they_are_and_where_and_what_they_would_do_and_nothing_else(
    suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    hanoi: Province = ProvinceFactory.create(code="01")
    suppliers["plater"].sites.update(province=hanoi)
    turner, plater = suppliers["turner"], suppliers["plater"]

    body = told_to(owner_client(client_for, turner), turner, shared_requirement(member("buyer")), top=1)

    assert body["operations"] == [
        {"operation": "1", "process": "turning", "is_own": True},
        {"operation": "2", "process": "hardening", "is_own": True},
        {"operation": "3", "process": "plating", "is_own": False},
    ]
    names = {
        each.public_id: {"legal_name": each.organisation.legal_name, "trade_name": each.organisation.trade_name}
        for each in (turner, plater)
    }

    def takes(number: str, process: str, supplier: Supplier, province: str | None) -> dict[str, Any]:
        key = supplier.public_id
        step = {"operation": number, "process": process, "supplier": key, "province": province}
        return {**step, **names[key]}

    called = {name: suppliers[name].organisation.trade_name for name in ("turner", "plater")}
    sentence = "{plater} leads and does 2. hardening, 3. plating; {turner} does 1. turning."
    assert body["results"] == [
        {
            "suppliers": [turner.public_id, plater.public_id],
            "lead": plater.public_id,
            "members": [
                takes("1", "turning", turner, None),
                takes("2", "hardening", plater, hanoi.reference),
                takes("3", "plating", plater, hanoi.reference),
            ],
            "sentence": sentence.format(**called),
        }
    ]


def test_staff_read_the_same_and_for_everybody_else_there_is_none(
    suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    turner, buyer = suppliers["turner"], member("buyer")
    row = shared_requirement(buyer)

    own = told_to(owner_client(client_for, turner), turner, row)

    assert told_to(client_for(member("agency")), turner, row) == own
    for stranger in (buyer, member("supplier"), member(organisation=suppliers["plater"].organisation)):
        assert asked_by(client_for(stranger), turner, row).status_code == 404


@pytest.mark.parametrize(
    "fields", [{"state": "draft", "opened_at": None}, {"visibility": "matched"}, {"state": "expired"}]
)
def test_of_a_requirement_that_the_firm_does_not_see_nobody_reads_anything(
    suppliers: dict[str, Supplier], client_for: ClientFor, fields: dict[str, Any]
) -> None:
    turner, row = suppliers["turner"], shared_requirement(member("buyer"), **fields)

    for reader in (member(organisation=turner.organisation), member("agency")):
        assert asked_by(client_for(reader), turner, row).status_code == 404


def test_of_an_anonymous_buyer_nothing_is_told_and_distance_neither_counts_nor_can_be_asked_for(
    suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    plant = {"latitude": 21.0301, "longitude": 105.8502, "name": "Sunrise works"}
    fields = {"plant": plant, "far_km": 60, "criteria": {"distance": {"mode": "must"}}}
    far, row = suppliers["far"], shared_requirement(member("buyer"), visibility="anonymous", **fields)
    RequirementAudience.objects.create(requirement=row, organisation=far.organisation, reason="match")
    client = owner_client(client_for, far)

    hidden, refused = asked_by(client, far, row), asked_by(client, far, row, within_km=500)
    RequirementAudience.objects.update(knows_buyer=True)
    known = told_to(client, far, row)

    assert sets_of(hidden.json(), suppliers) == [["far", "plater"]]
    assert not any(secret in hidden.content.decode() for secret in ("21.03", "105.85", "Sunrise", "buy_", "pla_"))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "no_place")
    assert (known["results"], known["note"]) == ([], "The firm passes the gates of none of the operations.")


def test_places_and_numbers_are_chosen_as_the_buyer_does(suppliers: dict[str, Supplier], client_for: ClientFor) -> None:
    hai_phong: Province = ProvinceFactory.create(code="31")
    suppliers["far"].sites.update(province=hai_phong)
    plater, row = suppliers["plater"], shared_requirement(member("buyer"))
    client = owner_client(client_for, plater)

    def sets(**query: Any) -> list[list[str]]:
        return sets_of(told_to(client, plater, row, **query), suppliers)

    assert sets() == [["turner", "plater"], ["far", "plater"]]
    assert sets(within_km=50) == [["turner", "plater"]]
    assert sets(top=1) == [["turner", "plater"]]
    assert sets(most_firms=1) == []
    assert sets(province=hai_phong.reference) == []
    for query in ({"most_firms": 11}, {"within_km": "near"}, {"province": "31"}, {"x": 1}, {"requirement": ""}):
        assert asked_by(client, plater, row, **query).status_code == 400


def test_gates_that_are_not_confirmed_may_be_those_of_the_firm_itself_alone(
    suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    Capability.objects.filter(site__supplier__in=[suppliers["specialist"], suppliers["far"]]).update(process_level=0)
    row = shared_requirement(member("buyer"), criteria={"process": {"mode": "must", "min_level": 2}})
    specialist, turner = suppliers["specialist"], suppliers["turner"]
    own, other = owner_client(client_for, specialist), owner_client(client_for, turner)

    assert sets_of(told_to(own, specialist, row), suppliers) == []
    assert sets_of(told_to(own, specialist, row, unconfirmed="true"), suppliers) == [["turner", "specialist"]]
    assert sets_of(told_to(other, turner, row, unconfirmed="true"), suppliers) == [["turner", "plater"]]


def test_the_firm_takes_part_however_many_do_its_operation_better(
    suppliers: dict[str, Supplier], client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consortia, "MOST_CANDIDATES", 1)
    Capability.objects.filter(site__supplier=suppliers["far"]).update(process_level=1)
    far, row = suppliers["far"], shared_requirement(member("buyer"))

    assert sets_of(told_to(owner_client(client_for, far), far, row), suppliers) == [["far", "plater"]]


@pytest.mark.parametrize(
    ("who", "steps", "note"),
    [
        ("turner", STEPS[:2], "The firm can do all operations alone: look at its opportunities instead."),
        ("turner", STEPS[:1], "The requirement has a single operation: look at its matches instead."),
        ("plater", [STEPS[0], {"process": "forging"}], "The firm passes the gates of none of the operations."),
        ("turner", [STEPS[0], {"process": "forging"}], "No supplier passes the gates of 2. forging."),
    ],
)
def test_where_there_is_none_it_is_said_why(
    suppliers: dict[str, Supplier], client_for: ClientFor, who: str, steps: Any, note: str
) -> None:
    row = shared_requirement(member("buyer"), operations=tuple(steps))

    body = told_to(owner_client(client_for, suppliers[who]), suppliers[who], row)

    assert (body["results"], body["note"]) == ([], note)


def test_a_firm_that_is_not_published_takes_part_in_none(suppliers: dict[str, Supplier], client_for: ClientFor) -> None:
    turner, row = suppliers["turner"], shared_requirement(member("buyer"))
    Supplier.objects.filter(pk=turner.pk).update(state="suspended", published_at=None)

    body = told_to(owner_client(client_for, turner), turner, row)

    note = "Only a published firm takes part in consortia: the facts of others do not count yet."
    assert (body["results"], body["note"]) == ([], note)


def test_the_number_of_queries_does_not_grow_with_the_sets(
    suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    plater, row = suppliers["plater"], shared_requirement(member("buyer"))
    client, counts = owner_client(client_for, plater), []
    for more in (0, 8):
        for _ in range(more):
            make.capability(make.published_supplier(), "turning")
        told_to(client, plater, row)
        with CaptureQueriesContext(connection) as captured:
            body = told_to(client, plater, row, top=10)
        counts.append((len(body["results"]), len(captured)))

    assert counts == [(2, counts[0][1]), (10, counts[0][1])]


# In the admin.


def viewer(language: str = "en") -> Client:
    user = member("agency", role="viewer").user
    assert user is not None
    user.is_staff = True
    user.save()
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def page_of(supplier: Supplier) -> str:
    return f"/admin/suppliers/supplier/{supplier.pk}/consortia/"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Consortia", "leads and does 2. hardening, 3. plating", "Only sites in"]),
        ("vi", ["Liên danh", "đứng đầu và làm 2. hardening, 3. plating", "Chỉ cơ sở tại"]),
    ],
)
def test_staff_look_at_what_the_firm_reads_from_its_page(
    suppliers: dict[str, Supplier], language: str, said: list[str]
) -> None:
    turner, row = suppliers["turner"], shared_requirement(member("buyer"))
    make.requirement(title="A single step", operations=STEPS[:1])
    client = viewer(language)

    firm = client.get(f"/admin/suppliers/supplier/{turner.pk}/change/").content.decode()
    empty = client.get(page_of(turner)).content.decode()
    page = client.get(page_of(turner), {"requirement": row.public_id}).content.decode()

    assert page_of(turner) in firm
    assert (row.public_id in empty, "A single step" in empty, "<main" in empty) == (True, False, False)
    assert [words for words in said if words not in page] == []
    assert f"/admin/suppliers/supplier/{suppliers['plater'].pk}/change/" in page


def test_what_cannot_be_answered_is_said_on_the_page(suppliers: dict[str, Supplier]) -> None:
    turner, row = suppliers["turner"], shared_requirement(member("buyer"), plant=None)
    client = viewer()

    nowhere = client.get(page_of(turner), {"requirement": row.public_id, "within_km": "50"}).content.decode()
    nothing = client.get(page_of(turner), {"requirement": "req_0"}).content.decode()

    assert "The requirement does not say where its plant is." in nowhere
    assert "Select a valid choice." in nothing
    assert client.get("/admin/suppliers/supplier/999999999/consortia/").status_code == 404
