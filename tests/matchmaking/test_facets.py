"""GET /api/v1/suppliers/facets: equal to what the list would find, for every code and under every filter."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from matchmaking.catalogue import merge
from suppliers.models import Certificate, Supplier
from taxonomy.models import Sector
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import buyer_member, verified_buyer
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    material,
    process,
    province,
    published_supplier,
    standard,
)
from tests.factories.taxonomy import CorridorFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/suppliers/facets"
KINDS = ("process", "material", "standard", "province", "sector")
NONE = {"results": [], "has_more": False}
TODAY = timezone.localdate()
NEAR = {"near": "21.0,105.8", "within_km": "30"}
CAPACITY = {"monthly_capacity__gte": "1", "capacity_unit": "t"}


def facets(client: APIClient, **query: Any) -> Any:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def counts(body: Any, kind: str) -> dict[str, int]:
    return {value["code"]: value["count"] for value in body[kind]["results"]}


def found(client: APIClient, **query: Any) -> int:
    """How many the list finds."""
    answer = client.get("/api/v1/suppliers", {**query, "page_size": 200})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["next"] is None
    return len(answer.json()["results"])


@pytest.fixture
def crowd() -> None:
    """Firms of every kind, the same every time, some of them not published, some with facts that rankings pass over."""
    chance = random.Random(7)  # noqa: S311 (not a secret)
    lately_taken_back = {"monthly_capacity": (TODAY - timedelta(days=364)).isoformat()}
    mach = process("MACH")
    processes = [process(code, below=mach) for code in ("MACH.TURN", "MACH.MILL")]
    processes += [process("PLAS"), process("MACH.TURN.CNC", below=processes[0])]
    metal = material("METAL")
    for code in ("METAL.AL", "METAL.FE"):
        material(code, below=metal)
    quality = standard("ISO9001")
    automotive = standard("IATF16949")
    automotive.implies.add(quality)
    standards = [quality, automotive, standard("ISO14001")]
    today = [province("01"), province("24")]
    old = province("27", edition="2004", successor=today[1])
    CorridorFactory.create(code="HN-HP").provinces.set([today[0], old])
    sectors = [Sector.objects.create(code=code, name_vi=code, name_en=code) for code in ("auto", "home")]
    for number in range(16):
        name = chance.choice(["Cơ khí Minh Đức", "Nikko Seiko", "精機工業", "Thép A", "Mach An"])
        firm = SupplierFactory.create(
            published=number % 5 != 4,
            organisation__legal_name=f"Công ty TNHH {name} {number}",
            ownership=chance.choice(["", "private", "fdi"]),
        )
        firm.sectors.set(chance.sample(sectors, chance.randint(0, 2)))
        for _ in range(chance.randint(0, 2)):
            place = chance.choice([{"province": today[0]}, {"province": today[1], "old_province": old}])
            north = chance.choice([21.0, 10.8, None])
            site = SiteFactory.create(
                supplier=firm,
                latitude=north,
                longitude=north and 105.8,
                role=chance.choice(["production", "office"]),
                **place,
            )
            for _ in range(chance.randint(0, 2)):
                CapabilityFactory.create(
                    site=site,
                    process=chance.choice(processes),
                    materials=chance.sample(["METAL", "METAL.AL", "METAL.FE"], chance.randint(0, 2)),
                    monthly_capacity=chance.choice([None, 3, 500, 5000]),
                    capacity_unit=chance.choice(["kg", "t", "pcs"]),
                    withdrawn=chance.choice(
                        [{}, {}, {"materials": "2020-01-01"}, {"monthly_capacity": "2020-01-01"}, lately_taken_back]
                    ),
                )
        for held in chance.sample(standards, chance.randint(0, 3)):
            CertificateFactory.create(
                supplier=firm,
                standard=held,
                level=chance.choice([0, 2]),
                state=chance.choice([Certificate.State.DECLARED, Certificate.State.REJECTED]),
                valid_from=chance.choice([None, TODAY - timedelta(days=9)]),
                expires_on=chance.choice([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=90)]),
            )


def dated(kind: str, code: str, query: dict[str, str]) -> dict[str, str]:
    """The list's parameters that choose a code."""
    others = {name: value for name, value in query.items() if name not in (kind, f"{kind}__in")}
    return {"valid_on": TODAY.isoformat(), **others, kind: code} if kind == "standard" else {**others, kind: code}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"process": "MACH"},
        {"process__in": "MACH.TURN,PLAS"},
        {"material": "METAL", "province": "2025:24"},
        {"standard": "ISO9001"},
        {"standard": "ISO9001", "valid_on": (TODAY + timedelta(days=30)).isoformat(), "standard_level__gte": "1.5"},
        {"standard__in": "ISO14001,IATF16949", "sector": "auto"},
        {"province__in": "2004:27,2025:01", "sector__in": "auto,home"},
        {"process": "MACH.TURN", "process__in": "MACH.MILL,MACH.TURN.CNC"},
        {"q": "mach", "material": "METAL.AL"},
        NEAR,
        {**NEAR, "process": "MACH", "sector": "home"},
        CAPACITY,
        {**CAPACITY, "process": "MACH", "material": "METAL"},
        {**CAPACITY, "process": "MACH", "process__in": "MACH.TURN,PLAS"},
        {"corridor": "HN-HP", "process": "MACH"},
        {"q": "khong co ai"},
        {"q": "cơ khí MINH"},
        {"q": "精", "sector": "auto"},
        {"q": "a"},
        {"q": "ma iso9001"},
        {"q": "iso9001 tỉnh", "standard": "ISO9001"},
        {**NEAR, "within_km": "1000"},
        {"monthly_capacity__lte": "3000", "capacity_unit": "kg"},
        {"monthly_capacity__gte": "2", "monthly_capacity__lte": "4", "capacity_unit": "t", "process": "PLAS"},
        {**CAPACITY, **NEAR, "q": "co", "corridor": "HN-HP"},
    ],
    ids=lambda query: "&".join(query),
)
@pytest.mark.usefixtures("crowd")
def test_each_count_is_what_the_list_finds_with_that_code(client_for: ClientFor, query: dict[str, str]) -> None:
    client = client_for(buyer_member(verified_buyer()))

    body = facets(client, **query)

    assert body["total"] == found(client, **query)
    codes = {
        "process": ["MACH", "MACH.TURN", "MACH.TURN.CNC", "MACH.MILL", "PLAS"],
        "material": ["METAL", "METAL.AL", "METAL.FE"],
        "standard": ["ISO9001", "IATF16949", "ISO14001"],
        "province": ["2025:01", "2025:24", "2004:27"],
        "sector": ["auto", "home"],
    }
    for kind in KINDS:
        listed = {code: found(client, **dated(kind, code, query)) for code in codes[kind]}
        assert counts(body, kind) == {code: count for code, count in listed.items() if count}


