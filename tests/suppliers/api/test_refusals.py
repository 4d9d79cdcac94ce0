"""/api/v1/suppliers: bad facts are refused by name, and nothing is written."""

from typing import Any

import pytest

from accounts.principals import Principal
from notifications.models import Event
from suppliers.models import Capability, Certificate, Evidence, Supplier
from tests.conftest import ClientFor
from tests.factories.suppliers import (
    CapabilityFactory,
    SiteFactory,
    material,
    process,
    standard,
)
from tests.suppliers.api.scene import path, problem_of, write

pytestmark = pytest.mark.django_db


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
        ({"languages": ["english"]}, "invalid", [("/languages/0", "unknown_language")]),
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


@pytest.mark.parametrize(
    ("change", "status", "code", "errors"),
    [
        ({"facts": ["moq"]}, 400, "unknown_value", [("/facts/0", "unknown_value")]),
        ({"facts": ["process", "colour"]}, 400, "invalid_choice", [("/facts/1", "invalid_choice")]),
        ({"level": 5}, 400, "invalid", [("/level", "invalid_choice")]),
        ({"observed_on": "2199-01-01"}, 400, "in_the_future", [("/observed_on", "in_the_future")]),
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
