"""/api/v1/suppliers: who sees what, writing with ETags, bad input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import Principal
from notifications.models import Event
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
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

pytestmark = pytest.mark.django_db
SUPPLIERS = "/api/v1/suppliers"
FIGURES: dict[str, Any] = {
    "tolerance_mm": 0.01,
    "monthly_capacity": 12345.0,
    "capacity_unit": "pcs",
    "utilisation_pct": 40.0,
    "lead_time_days": 20.0,
    "sample_lead_time_days": 5.0,
    "moq": 100.0,
}


def verified_buyer() -> Principal:
    return member("buyer", organisation=OrganisationFactory.create(kind="buyer", verified_at=timezone.now()))


def path(supplier: Supplier, *rest: str) -> str:
    return "/".join([SUPPLIERS, supplier.public_id, *rest])


def write(client: APIClient, method: str, url: str, body: Any = None, *, etag: str | None = None) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return getattr(client, method)(url, body, format="json", headers=headers)


def problem_of(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, body["code"], [(error["pointer"], error["code"]) for error in body["errors"]]


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


def test_a_firm_is_described_and_submitted_by_its_owner(owner: Principal, client_for: ClientFor) -> None:
    client = client_for(owner)
    province(), process("cnc_turning"), material("al6061"), standard("ISO9001")

    made = write(client, "post", SUPPLIERS, {"languages": ["en", "ja"], "founded_year": 2004})
    assert made.status_code == 201
    firm = made.json()
    assert (firm["state"], firm["languages"], firm["tax_code"]) == ("draft", ["en", "ja"], owner.organisation.tax_code)  # type: ignore[union-attr]
    url = made["Location"]
    assert url == f"{SUPPLIERS}/{firm['id']}"

    site = write(client, "post", f"{url}/sites", {"address": "Lô 5, KCN Quang Minh", "province": "2025:01"})
    assert (site.status_code, site.json()["province"]) == (201, "2025:01")
    body = {"process": "cnc_turning", "site": site.json()["id"], "materials": ["al6061"], "tolerance_mm": 0.02}
    capability = write(client, "post", f"{url}/capabilities", body)
    assert capability.status_code == 201
    today = timezone.localdate().isoformat()
    declared = {"level": 0, "observed_on": today, "withdrawn_on": None}
    assert capability.json()["evidence"] == dict.fromkeys(["process", "materials", "tolerance_mm"], declared)
    certificate = write(client, "post", f"{url}/certificates", {"standard": "ISO9001", "number": "Q-1"})
    assert (certificate.status_code, certificate.json()["state"]) == (201, "declared")

    submitted = write(client, "post", f"{url}/submit")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "submitted")
    again = write(client, "post", f"{url}/submit")
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_allowed")


def test_a_second_profile_of_a_firm_is_refused_and_points_at_the_first(
    draft: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    response = write(client_for(owner), "post", SUPPLIERS, {})

    assert problem_of(response)[:2] == (409, "already_exists")
    assert response.json()["existing"] == path(draft)
    assert Supplier.objects.count() == 1


def test_staff_start_a_profile_for_a_firm_and_others_cannot(officer: Principal, client_for: ClientFor) -> None:
    firm = OrganisationFactory.create()

    refused = write(client_for(member("buyer")), "post", SUPPLIERS, {})
    assert problem_of(refused) == (400, "wrong_kind", [("/organisation", "wrong_kind")])
    foreign = write(client_for(member("supplier")), "post", SUPPLIERS, {"organisation": firm.public_id})
    assert problem_of(foreign) == (400, "invalid", [("/organisation", "does_not_exist")])
    assert Supplier.objects.count() == 0
    made = write(client_for(officer), "post", SUPPLIERS, {"organisation": firm.public_id, "languages": ["en"]})

    assert (made.status_code, made.json()["legal_name"]) == (201, firm.legal_name)
    assert list(Evidence.objects.values_list("fact", "asserted_for")) == [("languages", officer.organisation_id)]


def test_changes_need_the_version_that_was_read(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    client = client_for(owner)
    read = client.get(path(published))

    unconditional = write(client, "patch", path(published), {"founded_year": 1999})
    assert problem_of(unconditional)[:2] == (428, "precondition_required")
    changed = write(client, "patch", path(published), {"founded_year": 2001}, etag=read["ETag"])
    assert (changed.status_code, changed.json()["founded_year"]) == (200, 2001)
    stale = write(client, "patch", path(published), {"founded_year": 2002}, etag=read["ETag"])
    assert problem_of(stale)[:2] == (412, "stale_version")

    assert Supplier.objects.get().founded_year == 2001


@pytest.mark.parametrize("part", ["sites", "capabilities", "certificates"])
def test_parts_are_changed_and_removed_by_version(
    part: str, published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    client = client_for(owner)
    site = SiteFactory.create(supplier=published)
    spare = SiteFactory.create(supplier=published)
    capability = CapabilityFactory.create(site=site)
    certificate = CertificateFactory.create(supplier=published)
    rows = {"sites": spare, "capabilities": capability, "certificates": certificate}
    changes: dict[str, dict[str, Any]] = {
        "sites": {"name": "North"},
        "capabilities": {"moq": 5},
        "certificates": {"scope": "Turning"},
    }
    change = changes[part]
    url = path(published, part, rows[part].public_id)
    first = client.get(url)["ETag"]

    assert problem_of(write(client, "delete", url))[:2] == (428, "precondition_required")
    changed = write(client, "patch", url, change, etag=first)
    assert (changed.status_code, {name: changed.json()[name] for name in change}) == (200, change)
    assert problem_of(write(client, "delete", url, etag=first))[:2] == (412, "stale_version")
    assert write(client, "delete", url, etag=changed["ETag"]).status_code == 204
    assert client.get(url).status_code == 404


def test_a_site_in_use_stays(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    capability = CapabilityFactory.create(site=SiteFactory.create(supplier=published))
    url = path(published, "sites", capability.site.public_id)
    client = client_for(owner)

    response = write(client, "delete", url, etag=client.get(url)["ETag"])

    assert problem_of(response)[:2] == (409, "site_in_use")
    assert Site.objects.count() == Capability.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"role": "office"}, {"name": "", "province": None}])
def test_a_site_that_nobody_could_find_is_refused(
    body: dict[str, Any], draft: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    refused = write(client_for(owner), "post", path(draft, "sites"), body)

    assert problem_of(refused) == (400, "invalid", [("/name", "required")])
    assert not draft.sites.exists()


def test_rows_of_another_firm_are_a_404_below_this_one(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    other = published_supplier()
    capability = Capability.objects.get()
    certificate = CertificateFactory.create(supplier=other)
    client = client_for(owner)

    for part, row in (("capabilities", capability), ("sites", capability.site), ("certificates", certificate)):
        assert client.get(path(other, part, row.public_id)).status_code == 200
        assert client.get(path(published, part, row.public_id)).status_code == 404
        assert write(client, "delete", path(published, part, row.public_id), etag="*").status_code == 404
        assert write(client, "delete", path(other, part, row.public_id), etag="*").status_code == 403
    assert Capability.objects.count() == Certificate.objects.count() == 1


def test_another_firms_profile_cannot_be_changed(
    published: Supplier, client_for: ClientFor, anonymous_client: APIClient
) -> None:
    other = client_for(member("supplier"))

    assert write(other, "patch", path(published), {"founded_year": 1999}, etag="*").status_code == 403
    assert write(other, "post", path(published, "sites"), {"name": "X"}).status_code == 403
    assert write(other, "post", path(published, "suspend"), {"reason": "rival"}).status_code == 403
    assert write(anonymous_client, "post", path(published, "submit")).status_code == 401

    published.refresh_from_db()
    assert (published.version, published.state, Site.objects.count()) == (1, "published", 0)


@pytest.mark.parametrize(
    ("body", "code", "errors"),
    [
        ({"process": "no_such_process"}, "invalid", [("/process", "unknown_code")]),
        ({"monthly_capacity": -1, "capacity_unit": "pcs"}, "invalid", [("/monthly_capacity", "min_value")]),
        ({"monthly_capacity": 5}, "required", [("/capacity_unit", "required")]),
        ({"utilisation_pct": 101}, "invalid", [("/utilisation_pct", "max_value")]),
        ({"tolerance_mm": "0.01"}, "invalid", [("/tolerance_mm", "not_a_number")]),
        ({"tolerance_mm": True}, "invalid", [("/tolerance_mm", "not_a_number")]),
        ({"tolerance_mm": 10**400}, "invalid", [("/tolerance_mm", "not_a_number")]),
        ({"materials": ["al6061", "unobtainium"]}, "invalid", [("/materials/1", "unknown_code")]),
        ({"envelope_mm": [1, 2]}, "three_sides", [("/envelope_mm", "three_sides")]),
        ({"envelope_mm": [1, 2, -3]}, "invalid", [("/envelope_mm/2", "min_value")]),
        ({"envelope_mm": [1, 0, 3]}, "min_value", [("/envelope_mm/1", "min_value")]),
        ({"capacity_unit": "bushel"}, "invalid", [("/capacity_unit", "invalid_choice")]),
        ({"role": "hero"}, "invalid", [("/role", "invalid_choice")]),
        ({"colour": "red"}, "invalid", [("/colour", "unknown_field")]),
        ({"tolerance_mm_level": 4}, "invalid", [("/tolerance_mm_level", "unknown_field")]),
        ({"site": "sit_00000000000000000000"}, "invalid", [("/site", "does_not_exist")]),
        ({"process": None}, "invalid", [("/process", "null")]),
    ],
)
def test_a_bad_capability_is_refused_by_name_and_nothing_is_written(
    body: dict[str, Any],
    code: str,
    errors: list[tuple[str, str]],
    published: Supplier,
    owner: Principal,
    client_for: ClientFor,
) -> None:
    site = SiteFactory.create(supplier=published)
    process("cnc_turning"), material("al6061")
    good = {"process": "cnc_turning", "site": site.public_id, "materials": ["al6061"]}

    response = write(client_for(owner), "post", path(published, "capabilities"), {**good, **body})

    assert problem_of(response) == (400, code, errors)
    assert Capability.objects.count() == Evidence.objects.count() == Event.objects.count() == 0


def test_nan_is_no_json(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    url = path(published, "capabilities")

    response = client_for(owner).post(url, b'{"tolerance_mm": NaN}', content_type="application/json")

    assert problem_of(response) == (400, "parse_error", [])
    assert Capability.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "code", "errors"),
    [
        (
            {"valid_from": "2026-05-01", "expires_on": "2026-04-30"},
            "before_start",
            [("/expires_on", "before_start")],
        ),
        ({"expires_on": "2027-01-01", "never_expires": True}, "never_expires", [("/expires_on", "never_expires")]),
        ({"expires_on": "31/12/2027"}, "invalid", [("/expires_on", "invalid")]),
        ({"standard": "ISO-0"}, "invalid", [("/standard", "unknown_code")]),
        ({"level": 2}, "invalid", [("/level", "unknown_field")]),
        ({"state": "checked"}, "invalid", [("/state", "unknown_field")]),
    ],
)
def test_a_bad_certificate_is_refused_by_name_and_nothing_is_written(
    body: dict[str, Any],
    code: str,
    errors: list[tuple[str, str]],
    published: Supplier,
    owner: Principal,
    client_for: ClientFor,
) -> None:
    standard("ISO9001")

    response = write(client_for(owner), "post", path(published, "certificates"), {"standard": "ISO9001", **body})

    assert problem_of(response) == (400, code, errors)
    published.refresh_from_db()
    assert (Certificate.objects.count(), published.certificates_stated_on) == (0, None)


@pytest.mark.parametrize(
    ("body", "code", "errors"),
    [
        ({"export_share_pct": 100.1}, "invalid", [("/export_share_pct", "max_value")]),
        ({"founded_year": 1999.5}, "invalid", [("/founded_year", "invalid")]),
        ({"employees_total": -1}, "invalid", [("/employees_total", "min_value")]),
        ({"employees_total": 5, "employees_engineers": 6}, "above_total", [("/employees_engineers", "above_total")]),
        ({"languages": ["english"]}, "invalid", [("/languages/0", "invalid")]),
        ({"state": "published"}, "invalid", [("/state", "unknown_field")]),
        ({"organisation": "org_x"}, "invalid", [("/organisation", "does_not_exist")]),
    ],
)
def test_a_bad_profile_is_refused_by_name_and_nothing_is_written(
    body: dict[str, Any],
    code: str,
    errors: list[tuple[str, str]],
    published: Supplier,
    owner: Principal,
    client_for: ClientFor,
) -> None:
    response = write(client_for(owner), "patch", path(published), {"description_en": "New", **body}, etag="*")

    assert problem_of(response) == (400, code, errors)
    published.refresh_from_db()
    assert (published.description_en, published.version) == ("", 1)


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


def test_staff_record_what_they_checked(
    published: Supplier, owner: Principal, officer: Principal, client_for: ClientFor
) -> None:
    capability = CapabilityFactory.create(site=SiteFactory.create(supplier=published), tolerance_mm=0.01)
    body = {
        "subject": capability.public_id,
        "facts": ["process", "tolerance_mm"],
        "level": 3,
        "observed_on": "2026-02-01",
        "source": "visit",
    }

    assert write(client_for(owner), "post", path(published, "evidence"), body).status_code == 403
    done = write(client_for(officer), "post", path(published, "evidence"), body)

    assert done.status_code == 200
    capability.refresh_from_db()
    assert (capability.process_level, capability.tolerance_mm_level, capability.moq_level) == (3, 3, 0)
    lines = client_for(owner).get(path(published, "evidence")).json()["results"]
    assert [(line["fact"], line["act"], line["level"], line["asserted_for"]) for line in lines] == [
        ("tolerance_mm", "checked", 3, "agency"),
        ("process", "checked", 3, "agency"),
    ]
    [happened] = client_for(owner).get(path(published, "history")).json()["results"]
    assert (happened["topic"], happened["acted_for"]) == ("evidence.checked", "agency")
    assert happened["about"] == {"row": capability.public_id, "facts": ["process", "tolerance_mm"], "level": 3}


@pytest.mark.parametrize(
    ("change", "status", "code", "errors"),
    [
        ({"facts": ["moq"]}, 400, "unknown_value", [("/facts/0", "unknown_value")]),
        ({"facts": ["process", "colour"]}, 400, "invalid_choice", [("/facts/1", "invalid_choice")]),
        ({"level": 5}, 400, "invalid", [("/level", "invalid_choice")]),
        ({"observed_on": "2999-01-01"}, 400, "in_the_future", [("/observed_on", "in_the_future")]),
        ({"subject": "cap_00000000000000000000"}, 404, "not_found", []),
    ],
)
def test_bad_findings_are_refused_and_move_nothing(
    change: dict[str, Any],
    status: int,
    code: str,
    errors: list[tuple[str, str]],
    published: Supplier,
    officer: Principal,
    client_for: ClientFor,
) -> None:
    capability = CapabilityFactory.create(site=SiteFactory.create(supplier=published))
    body = {"subject": capability.public_id, "facts": ["process"], "level": 2, **change}

    response = write(client_for(officer), "post", path(published, "evidence"), body)

    assert problem_of(response) == (status, code, errors)
    capability.refresh_from_db()
    assert (capability.process_level, capability.version, Evidence.objects.count()) == (0, 1, 0)


def test_nobody_proves_what_they_entered(
    published: Supplier, owner: Principal, officer: Principal, colleague: Principal, client_for: ClientFor
) -> None:
    capability = CapabilityFactory.create(site=SiteFactory.create(supplier=published))
    url = path(published, "capabilities", capability.public_id)
    assert write(client_for(officer), "patch", url, {"moq": 5}, etag="*").status_code == 200
    body = {"subject": capability.public_id, "facts": ["moq"], "level": 2}

    refused = write(client_for(officer), "post", path(published, "evidence"), body)
    assert problem_of(refused)[:2] == (403, "own_entry")
    capability.refresh_from_db()
    assert capability.moq_level == 0

    assert write(client_for(colleague), "post", path(published, "evidence"), body).status_code == 200
    capability.refresh_from_db()
    assert capability.moq_level == 2


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
