"""Reports on the programme: frozen once, shown and written out for ever after from what was frozen."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from accounts.principals import Principal
from config.errors import NotAllowedError
from matchmaking.engine.canonical import sha256
from matchmaking.models import ProgrammeReport
from matchmaking.programme.quarters import Quarter
from matchmaking.programme.reports import make_report
from suppliers.models import Supplier
from taxonomy.models import Sector
from tests.factories.accounts import MembershipFactory, OrganisationFactory, member
from tests.matchmaking.programme import scene
from tests.matchmaking.programme.scene import NOW

pytestmark = pytest.mark.django_db
LIST = "/admin/matchmaking/programmereport/"
THIS = Quarter(2026, 4)


@pytest.fixture
def officer() -> Client:
    """A person of the agency who may write."""
    person = User.objects.create_superuser("officer@agency.example")
    MembershipFactory.create(organisation=OrganisationFactory.create(kind="agency"), user=person, role="editor")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def report(quarter: Quarter = THIS) -> ProgrammeReport:
    return make_report(quarter=quarter, by=member("agency"))


def fetched(client: Client, address: str) -> bytes:
    answer: Any = client.get(address)
    return b"".join(answer.streaming_content)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_a_report_holds_the_figures_of_its_day_and_what_happened_in_its_quarter() -> None:
    scene.supply()
    scene.demand()
    officer = member("agency")

    made = make_report(quarter=THIS, by=officer)

    assert (made.quarter, made.day, made.made_by) == ("2026-Q4", date(2026, 11, 26), officer.user)
    assert made.figures["firms"]["share_pct"] == 40.0
    assert made.figures["quarter"] == {
        "name": "2026-Q4",
        "first_day": "2026-10-01",
        "last_day": "2026-12-31",
        "firms_published": 5,
        "facts_checked": 0,
        "requirements_opened": 5,
        "connections_agreed": 1,
        "contracts": 1,
    }
    made.refresh_from_db()
    assert made.sha256 == sha256(made.figures)


def test_a_second_report_of_the_same_day_and_quarter_is_the_first() -> None:
    scene.supply()
    first = report()
    scene.firm()

    again = report()

    assert again == first
    assert again.figures["firms"]["published"] == 5
    assert ProgrammeReport.objects.count() == 1


def test_the_quarter_that_has_just_ended_can_still_be_reported() -> None:
    scene.supply()
    Supplier.objects.filter(state="published").update(published_at=NOW - timedelta(days=60))  # 27 September

    made = report(Quarter(2026, 3))

    assert (made.quarter, made.day) == ("2026-Q3", date(2026, 11, 26))
    assert made.figures["quarter"]["firms_published"] == 5
    assert made.figures["quarter"]["requirements_opened"] == 0


@pytest.mark.parametrize(
    "change",
    [lambda: ProgrammeReport.objects.update(figures={}), lambda: ProgrammeReport.objects.all().delete()],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_a_report(change: Callable[[], object]) -> None:
    report()
    before = ProgrammeReport.objects.values().get()

    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        change()

    assert ProgrammeReport.objects.values().get() == before


@pytest.mark.parametrize(
    "who", [lambda: member("supplier"), lambda: member("buyer"), lambda: member("agency", role="viewer")]
)
def test_only_officers_who_may_write_make_reports(who: Any) -> None:
    by: Principal = who()

    with pytest.raises(NotAllowedError):
        make_report(quarter=THIS, by=by)

    assert not ProgrammeReport.objects.exists()


def test_an_officer_makes_one_in_the_admin(officer: Client) -> None:
    scene.supply()

    asked = officer.get(f"{LIST}make/")
    made = officer.post(f"{LIST}make/", {"quarter": "2026-Q3"}, follow=True)
    refused = officer.post(f"{LIST}make/", {"quarter": "2024-Q1"})

    assert [name for name, _shown in asked.context["form"].fields["quarter"].choices] == ["2026-Q4", "2026-Q3"]
    assert "The report is ready: 2026-Q3 (26/11/2026)." in made.content.decode()
    assert refused.status_code == 200
    assert list(ProgrammeReport.objects.values_list("quarter", flat=True)) == ["2026-Q3"]


def test_the_page_and_the_workbook_stay_what_they_were_whatever_changes(officer: Client) -> None:
    scene.supply()
    scene.demand()
    pk = report().pk
    page, book = f"{LIST}{pk}/page/en", f"{LIST}{pk}/xlsx/en"
    first_page, first_book = officer.get(page).content, sheets(fetched(officer, book))

    for _ in range(3):
        scene.firm()
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        officer.force_login(User.objects.get(email="officer@agency.example"))
        later_page, later_book = officer.get(page).content, sheets(fetched(officer, book))

    assert later_page == first_page
    assert later_book == first_book


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ["Programme report, Q4 2026", "Figures as they stood on 26/11/2026.", "40.0 %", "Contracts of"],
        ),
        ("vi", ["Báo cáo chương trình, Quý 4/2026", "Số liệu chốt ngày 26/11/2026.", "40,0 %", "Hợp đồng trong"]),
    ],
)
def test_the_page_is_there_in_both_languages_and_leads_nowhere(officer: Client, language: str, said: list[str]) -> None:
    scene.supply()
    scene.demand()

    page = officer.get(f"{LIST}{report().pk}/page/{language}").content.decode()

    assert [words for words in said if words not in page] == []
    assert f'<html lang="{language}">' in page
    assert re.findall(r"<a |<script", page) == []


def test_the_workbook_has_the_same_figures(officer: Client) -> None:
    scene.supply()
    scene.demand()

    answer: Any = officer.get(f"{LIST}{report().pk}/xlsx/en")
    book = sheets(b"".join(answer.streaming_content))

    assert answer["Content-Disposition"] == 'attachment; filename="programme-2026-Q4-2026-11-26-en.xlsx"'
    assert list(book) == [
        "Summary",
        "Expiring certificates",
        "By sector",
        "By process group",
        "By province",
        "Requirements",
        "Demand without supply",
    ]
    assert ["Firms published", 5] in book["Summary"]
    assert ["Share at international standard, %", 40.0] in [line[:2] for line in book["Summary"]]
    assert book["Expiring certificates"][1][:4] == ["Q4 2026", 1, 2, 40.0]
    assert book["By sector"] == [
        ["Sector", "Firms", "At standard", "Share, %"],
        ["Components", 4, 1, 25.0],
        ["High-tech", 2, 2, 100.0],
    ]
    assert book["By province"][1] == ["Hà Nội (en)", 4, 1, 2, 25.0]
    assert book["Requirements"] == [
        ["Stage", "Requirements"],
        ["Opened", 5],
        ["Matched: a supplier is eligible", 2],
        ["Connected: both sides agreed to talk", 1],
        ["Contracted", 1],
    ]
    assert book["Demand without supply"] == [
        ["Process group", "No standard", "ISO 9001"],
        ["machining", 1, 1],
        ["pressing", 1, 0],
    ]


def test_no_text_of_a_workbook_is_a_formula(officer: Client) -> None:
    scene.supply()
    Sector.objects.filter(code="components").update(name_en="=1+1")

    book = load_workbook(BytesIO(fetched(officer, f"{LIST}{report().pk}/xlsx/en")))

    cell = book["By sector"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("last", ["page/fr", "xlsx/fr"])
def test_what_is_not_there_is_not_found(officer: Client, last: str) -> None:
    assert officer.get(f"{LIST}{report().pk}/{last}").status_code == 404
    assert officer.get(f"{LIST}999999/page/en").status_code == 404


@pytest.mark.parametrize("party", ["supplier", "buyer"])
def test_firms_and_buyers_are_sent_away(party: str) -> None:
    reader = member(party)
    assert reader.user is not None
    client = Client()
    client.force_login(reader.user)

    for last in ("", "make/", f"{report().pk}/page/vi", f"{report().pk}/xlsx/vi"):
        assert client.get(LIST + last).status_code == 302
        assert "/admin/login/" in client.get(LIST + last)["Location"]


def test_the_list_takes_as_many_queries_for_many_reports_as_for_one(officer: Client) -> None:
    report()
    officer.get(LIST)
    with CaptureQueriesContext(connection) as one:
        officer.get(LIST)
    for days in range(1, 10):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            report()
    with CaptureQueriesContext(connection) as ten:
        officer.get(LIST)

    assert len(one) == len(ten) < 10
