"""The agency's software makes reports of quarters, and reads them as they were sealed."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from matchmaking.models import ProgrammeReport
from matchmaking.programme.quarters import Quarter
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import SupplierFactory
from tests.fixtures.files import content_of

pytestmark = pytest.mark.django_db
REPORTS = "/api/v1/programme-reports"


def this_quarter() -> str:
    return str(Quarter.of(timezone.localdate()))


def test_a_report_is_made_once_a_day_and_its_figures_stay(client_for: ClientFor) -> None:
    lead = member("agency")
    client = client_for(lead)
    made = client.post(REPORTS, {"quarter": this_quarter()})
    SupplierFactory.create()
    again = client.post(REPORTS, {"quarter": this_quarter()})

    assert (made.status_code, again.status_code) == (201, 201)
    assert made["Location"] == again["Location"] == f"{REPORTS}/{made.json()['id']}"
    report = ProgrammeReport.objects.get()
    told = client.get(made["Location"]).json()
    assert lead.user is not None
    assert (told["quarter"], told["day"]) == (this_quarter(), timezone.localdate().isoformat())
    assert (told["sha256"], told["made_by"]) == (report.sha256, lead.user.public_id)
    figures = client.get(f"{made['Location']}/figures").json()
    assert figures["quarter"]["name"] == this_quarter()
    assert figures["firms"]["registered"] == 0
    assert [row["id"] for row in client.get(REPORTS, {"quarter": this_quarter()}).json()["results"]] == [told["id"]]
    assert client.get(REPORTS, {"quarter": "1999-Q1"}).json()["results"] == []


@pytest.mark.parametrize(("language", "sheet"), [("en", "Summary"), ("vi", "Tóm tắt")])
def test_the_workbook_is_in_the_reader_s_language(client_for: ClientFor, language: str, sheet: str) -> None:
    client = client_for(member("agency"))
    made = client.post(REPORTS, {"quarter": this_quarter()})

    file: Any = client.get(f"{made['Location']}/workbook", headers={"accept-language": language})

    book = load_workbook(BytesIO(content_of(file)))
    assert book.sheetnames[0] == sheet
    day = timezone.localdate()
    assert f'filename="programme-{this_quarter()}-{day}-{language}.xlsx"' in file["Content-Disposition"]


@pytest.mark.parametrize("quarter", ["2019-Q4", "2999-Q1", "2026-Q5", "2026", "", "'; --", None])
def test_other_quarters_are_refused_and_nothing_is_kept(client_for: ClientFor, quarter: str | None) -> None:
    refused = client_for(member("agency")).post(REPORTS, {"quarter": quarter})

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/quarter"
    assert ProgrammeReport.objects.count() == 0


def test_the_list_takes_as_many_queries_for_50_reports_as_for_one(client_for: ClientFor) -> None:
    client = client_for(member("agency"))
    first = client.post(REPORTS, {"quarter": this_quarter()}).json()["id"]
    report = ProgrammeReport.objects.get(public_id=first)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(REPORTS).status_code == 200
        return len(captured)

    few = queries()
    for number in range(49):
        day = report.day.replace(year=2000 - number)
        ProgrammeReport.objects.create(
            quarter=report.quarter, day=day, figures=report.figures, sha256=report.sha256, made_by=report.made_by
        )
    assert queries() == few
