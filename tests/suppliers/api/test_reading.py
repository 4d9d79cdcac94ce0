"""/api/v1/suppliers: who sees what of a firm, and lists."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import Principal
from notifications.models import Event
from suppliers.models import Evidence, Site, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    process,
    province,
    published_supplier,
)
from tests.suppliers.api.scene import FIGURES, SUPPLIERS, path, problem_of, verified_buyer

pytestmark = pytest.mark.django_db


def test_everybody_reads_published_firms_and_their_public_fields(anonymous_client: APIClient) -> None:
    supplier = published_supplier(materials=["al6061"], **FIGURES)
    SupplierFactory.create()
    CertificateFactory.create(supplier=supplier, checked=True, expires_on="2030-06-30", valid_from="2027-07-01")
    Supplier.objects.filter(pk=supplier.pk).update(
        languages=["en"], languages_observed_on="2026-01-31", employees_total=120, revenue_band="10_to_50"
    )

    body = anonymous_client.get(SUPPLIERS).json()

    assert body["results"] == [
        {
            "id": supplier.public_id,
            "legal_name": supplier.organisation.legal_name,
            "trade_name": supplier.organisation.trade_name,
            "country": "VN",
            "provinces": ["2025:01"],
            "sectors": [],
            "processes": ["cnc_turning"],
            "materials": ["al6061"],
            "standards": [
                {
                    "standard": "ISO9001",
                    "state": "checked",
                    "level": 2,
                    "valid_from": "2027-07-01",
                    "expires_on": "2030-06-30",
                    "never_expires": False,
                }
            ],
            "languages": ["en"],
            "employee_band": "100_to_199",
            "evidence": {"languages": {"level": 0, "observed_on": "2026-01-31", "withdrawn_on": None}},
        }
    ]
    assert anonymous_client.get(path(supplier)).json() == body["results"][0]


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        ("anonymous", {"tolerance_mm"}),
        ("other firm", {"tolerance_mm"}),
        ("unverified buyer", {"tolerance_mm"}),
        ("verified buyer", {*FIGURES, "free_capacity"} - {"utilisation_pct"}),
        ("owner", {*FIGURES, "free_capacity"}),
        ("staff", {*FIGURES, "free_capacity"}),
    ],
)
def test_figures_are_shown_by_reader(
    reader: str, seen: set[str], client_for: ClientFor, anonymous_client: APIClient
) -> None:
    supplier = published_supplier(**FIGURES)
    people: dict[str, Callable[[], Principal]] = {
        "other firm": lambda: member("supplier"),
        "unverified buyer": lambda: member("buyer"),
        "verified buyer": verified_buyer,
        "owner": lambda: member("supplier", organisation=supplier.organisation),
        "staff": lambda: member("agency"),
    }
    client = client_for(people[reader]()) if reader in people else anonymous_client

    [row] = client.get(path(supplier, "capabilities")).json()["results"]

    assert {name for name in [*FIGURES, "free_capacity"] if name in row} == seen
    with_evidence = seen - {"capacity_unit", "sample_lead_time_days", "free_capacity"}
    assert set(row["evidence"]) == {"process", *with_evidence}
    if "free_capacity" in seen:
        assert row["free_capacity"] == 7400.0  # 12,345 · 60 % = 7,407


def test_drafts_are_a_404_for_all_but_their_firm_and_staff(
    draft: Supplier, owner: Principal, officer: Principal, client_for: ClientFor, anonymous_client: APIClient
) -> None:
    SiteFactory.create(supplier=draft)
    urls = [path(draft), path(draft, "sites"), path(draft, "evidence"), path(draft, "history")]

    for url in urls:
        assert anonymous_client.get(url).status_code == 404
        assert client_for(member("supplier")).get(url).status_code == 404
        assert client_for(verified_buyer()).get(url).status_code == 404
        assert client_for(owner).get(url).status_code == 200
        assert client_for(officer).get(url).status_code == 200


def test_evidence_and_history_of_a_published_firm_are_a_404_for_others(
    published: Supplier, client_for: ClientFor, anonymous_client: APIClient
) -> None:
    for part in ("evidence", "history"):
        assert anonymous_client.get(path(published, part)).status_code == 404
        assert client_for(verified_buyer()).get(path(published, part)).status_code == 404


def test_filters_find_by_name_province_process_and_standard(anonymous_client: APIClient) -> None:
    machining = process("machining")
    process("cnc_turning", below=machining)
    turning = published_supplier()
    other = published_supplier(processes=("plating",))
    other.organisation.legal_name = "Công ty Cổ phần Mạ điện Đông Anh"
    other.organisation.save()
    Site.objects.filter(supplier=other).update(province=province("24"))
    CertificateFactory.create(supplier=other)
    CertificateFactory.create(supplier=turning, state="rejected")

    def found(query: str) -> list[str]:
        return [row["id"] for row in anonymous_client.get(f"{SUPPLIERS}?{query}").json()["results"]]

    assert found("process=machining") == found("process=cnc_turning") == [turning.public_id]
    assert found("q=cty cp dong anh") == found("province=2025:24") == found("standard=ISO9001") == [other.public_id]
    assert found("q=cong ty dong anh&process=machining") == []


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("process=nothing", "/process", "invalid_choice"),
        ("standard=nothing", "/standard", "invalid_choice"),
        ("province=24", "/province", "invalid"),
        ("tax_code=0100109106", "/tax_code", "invalid"),
        ("employees_total=5", "/employees_total", "invalid"),
    ],
)
def test_bad_and_undeclared_filters_are_named(query: str, pointer: str, code: str, anonymous_client: APIClient) -> None:
    assert problem_of(anonymous_client.get(f"{SUPPLIERS}?{query}")) == (400, "invalid", [(pointer, code)])


@pytest.mark.parametrize("part", [None, "sites", "capabilities", "certificates", "evidence", "history"])
def test_lists_take_as_many_queries_for_fifty_rows_as_for_one(
    part: str | None, officer: Principal, client_for: ClientFor
) -> None:
    first = published_supplier(materials=["al6061"])
    site = first.sites.get()
    CertificateFactory.create(supplier=first)
    url = path(first, part) if part else SUPPLIERS
    client = client_for(officer)

    def add(count: int) -> None:
        for _ in range(count):
            CapabilityFactory.create(site=site, materials=["al6061"])
            SiteFactory.create(supplier=first)
            CertificateFactory.create(supplier=first)
            Evidence.objects.create(
                supplier=first,
                subject=first.public_id,
                fact="moq",
                act="entered",
                observed_on="2026-01-31",
                asserted_by=officer.user,
                asserted_for=officer.organisation,
            )
            Event.objects.create(
                topic="supplier.published", subject=first.public_id, actor_organisation=officer.organisation
            )
            if part is None:
                published_supplier(materials=["al6061"])

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            rows = client.get(url).json()["results"]
        return len(captured), len(rows)

    add(1 if part in ("evidence", "history") else 0)
    few, one = queries()
    add(49)
    many, fifty = queries()

    assert (one, fifty) == (1, 50)
    assert few == many <= 10


def test_a_figure_taken_back_stays_in_sight_for_a_year_and_is_empty_thereafter(client_for: ClientFor) -> None:
    year_ago = (timezone.localdate() - timedelta(days=364)).isoformat()
    longer_ago = (timezone.localdate() - timedelta(days=365)).isoformat()
    supplier = published_supplier(**FIGURES, withdrawn={"moq": year_ago, "monthly_capacity": longer_ago})

    [row] = client_for(verified_buyer()).get(path(supplier, "capabilities")).json()["results"]

    assert (row["moq"], row["monthly_capacity"], row["capacity_unit"], row["free_capacity"]) == (
        100.0,
        None,
        "",
        None,
    )
    assert row["evidence"]["moq"]["withdrawn_on"] == year_ago
