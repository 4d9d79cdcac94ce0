"""GET /api/v1/requirements: what each filter finds, and that what is hidden cannot be found."""

import unicodedata
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers.models import Requirement, RequirementAudience
from taxonomy.models import Source
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import (
    OperationFactory,
    PlantFactory,
    buyer_member,
    open_requirement,
    process,
    verified_buyer,
)
from tests.factories.taxonomy import (
    CorridorFactory,
    IndustrialParkFactory,
    MaterialFactory,
    OldProvinceFactory,
    ProvinceFactory,
    StandardFactory,
    TermFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/requirements"
PLANT = "21.1,105.8"


def found(client: APIClient, **query: Any) -> list[str]:
    """Ids of the requirements in the list, oldest first."""
    answer = client.get(f"{URL}?{urlencode(query, quote_via=quote)}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]][::-1]


def ids(*requirements: Requirement) -> list[str]:
    return [requirement.public_id for requirement in requirements]


def delivered_to(**place: Any) -> Requirement:
    buyer = verified_buyer()
    return open_requirement(buyer, plant=PlantFactory.create(buyer=buyer, **place))


def tell(requirement: Requirement, supplier: Principal, *, knows_buyer: bool) -> None:
    RequirementAudience.objects.create(
        requirement=requirement, organisation_id=supplier.organisation_id or 0, reason="match", knows_buyer=knows_buyer
    )


@pytest.fixture
def client(client_for: ClientFor) -> APIClient:
    return client_for(member("supplier"))


def test_processes_materials_and_standards_are_found(client: APIClient) -> None:
    steel = MaterialFactory.create(code="STEEL")
    inox = MaterialFactory.create(code="SUS304", parent=steel)
    turned = open_requirement(operation__process=process("MACH.CNC_TURN"))
    turned.operations.get().materials.add(inox)
    plated = open_requirement(operation__process=process("SURF.ZINC"))
    OperationFactory.create(requirement=plated, position=1, process=process("MACH.CNC_MILL"))
    plated.standards_required.add(StandardFactory.create(code="ISO9001"))
    turned.standards_preferred.add(StandardFactory.create(code="ISO14001"))

    assert found(client, process="MACH") == ids(turned, plated)
    assert found(client, process__in="SURF,MACH.CNC_TURN") == ids(turned, plated)
    assert found(client, process="SURF.ZINC") == ids(plated)
    assert found(client, material="STEEL") == found(client, material__in="SUS304") == ids(turned)
    assert found(client, standard="ISO9001") == ids(plated)
    assert found(client, standard="ISO14001") == ids(turned)
    assert found(client, standard__in="ISO9001,ISO14001") == ids(turned, plated)


def test_provinces_and_corridors_go_by_the_province_that_is_shown(client: APIClient) -> None:
    today = ProvinceFactory.create(code="24")
    old = OldProvinceFactory.create(code="24", successor=today)
    named_old, new_only = delivered_to(province=today, old_province=old), delivered_to(province=today)
    CorridorFactory.create(code="OLD").provinces.set([old])
    CorridorFactory.create(code="BOTH").provinces.set([old, today])

    assert found(client, province="2004:24") == found(client, corridor="OLD") == ids(named_old)
    assert found(client, province="2025:24") == ids(new_only)
    assert found(client, province__in="2025:24,2004:24") == found(client, corridor="BOTH") == ids(named_old, new_only)


def test_distance_is_to_the_plant_or_where_that_is_not_on_the_map_to_its_park(client: APIClient) -> None:
    park = IndustrialParkFactory.create(latitude=21.1, longitude=105.8)
    own = delivered_to(latitude=21.1, longitude=105.8)
    of_park = delivered_to(latitude=None, longitude=None, park=park, province=park.province)
    delivered_to(latitude=22.1, longitude=105.8, park=park, province=park.province)
    delivered_to(latitude=None, longitude=None)
    open_requirement()

    assert found(client, near=PLANT, within_km=1) == ids(own, of_park)


@pytest.mark.parametrize("visibility", ["public", "matched", "anonymous"])
def test_where_the_plant_is_hidden_no_distance_finds_it(visibility: str, client_for: ClientFor) -> None:
    supplier = member("supplier")
    requirement = delivered_to()
    Requirement.objects.update(visibility=visibility)
    tell(requirement, supplier, knows_buyer=False)
    near, far = {"near": PLANT, "within_km": 1}, {"near": "10,100", "within_km": 1000}
    client = client_for(supplier)

    is_shown = visibility != "anonymous"
    assert "plant" in client.get(f"{URL}/{requirement.public_id}").json() or not is_shown
    assert found(client, **near) == (ids(requirement) if is_shown else [])
    assert found(client, **far) == []
    assert found(client) == ids(requirement)
    RequirementAudience.objects.update(knows_buyer=True)
    assert found(client, **near) == ids(requirement)
    for reader in (buyer_member(requirement.buyer), member("agency")):
        assert found(client_for(reader), **near) == ids(requirement)
        assert found(client_for(reader), **far) == []
    assert found(client_for(buyer_member()), **near) == []


def test_quantities_are_found_in_any_unit_of_their_kind(client: APIClient) -> None:
    tonnes = open_requirement(monthly_quantity=2.0, quantity_unit="t")
    kilograms = open_requirement(monthly_quantity=500.0, quantity_unit="kg")
    pieces = open_requirement(monthly_quantity=2000.0, quantity_unit="pcs")
    open_requirement()

    assert found(client, monthly_quantity__gte=500, quantity_unit="kg") == ids(tonnes, kilograms)
    assert found(client, monthly_quantity__lte=1, quantity_unit="t") == ids(kilograms)
    assert found(client, monthly_quantity__gte=1, monthly_quantity__lte=2000, quantity_unit="pcs") == ids(pieces)


def test_days_states_and_visibility_are_found(client_for: ClientFor) -> None:
    soon = open_requirement(needed_on=date(2027, 1, 1), answer_by=date(2026, 12, 1))
    late = open_requirement(needed_on=date(2027, 6, 1), answer_by=date(2027, 5, 1), visibility="matched")
    withdrawn = open_requirement(state="withdrawn")
    staff = client_for(member("agency"))

    assert found(staff, needed_on__lte="2027-01-01") == ids(soon)
    assert found(staff, needed_on__gte="2027-01-02") == ids(late)
    assert found(staff, answer_by__gte="2026-12-01", answer_by__lte="2026-12-01") == ids(soon)
    assert found(staff, state="withdrawn") == ids(withdrawn)
    assert found(staff, state__in="open,withdrawn", visibility__in="matched") == ids(late)
    assert found(staff, visibility="public") == ids(soon, withdrawn)


def test_requirements_are_sorted_by_title(client: APIClient) -> None:
    first, third, second = (open_requirement(title=title) for title in "ACB")

    assert found(client, ordering="-title") == ids(first, second, third)  # read from the end
    assert found(client, ordering="title") == ids(third, second, first)


def test_words_ignore_accents_and_composition_and_reach_what_processes_are_called(client: APIClient) -> None:
    turning = process("MACH.CNC_TURN")
    TermFactory.create(process=turning, text="旋盤加工", language="ja", source=Source.SYNONYM)
    TermFactory.create(process=turning.parent, text="cắt gọt", language="vi", source=Source.SYNONYM)
    shaft = open_requirement(
        title="Trục thép đặc", description="Đường kính 50; 100% kiểm tra. 部品は無料", part_family="Shafts"
    )
    open_requirement(title="Nắp nhựa", operation__process=process("PLAS.INJ"))

    texts = (
        "truc thep",
        "TRỤC",
        unicodedata.normalize("NFD", "đặc"),
        "duong kinh",
        "shaft",
        "kiem 100",
        "無料",
        "部品",
    )
    for text in (*texts, "旋盤", "加工", "cat got", "truc 旋盤"):
        assert found(client, q=text) == ids(shaft), text
    assert found(client, q="nhua truc") == found(client, q="%") == found(client, q="_") == found(client, q="hep") == []


def test_a_changed_title_is_found_by_its_new_words(client_for: ClientFor) -> None:
    requirement = open_requirement(title="Shaft")
    client = client_for(buyer_member(requirement.buyer))

    client.patch(f"{URL}/{requirement.public_id}", {"title": "Khớp nối"}, headers={"If-Match": "*"})

    assert found(client, q="khop noi") == ids(requirement)
    assert found(client, q="shaft") == []


@pytest.mark.parametrize("description", ["精" * 10_000, "".join(chr(0x4E00 + n) for n in range(10_000)), "ﷺ" * 9_000])
def test_the_longest_description_is_stored_and_found(description: str, client_for: ClientFor) -> None:
    requirement = open_requirement(title="Long", description=description)

    assert found(client_for(member("supplier")), q="long") == ids(requirement)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"q": "x" * 201}, "q", "max_length"),
        ({"material": "NONE"}, "material", "invalid_choice"),
        ({"standard__in": "NONE"}, "standard__in", "unknown_code"),
        ({"visibility": "nobody"}, "visibility", "invalid_choice"),
        ({"near": "NaN,NaN", "within_km": "1"}, "near", "invalid"),
        ({"within_km": "1"}, "within_km", "incomplete"),
        ({"monthly_quantity__gte": "1"}, "monthly_quantity__gte", "incomplete"),
        ({"monthly_quantity__gte": "inf", "quantity_unit": "kg"}, "monthly_quantity__gte", "invalid"),
        ({"needed_on__gte": "0000-00-00"}, "needed_on__gte", "invalid"),
    ],
)
def test_bad_parameters_are_named(query: dict[str, str], pointer: str, code: str, client: APIClient) -> None:
    answer = client.get(URL, query)

    errors = [(error["pointer"].lstrip("/"), error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, errors) == (400, [(pointer, code)])


def test_fifty_rows_cost_as_many_queries_as_one(client_for: ClientFor) -> None:
    client = client_for(member("supplier"))
    query = {"q": "shaft", "process": "MACH", "near": PLANT, "within_km": "5"}

    def queries(rows: int) -> int:
        found(client, **query)  # the process keeps the vocabulary that it reads
        with CaptureQueriesContext(connection) as asked:
            assert len(found(client, **query)) == rows
        return len(asked)

    delivered_to()
    few = queries(1)
    for _ in range(49):
        delivered_to()

    assert queries(50) == few
