"""Each list of the admin as a file: what its filters and search leave, under its columns, and never a formula."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Membership
from accounts.principals import Principal
from accounts.services import issue_api_key
from jobs import list_files
from jobs.models import Job
from jobs.running import run_due_jobs
from suppliers.models import Supplier
from tests.admin.registered import copy_rows, registered
from tests.admin.test_query_counts import SHARES, address_of, staff
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import SupplierFactory
from tests.fixtures.files import content_of
from tests.suppliers.admin.scene import browser_of, said

pytestmark = pytest.mark.django_db
everything = staff
"""A lead's browser, before a world with a row of each kind."""

HOSTILE = '=HYPERLINK("http://evil.example","+1")'


def ask(browser: Client, label: str, query: str = "", kind: str = "csv") -> Any:
    return browser.post(f"/admin/jobs/job/list/{label}", {"query": query, "format": kind})


def file_in(answer: Any) -> bytes:
    assert answer.status_code == 200, said(answer)
    return content_of(answer)


def rows_of(answer: Any) -> list[dict[str, str]]:
    """Of a csv, by header."""
    return list(csv.DictReader(StringIO(file_in(answer).decode("utf-8-sig"))))


def sheet_of(answer: Any) -> Any:
    return load_workbook(BytesIO(file_in(answer))).active


def names_in(browser: Client, query: str = "") -> list[str]:
    return [row["Legal name"] for row in rows_of(ask(browser, "accounts.organisation", query))]


