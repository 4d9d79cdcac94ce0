"""Programmes: written and published by staff, listed for suppliers with what they qualify for."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.principals import Principal
from notifications.models import Event
from suppliers.models import Supplier, SupportProgramme
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import SiteFactory, province, standard
from tests.factories.support import SupportApplicationFactory, SupportProgrammeFactory
from tests.factories.taxonomy import SectorFactory
from tests.suppliers.admin.scene import ADMIN, browser_of, said

PROGRAMMES, APPLICATIONS = "/api/v1/support-programmes", "/api/v1/support-applications"
pytestmark = pytest.mark.django_db


def offer(**fields: Any) -> dict[str, Any]:
    today = timezone.localdate()
    named = {"kind": "training", "name_vi": "Đào tạo 5S", "name_en": "5S training", "budget_vnd": "500"}
    return {**named, "opens_on": f"{today}", "closes_on": f"{today + timedelta(days=9)}", **fields}


def test_staff_write_a_draft_publish_change_and_close_it(officer: Principal, client_for: ClientFor) -> None:
    staff = client_for(officer)
    standard("ISO9001")
    SectorFactory.create(code="components")
    province("01")
    lists = {"standards": ["ISO9001"], "sectors": ["components"], "provinces": ["2025:01"]}

    made = staff.post(PROGRAMMES, offer(**lists), format="json")
    assert (made.status_code, made.json()["state"], made.json()["accepts_applications"]) == (201, "draft", False)
    assert {name: made.json()[name] for name in lists} == lists
    url = made["Location"]
    published = staff.post(f"{url}/publish")
    changed = staff.patch(url, {"budget_vnd": "700", "sectors": []}, headers={"if-match": published["ETag"]})
    assert (changed.status_code, changed.json()["budget_vnd"], changed.json()["sectors"]) == (200, "700", [])
    closed = staff.post(f"{url}/close", {"reason": "The money is spent."}, format="json")
    again = staff.patch(url, {"budget_vnd": "900"}, headers={"if-match": closed["ETag"]})

    assert (closed.json()["state"], closed.json()["state_reason"]) == ("closed", "The money is spent.")
    assert (again.status_code, again.json()["code"]) == (409, "support_closed")
    topics = Event.objects.filter(subject=made.json()["id"]).order_by("id").values_list("topic", flat=True)
    assert list(topics) == [f"support_programme.{act}" for act in ("created", "published", "changed", "closed")]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"closes_on": "2020-01-01"}, "/closes_on"),
        ({"employees_least": 5, "employees_most": 4}, "/employees_most"),
        ({"budget_vnd": "-1"}, "/budget_vnd"),
        ({"budget_vnd": "1e3"}, "/budget_vnd"),
        ({"name_en": " "}, "/name_en"),
        ({"kind": "gift"}, "/kind"),
        ({"standards": ["ISO0"]}, "/standards/0"),
        ({"sectors": "components"}, "/sectors"),
        ({"granted_vnd": "0"}, "/granted_vnd"),
    ],
)
def test_what_is_no_programme_is_refused_with_its_place(
    fields: dict[str, Any], pointer: str, officer: Principal, client_for: ClientFor
) -> None:
    refused = client_for(officer).post(PROGRAMMES, offer(**fields), format="json")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not SupportProgramme.objects.exists()


def test_provinces_of_old_and_a_budget_below_what_is_granted_are_refused(
    officer: Principal, client_for: ClientFor
) -> None:
    staff, programme = client_for(officer), SupportProgrammeFactory.create(granted_vnd=600)
    url = f"{PROGRAMMES}/{programme.public_id}"
    province("27", edition="2004", successor=province("24"))

    for values, pointer in (({"provinces": ["2004:27"]}, "/provinces"), ({"budget_vnd": "599"}, "/budget_vnd")):
        refused = staff.patch(url, values, headers={"if-match": "*"})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, pointer)

    programme.refresh_from_db()
    assert (programme.version, programme.budget_vnd) == (1, Decimal(1_000_000))


def test_a_change_needs_the_version_that_was_read(officer: Principal, client_for: ClientFor) -> None:
    staff, programme = client_for(officer), SupportProgrammeFactory.create()
    url = f"{PROGRAMMES}/{programme.public_id}"
    tag = staff.get(url)["ETag"]
    assert staff.patch(url, {"name_en": "First"}, headers={"if-match": tag}).status_code == 200

    assert staff.patch(url, {"name_en": "Second"}).status_code == 428
    assert staff.patch(url, {"name_en": "Second"}, headers={"if-match": tag}).status_code == 412
    assert staff.delete(url, headers={"if-match": tag}).status_code == 412
    programme.refresh_from_db()
    assert programme.name_en == "First"


def test_only_drafts_are_removed(officer: Principal, client_for: ClientFor) -> None:
    staff = client_for(officer)
    draft, running = SupportProgrammeFactory.create(state="draft"), SupportProgrammeFactory.create()

    gone = staff.delete(f"{PROGRAMMES}/{draft.public_id}", headers={"if-match": "*"})
    refused = staff.delete(f"{PROGRAMMES}/{running.public_id}", headers={"if-match": "*"})

    assert (gone.status_code, refused.status_code, refused.json()["code"]) == (204, 409, "support_in_use")
    assert list(SupportProgramme.objects.all()) == [running]


def test_a_supplier_reads_for_which_it_qualifies_and_why_not(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    yes = SupportProgrammeFactory.create()
    no = SupportProgrammeFactory.create(employees_least=10)
    later = SupportProgrammeFactory.create(opens_on=timezone.localdate() + timedelta(days=1))
    SupportProgrammeFactory.create(state="draft")
    client = client_for(owner)

    rows = {row["id"]: row for row in client.get(PROGRAMMES).json()["results"]}

    assert {row: shown["qualifies"] for row, shown in rows.items()} == {
        yes.public_id: True,
        no.public_id: False,
        later.public_id: False,
    }
    assert [each["verdict"] for each in rows[no.public_id]["conditions"]] == ["met", "met", "unknown"]
    assert {row["granted_vnd"] for row in rows.values()} == {None}

    def found(**query: str) -> set[str]:
        return {row["id"] for row in client.get(PROGRAMMES, query).json()["results"]}

    assert found(qualifies="true") == {yes.public_id}
    assert found(qualifies="false") == {no.public_id, later.public_id}
    assert found(accepts_applications="true") == {yes.public_id, no.public_id}
    assert found(standard="ISO9001") == set()
    yes.standards.add(standard("ISO9001"))
    assert found(standard="ISO9001") == {yes.public_id}


def test_only_suppliers_and_staff_see_programmes_and_staff_qualify_for_none(
    officer: Principal, client_for: ClientFor
) -> None:
    programme = SupportProgrammeFactory.create()
    url = f"{PROGRAMMES}/{programme.public_id}"

    shown = client_for(officer).get(url).json()

    assert (shown["qualifies"], shown["conditions"], shown["granted_vnd"]) == (None, None, "0")
    assert client_for(member("buyer")).get(url).status_code == 404
    assert client_for(member("buyer")).get(PROGRAMMES).json()["results"] == []
    without_profile = client_for(member("supplier")).get(url).json()
    assert (without_profile["qualifies"], without_profile["conditions"]) == (None, None)


@pytest.mark.parametrize("who", ["supplier", "staff"])
@pytest.mark.parametrize("address", [PROGRAMMES, APPLICATIONS])
def test_lists_cost_the_same_at_1_and_at_50_rows(
    who: str, address: str, published: Supplier, owner: Principal, officer: Principal, client_for: ClientFor
) -> None:
    client = client_for(owner if who == "supplier" else officer)
    SiteFactory.create(supplier=published, province=province("01"))
    sector = SectorFactory.create()

    def add(count: int) -> None:
        for programme in SupportProgrammeFactory.create_batch(count):
            programme.sectors.add(sector)
            programme.provinces.add(province("01"))
            SupportApplicationFactory.create(programme=programme, supplier=published)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    add(1)
    client.get(address)
    few = queries()
    add(49)

    assert len(client.get(address).json()["results"]) == 50
    assert queries() == few


def test_officers_work_applications_off_in_the_admin(officer: Principal) -> None:
    browser = browser_of(officer)
    today = timezone.localdate()
    form = {
        "kind": "training",
        "name_vi": "Đào tạo 5S",
        "name_en": "5S training",
        "standing": "published",
        "budget_vnd": "500",
        "opens_on": f"{today}",
        "closes_on": f"{today}",
    }

    assert browser.post(f"{ADMIN}/supportprogramme/add/", form).status_code == 302
    programme = SupportProgramme.objects.get()
    browser.post(f"{ADMIN}/supportprogramme/{programme.pk}/publish/")
    row = SupportApplicationFactory.create(programme=programme, asked_vnd=400)
    page = browser.get(f"{ADMIN}/supportapplication/{row.pk}/change/")
    over = browser.post(f"{ADMIN}/supportapplication/{row.pk}/approve/", {"granted_vnd": "501"})
    assert said(over)[-1] == "This is more than what is left of the programme's budget."
    asked = browser.get(f"{ADMIN}/supportapplication/{row.pk}/approve/")
    browser.post(f"{ADMIN}/supportapplication/{row.pk}/approve/", {"granted_vnd": "400"})
    browser.post(f"{ADMIN}/supportapplication/{row.pk}/finish/", {"result": "partly", "spent_vnd": "100"})

    assert b"For published firms: the firm is one." in page.content
    assert b'value="400"' in asked.content
    row.refresh_from_db()
    programme.refresh_from_db()
    assert (programme.state, row.state, row.result, row.spent_vnd) == ("published", "finished", "partly", Decimal(100))
    assert programme.granted_vnd == 100
