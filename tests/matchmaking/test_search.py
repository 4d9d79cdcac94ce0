"""GET /api/v1/search: what is found, why, and who finds it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from buyers.models import RequirementAudience
from suppliers.models import Supplier
from taxonomy.models import Process, Source
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.buyers import PlantFactory, buyer_member, open_requirement, verified_buyer
from tests.factories.suppliers import SupplierFactory, material, process, published_supplier
from tests.factories.taxonomy import ProvinceFactory, TermFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/search"
NOTHING = {"results": [], "has_more": False}


def search(client: APIClient, q: str, **query: Any) -> Any:
    answer = client.get(URL, {"q": q, **query})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def moulding() -> Process:
    entry = process("PLAS.INJ", below=process("PLAS"))
    TermFactory.create(process=entry, text="Ép phun nhựa", language="vi", source=Source.SYNONYM)
    return entry


def test_each_kind_is_found_with_the_reason(client_for: ClientFor) -> None:
    entry = moulding()
    does = published_supplier(processes=("PLAS.INJ",))
    named = SupplierFactory.create(
        published=True, organisation=OrganisationFactory.create(legal_name="Ép Phun Hà Nội", trade_name="")
    )
    asked = open_requirement(title="Vỏ hộp", description="Cần ép phun gấp", operation__process=entry)
    supplier = client_for(member("supplier"))

    body = search(supplier, "ep phun")

    assert body["suppliers"] == {
        "results": [
            {
                "id": named.public_id,
                "legal_name": "Ép Phun Hà Nội",
                "trade_name": "",
                "provinces": [],
                "matched": [{"field": "name", "value": "Ép Phun Hà Nội"}],
            },
            {
                "id": does.public_id,
                "legal_name": does.organisation.legal_name,
                "trade_name": does.organisation.trade_name,
                "provinces": ["2025:01"],
                "matched": [{"field": "processes", "value": "PLAS.INJ"}],
            },
        ],
        "has_more": False,
    }
    assert body["requirements"] == {
        "results": [
            {
                "id": asked.public_id,
                "title": "Vỏ hộp",
                "state": "open",
                "province": None,
                "matched": [
                    {"field": "description", "value": "Cần ép phun gấp"},
                    {"field": "processes", "value": "PLAS.INJ"},
                ],
            }
        ],
        "has_more": False,
    }
    assert body["entries"]["results"] == [
        {
            "kind": "process",
            "code": "PLAS.INJ",
            "name": "PLAS.INJ",
            "matched": [{"field": "synonym", "value": "Ép phun nhựa"}],
        }
    ]


def test_words_of_several_kinds_are_each_explained(anonymous_client: APIClient) -> None:
    moulding()
    TermFactory.create(material=material("PA66"), text="nylon", language="en", source=Source.SYNONYM)
    firm = published_supplier(processes=("PLAS.INJ",), materials=["PA66"])
    name = firm.organisation.trade_name

    [hit] = search(anonymous_client, f"nylon {name} ép phun")["suppliers"]["results"]

    assert hit["matched"] == [
        {"field": "materials", "value": "PA66"},
        {"field": "name", "value": name},
        {"field": "processes", "value": "PLAS.INJ"},
    ]


def test_a_province_of_today_or_of_old_is_found_in_its_language(anonymous_client: APIClient) -> None:
    province = ProvinceFactory.create(code="24", name_vi="Bắc Ninh", name_en="Bac Ninh")
    TermFactory.create(province=province, text="Bắc Ninh", source=Source.NAME, language="vi")

    [hit] = search(anonymous_client, "bac ninh")["entries"]["results"]

    assert (hit["kind"], hit["code"], hit["name"]) == ("province", "2025:24", "Bac Ninh")


def test_only_so_many_are_shown_and_more_are_told_of(anonymous_client: APIClient) -> None:
    firms = [published_supplier() for _ in range(3)]

    body = search(anonymous_client, "mechanics", top=2)

    assert [row["id"] for row in body["suppliers"]["results"]] == [firm.public_id for firm in firms[:0:-1]]
    assert body["suppliers"]["has_more"] is True
    assert search(anonymous_client, "mechanics", top=3)["suppliers"]["has_more"] is False


@pytest.mark.parametrize("state", ["draft", "submitted", "suspended", "archived"])
def test_firms_out_of_sight_are_not_found(state: str, client_for: ClientFor, anonymous_client: APIClient) -> None:
    firm = published_supplier()
    Supplier.objects.update(state=state)

    for client in (anonymous_client, client_for(member("supplier")), client_for(buyer_member())):
        assert search(client, "mechanics")["suppliers"] == NOTHING
    own = client_for(member("supplier", organisation=firm.organisation))
    assert [row["id"] for row in search(own, "mechanics")["suppliers"]["results"]] == [firm.public_id]


def test_requirements_are_found_by_who_may_see_them_and_hide_what_is_hidden(
    client_for: ClientFor, anonymous_client: APIClient
) -> None:
    buyer = verified_buyer()
    plant = PlantFactory.create(buyer=buyer, name="Hidden works", address="Secret street")
    asked = open_requirement(buyer, plant=plant, title="Shaft", visibility="anonymous")
    told = member("supplier")
    RequirementAudience.objects.create(requirement=asked, organisation_id=told.organisation_id or 0, reason="match")

    for client in (anonymous_client, client_for(member("supplier")), client_for(buyer_member())):
        assert search(client, "shaft")["requirements"] == NOTHING
    answer = client_for(told).get(URL, {"q": "shaft"})
    assert [row["id"] for row in answer.json()["requirements"]["results"]] == [asked.public_id]
    for secret in (plant.name, plant.public_id, buyer.public_id, str(buyer), "Secret"):
        assert secret not in answer.content.decode()
    for text in ("hidden", "secret", buyer.organisation.trade_name):
        assert search(client_for(told), text)["requirements"] == NOTHING


@pytest.mark.parametrize("text", ["%", "_", "&|", "'", "\\", "💡", "x" * 200, "精" * 200, "a " * 100, "NaN"])
def test_odd_questions_find_nothing(text: str, anonymous_client: APIClient) -> None:
    published_supplier()

    assert search(anonymous_client, text) == {"suppliers": NOTHING, "requirements": NOTHING, "entries": NOTHING}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "x", "top": "0"}, "top"),
        ({"q": "x", "top": "21"}, "top"),
        ({"q": "x", "top": "NaN"}, "top"),
        ({"q": "x", "kind": "supplier"}, "kind"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_bad_parameters_are_named(query: dict[str, str], pointer: str, anonymous_client: APIClient) -> None:
    answer = anonymous_client.get(URL, query)

    assert answer.status_code == 400
    assert [error["pointer"].lstrip("/") for error in answer.json()["errors"]] == [pointer]


def test_many_rows_cost_as_many_queries_as_one(client_for: ClientFor) -> None:
    client = client_for(member("supplier"))
    entry = moulding()

    def add() -> None:
        published_supplier(processes=("PLAS.INJ",), materials=["PA66"])
        open_requirement(title="Ép phun", operation__process=entry)

    def queries(rows: int) -> int:
        search(client, "ep phun", top=20)  # the process keeps the vocabulary that it reads
        with CaptureQueriesContext(connection) as asked:
            body = search(client, "ep phun", top=20)
        assert (len(body["suppliers"]["results"]), len(body["requirements"]["results"])) == (rows, rows)
        return len(asked)

    add()
    few = queries(1)
    for _ in range(19):
        add()

    assert queries(20) == few