@pytest.mark.parametrize("share", range(SHARES))
def test_each_list_is_given_in_both_forms_at_the_same_number_of_queries(
    share: int, everything: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: dict[str, tuple[int, int]] = {}
    for page in list(registered())[share::SHARES]:
        label, query = page.opts.label, address_of(page).partition("?")[2]
        with transaction.atomic():
            copy_rows(page.model, until=10)
            monkeypatch.setattr(page, "list_per_page", 200)
            shown = everything.get(address_of(page))
            assert b'name="format" value="xlsx"' in shown.content, label
            file_in(ask(everything, label, query))  # what is kept for later is kept by now
            with CaptureQueriesContext(connection) as few:
                lines = list(csv.reader(StringIO(file_in(ask(everything, label, query)).decode("utf-8-sig"))))
            sheet = sheet_of(ask(everything, label, query, "xlsx"))
            assert len(lines) - 1 == sheet.max_row - 1 == len(shown.context["cl"].result_list) > 0, label
            assert [cell.value for cell in sheet[1]] == lines[0], label
            assert all(lines[0]), label
            copy_rows(page.model, until=200)
            with CaptureQueriesContext(connection) as many:
                file_in(ask(everything, label, query))
            counts[label] = (len(few), len(many))
            transaction.set_rollback(True)

    assert {label: count for label, count in counts.items() if count[0] != count[1]} == {}


def test_the_columns_are_those_of_the_list_and_the_id(everything: Client) -> None:
    row = rows_of(ask(everything, "suppliers.supplier", "queue=all&o=-1"))[0]

    shown = ["Public id", "Organisation", "State", "Submitted at", "Published at", "Employees", "Updated at"]
    assert list(row) == shown
    assert row["Public id"] in set(Supplier.objects.values_list("public_id", flat=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=nhua+binh&p=4&all=&e=1", ["Nhựa Bình Minh"]),
        ("country__exact=JP", ["Kyoto Seimitsu"]),
        ("country__exact=JP&q=nhua", []),
        ("o=1&kind__exact=supplier&country__exact=VN", ["Cơ khí An Phú", "Nhựa Bình Minh"]),
        ("o=-1&kind__exact=supplier&country__exact=VN", ["Nhựa Bình Minh", "Cơ khí An Phú"]),
    ],
)
def test_the_file_holds_what_filters_and_search_leave_in_the_list_s_order(query: str, expected: list[str]) -> None:
    browser = browser_of(member("agency"))
    for name, country in (("Cơ khí An Phú", "VN"), ("Nhựa Bình Minh", "VN"), ("Kyoto Seimitsu", "JP")):
        OrganisationFactory.create(kind="supplier", legal_name=name, country=country)

    assert names_in(browser, query) == expected


def test_a_queue_s_file_is_what_the_queue_shows() -> None:
    browser = browser_of(member("agency"))
    waiting = SupplierFactory.create(state="submitted")
    draft = SupplierFactory.create(state="draft")

    def ids(query: str) -> set[str]:
        return {row["Public id"] for row in rows_of(ask(browser, "suppliers.supplier", query))}

    assert ids("") == {waiting.public_id}
    assert ids("queue=all") == {waiting.public_id, draft.public_id}


def test_text_is_never_a_formula_and_marks_of_the_page_are_left_out() -> None:
    browser = browser_of(member("agency"))
    OrganisationFactory.create(legal_name=HOSTILE, trade_name="<b>＝1+1</b>")

    row = rows_of(ask(browser, "accounts.organisation", "q=hyperlink"))[0]
    assert (row["Legal name"], row["Trade name"]) == (f"'{HOSTILE}", "<b>＝1+1</b>")

    sheet = sheet_of(ask(browser, "accounts.organisation", "q=hyperlink", "xlsx"))
    told = next(cell for cell in sheet[2] if cell.value == HOSTILE)
    assert told.data_type == "s"


def test_days_and_numbers_are_such_in_a_workbook_and_text_is_of_the_reader_s_language() -> None:
    lead = member("agency")
    firm = SupplierFactory.create(state="submitted", employees_total=120)
    browser = browser_of(lead)

    def second_row(language: str) -> dict[str, Any]:
        answer = browser.post(
            "/admin/jobs/job/list/suppliers.supplier",
            {"query": f"q={firm.public_id}", "format": "xlsx"},
            headers={"accept-language": language},
        )
        header, row = sheet_of(answer).iter_rows()
        return {str(name.value): cell for name, cell in zip(header, row, strict=True)}

    english, vietnamese = second_row("en"), second_row("vi")
    assert (english["Employees"].value, english["State"].value) == (120, "Submitted")
    assert english["Updated at"].is_date
    assert not english["Employees"].is_date
    assert vietnamese["Trạng thái"].value == "Đã nộp"


def test_viewers_take_files_and_nobody_outside_the_agency_does() -> None:
    OrganisationFactory.create(legal_name="Nhựa Bình Minh")

    assert names_in(browser_of(member("agency", "viewer")), "q=nhua") == ["Nhựa Bình Minh"]
    for refused in (browser_of(member("supplier")), browser_of(member("buyer")), Client()):
        answer = ask(refused, "accounts.organisation")
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")


@pytest.mark.parametrize("label", ["accounts.nothing", "auth.permission", "accounts", "a.b.c", "accounts.apikey.x"])
def test_there_is_no_file_of_what_is_no_list(label: str) -> None:
    assert ask(browser_of(member("agency")), label).status_code == 404


def test_an_unknown_form_is_not_found_and_looking_is_not_asking() -> None:
    browser = browser_of(member("agency"))

    assert ask(browser, "accounts.organisation", kind="exe").status_code == 404
    assert browser.get("/admin/jobs/job/list/accounts.organisation").status_code == 405


def test_a_filter_that_is_none_leads_back_to_the_list() -> None:
    answer = ask(browser_of(member("agency")), "accounts.organisation", "created_at__gte=yesterday")

    assert answer.status_code == 302
    assert said(answer) == ["The list cannot be filtered like this."]


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobs import admin_lists

    monkeypatch.setattr(admin_lists, "AT_ONCE", 2)
    monkeypatch.setattr(list_files, "BATCH", 2)


def _three_firms(lead: Principal) -> Any:
    for name in ("Cơ khí An Phú", "Nhựa Bình Minh", "Thép Cửu Long"):
        OrganisationFactory.create(kind="supplier", legal_name=name)
    return ask(browser_of(lead), "accounts.organisation", "kind__exact=supplier&o=1&p=2")


@pytest.mark.usefixtures("few_are_many")
def test_a_long_list_is_written_by_a_worker_for_who_asked_alone() -> None:
    lead = member("agency")
    answer = _three_firms(lead)
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/jobs/job/{job.pk}/change/")

    run_due_jobs()

    job.refresh_from_db()
    assert (job.outcome, job.result, job.done, job.total) == ("succeeded", {"rows": 3}, 3, 3)
    browser = browser_of(lead)
    assert f"/admin/jobs/job/{job.pk}/file" in browser.get(answer["Location"]).content.decode()
    file = browser.get(f"/admin/jobs/job/{job.pk}/file")
    assert [row["Legal name"] for row in rows_of(file)] == ["Cơ khí An Phú", "Nhựa Bình Minh", "Thép Cửu Long"]
    assert (
        browser_of(member("agency", organisation=lead.organisation)).get(file.request["PATH_INFO"]).status_code == 404
    )


@pytest.mark.usefixtures("few_are_many")
def test_the_api_gives_the_file_of_a_long_list_to_who_asked_alone(client_for: ClientFor) -> None:
    lead = member("agency")
    key, _secret = issue_api_key(name="ERP", scopes={"read"}, by=lead)
    others = [member("agency", role, lead.organisation) for role in ("owner", "editor", "viewer")]
    _three_firms(lead)
    run_due_jobs()
    address = f"/api/v1/jobs/{Job.objects.get().public_id}"

    assert len(rows_of(client_for(lead).get(f"{address}/result"))) == 3
    for other in (*others, Principal.of_key(key)):
        assert client_for(other).get(address).status_code == 200
        refused = client_for(other).get(f"{address}/result")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("few_are_many")
def test_who_has_left_the_agency_meanwhile_has_nothing_written() -> None:
    lead = member("agency")
    _three_firms(lead)
    Membership.objects.filter(user=lead.user).delete()

    run_due_jobs()

    job = Job.objects.get()
    assert (job.outcome, job.file_bytes) == ("failed", None)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_files, "MOST_ROWS", 0)

    answer = ask(browser_of(member("agency")), "accounts.organisation")

    assert said(answer) == ["A file holds at most a million rows. Choose fewer by filters or search."]
    assert Job.objects.count() == 0
