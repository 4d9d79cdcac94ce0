"""/api/v1/suppliers: a firm describes itself, with versions; staff record what they checked."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import Principal
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    material,
    process,
    province,
    published_supplier,
    standard,
)
from tests.suppliers.api.scene import SUPPLIERS, path, problem_of, write

pytestmark = pytest.mark.django_db


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
    assert problem_of(refused)[:2] == (403, "not_allowed")
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
    assert happened["about"] == {
        "row": capability.public_id,
        "facts": ["process", "tolerance_mm"],
        "level": 3,
        "supplier_name": str(published),
    }


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