def test_the_most_suppliers_come_first_then_codes_and_the_rest_is_said_to_be_there(anonymous_client: APIClient) -> None:
    for codes in (("B", "C"), ("A", "C"), ("A", "B"), ("A", "C")):
        published_supplier(processes=codes)
    for code in ("A", "B", "C"):
        entry = process(code)
        entry.name_vi, entry.name_en = f"Gia công {code}", f"Working {code}"
        entry.save()

    body = anonymous_client.get(URL, {"top": 2}, headers={"accept-language": "vi"}).json()

    assert body["process"] == {
        "results": [
            {"code": "A", "name": "Gia công A", "count": 3},
            {"code": "C", "name": "Gia công C", "count": 3},
        ],
        "has_more": True,
    }
    english = facets(anonymous_client, top=3)
    assert [value["name"] for value in english["process"]["results"]] == ["Working A", "Working C", "Working B"]
    assert english["process"]["has_more"] is False


def test_nothing_found_is_zero_and_says_why(anonymous_client: APIClient) -> None:
    body = facets(anonymous_client)

    assert body == {
        "total": 0,
        "valid_on": TODAY.isoformat(),
        "explanation": "No published supplier meets all filters.",
        **dict.fromkeys(KINDS, NONE),
    }


def test_a_firm_counts_from_the_moment_it_is_published_and_in_the_sectors_it_has_now(
    anonymous_client: APIClient,
) -> None:
    firm = published_supplier(processes=("MACH",))
    auto = Sector.objects.create(code="auto", name_vi="Ô tô", name_en="Automotive")
    assert facets(anonymous_client)["sector"] == NONE

    firm.sectors.add(auto)
    assert counts(facets(anonymous_client), "sector") == {"auto": 1}

    firm.sectors.clear()
    assert facets(anonymous_client)["sector"] == NONE

    Supplier.objects.filter(pk=firm.pk).update(state=Supplier.State.SUSPENDED)
    assert facets(anonymous_client)["total"] == 0


