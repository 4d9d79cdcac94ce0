"""Drafting over the API: who may, what is answered, and that nothing is stored."""

import pytest
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers.models import Buyer, Plant, Requirement
from taxonomy.models import Province
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

ADDRESS = "/api/v1/requirements/draft-from-text"
TEXT = {"text": "tiện CNC thép S45C ±0.02 mm, 5000 cái/tháng, giao tại Bắc Ninh"}


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    return principal


def plant(buyer: Principal, name: str) -> Plant:
    return PlantFactory.create(
        buyer=Buyer.objects.get(organisation=buyer.organisation),
        name=name,
        province=Province.objects.get(edition="2025", code="24"),
    )


def test_the_draft_goes_as_it_is_to_the_requirements(buyer: Principal, client_for: ClientFor) -> None:
    here = plant(buyer, "Yên Phong")
    client = client_for(buyer)

    answer = client.post(ADDRESS, TEXT, format="json")

    assert answer.status_code == 200, answer.content
    draft = answer.json()
    assert draft["requirement"] == {
        "title": TEXT["text"],
        "description": TEXT["text"],
        "monthly_quantity": 5000.0,
        "quantity_unit": "pcs",
        "operations": [{"process": "MACH.CNC_TURN", "materials": ["STEEL.S45C"], "tolerance_mm": 0.02}],
        "plant": here.public_id,
    }
    assert draft["place"] == {"park": None, "province": "2025:24"}
    assert draft["readings"][0] == {
        "start": 0,
        "end": 8,
        "text": "tiện CNC",
        "pointer": "/operations/0/process",
        "value": "MACH.CNC_TURN",
        "confidence": 0.98,
        "question": None,
        "detail": None,
        "candidates": [],
    }
    assert draft["readings"][-1]["value"] == here.public_id
    assert Requirement.objects.count() == 0
    assert client.post("/api/v1/requirements", draft["requirement"], format="json").status_code == 201


def test_of_two_plants_at_the_place_none_is_picked(buyer: Principal, client_for: ClientFor) -> None:
    plant(buyer, "one")
    plant(buyer, "two")

    draft = client_for(buyer).post(ADDRESS, TEXT, format="json").json()

    assert "plant" not in draft["requirement"]
    assert (draft["readings"][-1]["pointer"], draft["readings"][-1]["question"]) == (None, "plant")
    assert draft["readings"][-1]["detail"] == "To which of your plants is it delivered?"


def test_suppliers_and_strangers_may_not(client_for: ClientFor, anonymous_client: APIClient) -> None:
    assert client_for(member("supplier")).post(ADDRESS, TEXT, format="json").status_code == 403
    assert anonymous_client.post(ADDRESS, TEXT, format="json").status_code == 401


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 5001}, {"text": None}, {"text": 5}, {"texts": "x"}])
def test_what_is_no_text_is_refused(buyer: Principal, client_for: ClientFor, body: dict[str, object]) -> None:
    assert client_for(buyer).post(ADDRESS, body, format="json").status_code == 400


def test_terms_of_a_text_are_told_to_anybody(anonymous_client: APIClient) -> None:
    address = "/api/v1/taxonomy/suggest"

    answer = anonymous_client.post(address, {"text": "ép nhựa ABS, ISO 9001, no welding"}, format="json")

    assert answer.status_code == 200
    assert [(term["text"], term["outcome"], term["code"], term["denied"]) for term in answer.json()["terms"]] == [
        ("ép nhựa", "ambiguous", None, False),
        ("ABS", "sure", "PL.ABS", False),
        ("ISO 9001", "sure", "ISO9001", False),
        ("welding", "sure", "WELD", True),
    ]
    only = anonymous_client.post(address, {"text": "ép nhựa ABS", "kinds": ["material"]}, format="json").json()
    assert [term["code"] for term in only["terms"]] == ["PL.ABS"]
    for body in ({"text": "x", "kinds": []}, {"text": "x", "kinds": ["province"]}, {"kinds": ["process"]}):
        assert anonymous_client.post(address, body, format="json").status_code == 400
