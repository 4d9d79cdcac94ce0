"""Real answers against the committed OpenAPI document: all that can be said, next to nothing said, and problems."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import ANONYMOUS, Principal
from suppliers.models import Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import UserFactory, member
from tests.factories.suppliers import SupplierFactory, province
from tests.factories.taxonomy import (
    CorridorFactory,
    IndustrialParkFactory,
    IndustryFactory,
    OldProvinceFactory,
    SectorFactory,
)
from tests.fixtures import contract
from tests.fixtures.contract import BrokenPromiseError, CheckedAnswers, faults_of, faults_of_request

pytestmark = pytest.mark.django_db
API = "/api/v1/"
READS = (
    *("me", "organisations", "organisations/{organisation}", "memberships", "memberships/{membership}"),
    *("api-keys", "api-keys/{api_key}", "claims", "claims/{claim}"),
    *("suppliers", "suppliers/{supplier}", "suppliers/{supplier}/evidence", "suppliers/{supplier}/history"),
    *("suppliers/{supplier}/sites", "suppliers/{supplier}/sites/{site}"),
    *("suppliers/{supplier}/capabilities", "suppliers/{supplier}/capabilities/{capability}"),
    *("suppliers/{supplier}/certificates", "suppliers/{supplier}/certificates/{certificate}"),
    *("buyers", "buyers/{buyer}", "plants", "plants/{plant}", "requirements", "requirements/{requirement}"),
    *("requirements/{requirement}/history", "requirements/{requirement}/matches"),
    *("requirements/{requirement}/relaxations", "requirements/{requirement}/stability"),
    *("connections", "connections/{connection}", "connections/{connection}/history"),
)
VOCABULARY = {
    "processes": "cnc_turning",
    "materials": "steel",
    "standards": "iso_9001",
    "provinces": "2025:01",
    "corridors": "north",
    "parks": "quang-minh",
    "industries": "2599",
    "sectors": "machinery",
}


def client_of(principal: Principal) -> APIClient:
    """A client of that person."""
    client = APIClient(headers={"accept-language": "en"})
    if principal is not ANONYMOUS:
        client.force_authenticate(user=principal.user, token=principal)
    return client


def send(client: APIClient, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """The body of an answer that must be a success."""
    answer = getattr(client, method)(API + path, {} if body is None else body, format="json", headers=headers)
    assert answer.status_code in (200, 201), answer.content.decode()
    said: dict[str, Any] = answer.json()
    return said


@dataclass
class World:
    """Who is there, and the ids of what there is."""

    seller: Principal = field(default_factory=lambda: member("supplier"))
    buyer: Principal = field(default_factory=lambda: member("buyer"))
    officer: Principal = field(default_factory=lambda: member("agency"))
    claimant: Principal = field(default_factory=lambda: Principal(user=UserFactory.create()))
    ids: dict[str, str] = field(default_factory=dict)

    def readers(self) -> tuple[Principal, ...]:
        return (self.seller, self.buyer, self.officer, self.claimant, ANONYMOUS)

    def post(self, by: Principal, path: str, body: Any = None, *, keep: str = "") -> dict[str, Any]:
        """A POST to a path in which ids are named; `keep` names the id of what it answers."""
        said = send(client_of(by), "post", path.format(**self.ids), body)
        if keep:
            self.ids[keep] = said["id"]
        return said

    def begin(self, *, firm: Any, part: Any, ability: Any, proof: Any, plant: Any, asked: Any, account: Any) -> None:
        """A published supplier, a verified buyer, its open requirement, and a connection."""
        self.post(self.seller, "suppliers", firm, keep="supplier")
        self.post(self.seller, "suppliers/{supplier}/sites", part, keep="site")
        ability = {"site": self.ids["site"], **ability}
        self.post(self.seller, "suppliers/{supplier}/capabilities", ability, keep="capability")
        self.post(self.seller, "suppliers/{supplier}/certificates", proof, keep="certificate")
        Supplier.objects.filter(public_id=self.ids["supplier"]).update(state="published", published_at=timezone.now())
        self.post(self.buyer, "buyers", account, keep="buyer")
        self.post(self.officer, "buyers/{buyer}/verify")
        assert self.buyer.organisation is not None
        self.buyer.organisation.refresh_from_db()
        self.post(self.buyer, "plants", plant, keep="plant")
        asked = {**asked, "plant": self.ids["plant"]} if "plant" in asked else asked
        self.post(self.buyer, "requirements", asked, keep="requirement")
        self.post(self.buyer, "requirements/{requirement}/open")
        sides = {"requirement": self.ids["requirement"], "supplier": self.ids["supplier"]}
        self.post(self.buyer, "connections", sides, keep="connection")
        tax_code = SupplierFactory.create().organisation.tax_code
        self.post(self.claimant, "claims", {"tax_code": tax_code}, keep="claim")
        self.post(self.seller, "api-keys", {"name": "ERP", "scopes": ["read"]}, keep="api_key")
        self.ids["organisation"] = send(client_of(self.seller), "get", "organisations")["results"][0]["id"]
        self.ids["membership"] = send(client_of(self.seller), "get", "memberships")["results"][0]["id"]


def vocabulary() -> None:
    """An entry of each kind, some below others."""
    make.process("cnc_turning", below="machining")
    make.material("steel", below="metal")
    make.standard("iso_9001")
    here = province("01")
    OldProvinceFactory.create(code="01", successor=here)
    CorridorFactory.create(code="north").provinces.add(here)
    IndustrialParkFactory.create(code="quang-minh", province=here)
    IndustryFactory.create(code="2599")
    SectorFactory.create(code="machinery")


@pytest.fixture
def terse() -> World:
    """Everybody says only what must be said."""
    vocabulary()
    world = World()
    world.begin(
        firm={},
        part={"name": "Works"},
        ability={"process": "cnc_turning"},
        proof={"standard": "iso_9001"},
        plant={"name": "Plant"},
        asked={"title": "Shaft", "operations": [{"process": "cnc_turning"}]},
        account={},
    )
    return world


@pytest.fixture
def talkative() -> World:
    """Everybody says all there is to say, takes something back, and decides."""
    vocabulary()
    world, tomorrow = World(), (timezone.localdate() + timedelta(days=1)).isoformat()
    place = {"address": "Lô 1", "province": "2025:01", "old_province": "2004:01", "park": "quang-minh"}
    world.begin(
        firm={
            "description_vi": "Cơ khí",
            "description_en": "Mechanics",
            "ownership": "private",
            "founded_year": 2001,
            "employees_total": 120,
            "employees_engineers": 20,
            "employees_quality": 9,
            "revenue_band": "10_to_50",
            "sectors": ["machinery"],
            "languages": ["vi", "en"],
            "export_share_pct": 40,
        },
        part={"name": "Works", "latitude": 21.2, "longitude": 105.7, **place},
        ability={
            "process": "cnc_turning",
            "role": "core",
            "materials": ["steel"],
            "tolerance_mm": 0.01,
            "roughness_um": 0.8,
            "envelope_mm": [300, 200, 100],
            "max_mass_kg": 40,
            "monthly_capacity": 9000,
            "capacity_unit": "pcs",
            "utilisation_pct": 50,
            "lead_time_days": 20,
            "sample_lead_time_days": 5,
            "moq": 10,
        },
        proof={
            "standard": "iso_9001",
            "number": "Q-1",
            "issuing_body": "TÜV",
            "accreditation_body": "DAkkS",
            "scope": "Turning",
            "valid_from": "2026-01-01",
            "expires_on": tomorrow,
        },
        plant={"name": "Plant", "latitude": 21.1, "longitude": 105.8, **place},
        asked={
            "title": "Shaft",
            "plant": "the plant above",
            "description": "As drawn",
            "part_family": "shafts",
            "operations": [
                {
                    "process": "cnc_turning",
                    "materials": ["steel"],
                    "tolerance_mm": 0.02,
                    "roughness_um": 1.6,
                    "part_size_mm": [100, 20, 20],
                    "part_mass_kg": 2.5,
                },
                {"process": "machining"},
            ],
            "hs_code": "8483",
            "monthly_quantity": 500,
            "quantity_unit": "pcs",
            "needed_on": tomorrow,
            "lead_time_days": 30,
            "moq": 100,
            "standards_required": ["iso_9001"],
            "near_km": 10,
            "far_km": 90,
            "export_share_pct": 10,
            "track_record_share": 0.9,
            "languages": ["en", "ja"],
            "nda_needed": True,
            "criteria": {"tolerance": {"mode": "must", "weight": 3, "min_level": 0}},
            "answer_by": tomorrow,
            "target_price": "1.25",
            "target_price_currency": "USD",
        },
        account={"parent_country": "JP", "sectors": ["machinery"], "description": "Motors"},
    )
    seen = {"source": "Visit", "note": "Measured", "level": 3}
    world.post(world.officer, "suppliers/{supplier}/certificates/{certificate}/check", {"source": "Register"})
    world.post(
        world.officer,
        "suppliers/{supplier}/evidence",
        {"subject": world.ids["capability"], "facts": ["tolerance_mm"], **seen},
    )
    send(
        client_of(world.seller),
        "patch",
        f"suppliers/{world.ids['supplier']}",
        {"export_share_pct": None},
        **{"If-Match": "*"},
    )
    send(
        client_of(world.buyer),
        "patch",
        f"requirements/{world.ids['requirement']}",
        {"moq": None},
        **{"If-Match": "*"},
    )
    world.post(world.officer, "claims/{claim}/reject", {"reason": "Not on the register."})
    world.post(world.seller, "connections/{connection}/decline", {"reason": "other", "note": "Full until May"})
    sides = {"requirement": world.ids["requirement"], "supplier": world.ids["supplier"], "message": "Now?"}
    world.post(world.buyer, "connections", sides, keep="connection")
    world.post(world.seller, "connections/{connection}/accept")
    return world


@pytest.fixture
def world(request: pytest.FixtureRequest) -> World:
    chosen: World = request.getfixturevalue(request.param)
    return chosen


@pytest.mark.parametrize("world", ["terse", "talkative"], indirect=True)
def test_what_anyone_reads_is_what_the_document_promises(world: World) -> None:
    statuses: dict[str, list[int]] = {}
    for path in READS:
        for reader in world.readers():
            answer = client_of(reader).get(API + path.format(**world.ids), headers={"accept-language": "vi"})
            statuses.setdefault(path, []).append(answer.status_code)

    assert [path for path, answered in statuses.items() if 200 not in answered] == []
    assert {status for answered in statuses.values() for status in answered} == {200, 401, 404}


@pytest.mark.parametrize("kind", VOCABULARY)
def test_the_vocabulary_is_what_the_document_promises(kind: str) -> None:
    vocabulary()
    reader = client_of(ANONYMOUS)

    listed = reader.get(f"{API}taxonomy/{kind}", {"count": "true"})
    entry = reader.get(f"{API}taxonomy/{kind}/{VOCABULARY[kind]}")

    assert (listed.status_code, entry.status_code) == (200, 200)
    assert listed.json()["count"] == len(listed.json()["results"]) > 0


def test_a_ranking_of_what_is_not_saved_is_what_the_document_promises(talkative: World) -> None:
    asked = {"operations": [{"process": "cnc_turning", "tolerance_mm": 0.005}], "standards_required": ["iso_9001"]}

    ranking = talkative.post(talkative.buyer, "match-preview", asked)

    assert [line["supplier"] for line in ranking["results"]] == [talkative.ids["supplier"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "tag", "status"),
    [
        ("post", "suppliers/{supplier}/capabilities", {"moq": "many"}, None, 400),
        ("patch", "suppliers/{supplier}", {"founded_year": 1999}, None, 428),
        ("patch", "suppliers/{supplier}", {"founded_year": 1999}, '"0.0000000000000000"', 412),
        ("post", "suppliers/{supplier}/publish", {}, None, 403),
        ("post", "suppliers", {}, None, 409),
        ("patch", "suppliers/sup_0000", {}, "*", 404),
    ],
)
def test_a_problem_is_what_the_document_promises(
    terse: World, method: str, path: str, body: Any, tag: str | None, status: int
) -> None:
    headers = {"If-Match": tag} if tag else {}

    refused = getattr(client_of(terse.seller), method)(
        API + path.format(**terse.ids), body, format="json", headers=headers
    )

    assert (refused.status_code, refused["Content-Type"]) == (status, "application/problem+json")
    assert refused.json()["status"] == status


def test_a_stranger_s_problem_is_what_the_document_promises() -> None:
    refused = client_of(ANONYMOUS).get(f"{API}me")

    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


def test_an_answer_that_breaks_its_promise_is_found() -> None:
    def faults(answer: HttpResponse, path: str = "claims", method: str = "GET") -> list[str]:
        answer["X-Request-ID"] = "1"
        return list(faults_of(method, API + path, answer))

    assert faults(JsonResponse({"results": [], "next": 1, "previous": None, "more": True}, headers={"ETag": "1"})) == [
        '$/next: 1 is not of types "null", "string"',
        "$: Additional properties are not allowed ('more' was unexpected)",
    ]
    assert faults(JsonResponse({}, status=418)) == ["status 418 is not described"]
    assert "text/html is not described" in faults(HttpResponse(b"{}", content_type="text/html"))
    assert faults(HttpResponse(b"{}", status=204), "memberships/mem_0", "DELETE") == ["a body is not described"]
    assert faults(HttpResponse(status=304), "claims/clm_0") == ["the header ETag is missing"]
    assert "the header ETag is not described" in faults(JsonResponse({}, headers={"ETag": "1"}), "search")
    assert faults(JsonResponse({}), "nowhere") == ["status 200 is not described"]
    assert faults(JsonResponse({}, status=404), "nowhere") == ["application/json is not described"]


def test_a_request_that_should_not_have_succeeded_is_found(rf: RequestFactory) -> None:
    def faults(path: str, body: Any) -> list[str]:
        return list(faults_of_request(rf.post(API + path), json.dumps(body).encode()))

    assert faults("claims?fast=1", {"tax_code": "0100109106"}) == ["the parameter fast is not described"]
    assert faults("claims", {"tax": 1}) == ["body $: Additional properties are not allowed ('tax' was unexpected)"]
    assert faults("claims/clm_0/approve", {"why": "so"}) == ["the body has why, which is not described"]
    assert faults("claims/clm_0/approve", {}) == []


def test_an_answer_that_breaks_its_promise_fails_the_test_that_asked(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "broken_promises", [])
    checked = CheckedAnswers(lambda _request: JsonResponse({}, status=418))

    with pytest.raises(BrokenPromiseError, match="status 418 is not described"):
        checked(rf.get(f"{API}claims"))

    assert len(contract.broken_promises) == 1