def test_staff_and_the_firm_itself_count_only_what_is_published(client_for: ClientFor) -> None:
    published_supplier()
    draft = SupplierFactory.create()
    own = client_for(member("supplier", organisation=draft.organisation))

    assert facets(client_for(member("agency")))["total"] == 1
    assert facets(client_for(member("agency")), state="draft")["total"] == 0
    assert facets(own)["total"] == 1
    assert facets(own, mine="true")["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"ownership": "private"},
        {"ownership__in": "private,fdi", "process": "MACH"},
        {"state": "published", "sector": "auto"},
        {"state__in": "draft,published"},
        {"state__in": "draft,archived"},
        {"mine": "true"},
    ],
    ids=lambda query: "&".join(query),
)
@pytest.mark.usefixtures("crowd")
def test_staff_count_by_what_only_they_may_ask(client_for: ClientFor, query: dict[str, str]) -> None:
    client = client_for(member("agency"))
    published = {name: value for name, value in query.items() if not name.startswith("state")} | {"state": "published"}
    expected = 0 if query.get("state__in") == "draft,archived" else found(client, **published)

    assert facets(client, **query)["total"] == expected


def test_a_firm_counts_its_own_profile_once_it_is_published(client_for: ClientFor) -> None:
    published_supplier()
    own = client_for(member("supplier", organisation=published_supplier().organisation))

    assert facets(own, mine="true")["total"] == 1


@pytest.mark.parametrize(
    ("query", "status", "where"),
    [
        ({"process": "NOWHERE"}, 400, "process"),
        ({"colour": "red"}, 400, "colour"),
        ({"top": "0"}, 400, "top"),
        ({"top": "many"}, 400, "top"),
        ({"province": "24"}, 400, "province"),
        ({"near": "21,105", "within_km": "5"}, 401, None),
        (CAPACITY, 401, None),
        ({"state": "draft"}, 401, None),
        ({"cursor": "x"}, 400, "cursor"),
    ],
)
def test_what_the_list_refuses_is_refused(
    anonymous_client: APIClient, query: Any, status: int, where: str | None
) -> None:
    answer = anonymous_client.get(URL, query)

    assert answer.status_code == status
    assert [error["pointer"] for error in answer.json().get("errors", [])] == ([f"/{where}"] if where else [])


def test_a_day_may_be_asked_for_without_a_standard(anonymous_client: APIClient) -> None:
    firm = published_supplier()
    CertificateFactory.create(supplier=firm, expires_on=date(2030, 1, 1))

    assert counts(facets(anonymous_client, valid_on="2030-01-01"), "standard") == {"ISO9001": 1}
    assert facets(anonymous_client, valid_on="2030-01-02")["standard"] == NONE
    assert facets(anonymous_client, valid_on="2030-01-02")["total"] == 1


def test_the_number_of_queries_does_not_depend_on_how_many_firms_there_are(anonymous_client: APIClient) -> None:
    client = anonymous_client
    published_supplier(processes=("MACH",), materials=["METAL"])

    def queries(**query: str) -> int:
        facets(client, **query)
        with CaptureQueriesContext(
            connection,
        ) as made:
            facets(client, **query)
        return len(made)

    plain, by_words = queries(), queries(q="mach", process="MACH")
    for _ in range(49):
        published_supplier(processes=("MACH",), materials=["METAL"])

    assert (queries(), queries(q="mach", process="MACH")) == (plain, by_words)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_catalogue")
def test_base_and_changes_count_as_the_next_base_does(anonymous_client: APIClient) -> None:
    def firm(**held: Any) -> Supplier:
        supplier = published_supplier(processes=("MACH.TURN", "MACH.MILL"), materials=["METAL"])
        CertificateFactory.create(supplier=supplier, **held)
        return supplier

    above = process("MACH")
    for code in ("MACH.TURN", "MACH.MILL"):
        process(code, below=above)
    firm()
    leaves = firm(standard=standard("ISO14001"))
    assert facets(anonymous_client)["total"] == 2
    firm(expires_on=TODAY - timedelta(days=1))
    Supplier.objects.filter(pk=leaves.pk).update(state=Supplier.State.SUSPENDED)

    together = facets(anonymous_client)
    assert merge(at_least=1)
    merged = facets(anonymous_client)

    assert counts(together, "process") == {"MACH": 2, "MACH.TURN": 2, "MACH.MILL": 2}
    assert counts(together, "standard") == {"ISO9001": 1}
    assert merged == together
