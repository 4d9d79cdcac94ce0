"""Support programmes beside the changes of a gap path, over the API and in the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.models import Supplier
from taxonomy.models import Standard
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.support import SupportProgrammeFactory
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db


def wants_a_standard() -> Supplier:
    """A firm before one requirement, for which it needs ISO 9001."""
    supplier = example_suppliers()["A"]
    make.standard("iso_9001")
    make.requirement(standards=("iso_9001",), criteria={"certifications": {"mode": "must"}})
    return supplier


def programme(name: str, *standards: str, **fields: Any) -> Any:
    row = SupportProgrammeFactory.create(name_en=name, name_vi=f"{name} (vi)", **fields)
    row.standards.set(Standard.objects.filter(code__in=standards))
    return row


def change_of(client: Any, supplier: Supplier, language: str = "en") -> dict[str, Any]:
    address = f"/api/v1/suppliers/{supplier.public_id}/gaps"
    (path,) = client.get(address, headers={"accept-language": language}).json()["results"]
    (change,) = path["changes"]
    told: dict[str, Any] = change
    return told


def test_a_standard_is_told_with_the_programmes_towards_it_and_why_or_why_not(client_for: ClientFor) -> None:
    supplier = wants_a_standard()
    make.standard("other")
    today = timezone.localdate()
    later = programme("Later", "iso_9001", closes_on=today + timedelta(days=60))
    sooner = programme("Sooner", "iso_9001", "other", closes_on=today, employees_least=1)
    programme("Ended", "iso_9001", opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    programme("Not yet", "iso_9001", opens_on=today + timedelta(days=1))
    programme("Closed", "iso_9001", state="closed")
    programme("Draft", "iso_9001", state="draft")
    programme("Other", "other")
    programme("Credit", kind="equipment_credit")
    client = client_for(member(organisation=supplier.organisation))

    change = change_of(client, supplier)

    assert (change["kind"], change["standard"]) == ("standard", "iso_9001")
    told = [(help_["programme"], help_["name"], help_["qualifies"]) for help_ in change["support"]]
    assert told == [(sooner.public_id, "Sooner", False), (later.public_id, "Later", True)]
    size = next(each for each in change["support"][0]["conditions"] if each["code"] == "size")
    assert (size["verdict"], size["sentence"]) == (
        "unknown",
        "Only for firms with at least 1 employees; the firm has not stated how many it has.",
    )
    vietnamese = change_of(client, supplier, "vi")["support"][0]
    assert vietnamese["name"] == "Sooner (vi)"
    assert "có ít nhất 1 lao động" in next(
        each["sentence"] for each in vietnamese["conditions"] if each["code"] == "size"
    )


def test_a_better_figure_of_a_machine_is_told_with_credit_for_equipment(client_for: ClientFor) -> None:
    supplier = example_suppliers()["C"]
    example_requirement()
    make.standard("iso_9001")
    credit = programme("Credit", kind="equipment_credit", standing="international")
    programme("Consulting", "iso_9001")

    change = change_of(client_for(member("agency")), supplier)

    assert change["kind"] == "tolerance"
    assert [(help_["programme"], help_["qualifies"]) for help_ in change["support"]] == [(credit.public_id, False)]


def test_where_nothing_helps_the_list_is_empty(client_for: ClientFor) -> None:
    supplier = wants_a_standard()

    assert change_of(client_for(member("agency")), supplier)["support"] == []


def test_it_takes_as_many_queries_for_many_programmes_as_for_one(client_for: ClientFor) -> None:
    supplier = wants_a_standard()
    client = client_for(member("agency"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            change_of(client, supplier)
        return len(captured)

    programme("First", "iso_9001")
    queries()  # what is kept for later is kept by now
    few = queries()
    for number in range(9):
        programme(f"Programme {number}", "iso_9001")

    assert queries() == few


def viewer(language: str = "en") -> Client:
    user = member("agency", role="viewer").user
    assert user is not None
    user.is_staff = True
    user.save()
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Gap path", "Eligible today:", "the firm qualifies", "Towards ISO"]),
        ("vi", ["Hướng cải thiện", "Đủ điều kiện hôm nay:", "doanh nghiệp đủ điều kiện", "Towards ISO (vi)"]),
    ],
)
def test_staff_look_at_the_gap_path_from_the_firm_s_page(language: str, said: list[str]) -> None:
    supplier = wants_a_standard()
    helping = programme("Towards ISO", "iso_9001")
    client = viewer(language)
    page = f"/admin/suppliers/supplier/{supplier.pk}"

    firm, gaps = client.get(f"{page}/change/").content.decode(), client.get(f"{page}/gaps/").content.decode()

    assert f"{page}/gaps/" in firm
    assert [words for words in said if words not in gaps] == []
    assert f"/admin/suppliers/supportprogramme/{helping.pk}/change/" in gaps
    assert "/admin/buyers/requirement/" in gaps


def test_of_a_firm_that_is_not_published_the_page_says_why_and_of_none_it_is_not_there() -> None:
    draft = make.published_supplier(state="draft", published_at=None)
    client = viewer()

    page = client.get(f"/admin/suppliers/supplier/{draft.pk}/gaps/")

    assert "Only a published firm has a gap path" in page.content.decode()
    assert client.get("/admin/suppliers/supplier/999999999/gaps/").status_code == 404


@pytest.mark.parametrize("party", ["supplier", "buyer"])
def test_firms_and_buyers_are_sent_away(party: str) -> None:
    supplier, user = make.published_supplier(), member(party).user
    assert user is not None
    client = Client()
    client.force_login(user)

    answer = client.get(f"/admin/suppliers/supplier/{supplier.pk}/gaps/")

    assert (answer.status_code, "/admin/login/" in answer["Location"]) == (302, True)
