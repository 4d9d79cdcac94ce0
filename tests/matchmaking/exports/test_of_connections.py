"""Exports of what stands below a connection: messages, and reports of deliveries."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.principals import Principal
from jobs.models import Job
from jobs.running import run_due_jobs
from matchmaking import services
from matchmaking.models import Connection, DeliveryReport, Message
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.exports.scene import Export, ask, content_of

pytestmark = pytest.mark.django_db

KINDS = ("messages", "delivery_reports")
HOSTILE = '=HYPERLINK("https://evil.example")'


def contract(**requirement: Any) -> Connection:
    return make.ConnectionFactory.create(state="contract", requirement=make.requirement(**requirement))


def reader_of(connection: Connection, side: str, **fields: Any) -> Principal:
    organisations = {
        "buyer": connection.requirement.buyer.organisation,
        "supplier": connection.supplier.organisation,
    }
    return member(organisation=organisations[side], **fields)


def below(connection: Connection) -> dict[str, str]:
    return {"connection": connection.public_id}


@pytest.mark.parametrize("side", ["buyer", "supplier"])
def test_both_sides_export_the_messages_of_their_connection_alone(export: Export, side: str) -> None:
    connection = contract()
    first = make.message_with_file(connection, text=HOSTILE)
    second = Message.objects.create(connection=connection, side="supplier", text="Xin chào")
    make.message_with_file(contract())

    rows = export(reader_of(connection, side), "messages", filters=below(connection))

    assert [(row["Id"], row["From"], row["Text"], row["Files"]) for row in rows] == [
        (second.public_id, "supplier", "Xin chào", ""),
        (first.public_id, "buyer", f"'{HOSTILE}", "drawing.pdf"),
    ]
    assert {row["Connection"] for row in rows} == {connection.public_id}


def test_the_agency_exports_the_messages_of_any_connection(export: Export) -> None:
    connection = contract()
    sent = make.message_with_file(connection)

    (row,) = export(member("agency"), "messages", filters=below(connection))

    assert row["Id"] == sent.public_id


@pytest.mark.parametrize("hidden", [{"visibility": "anonymous"}, {"nda_needed": True}])
def test_names_of_files_are_withheld_from_the_supplier_until_both_have_agreed(
    export: Export, hidden: dict[str, Any]
) -> None:
    connection = make.ConnectionFactory.create(requirement=make.requirement(**hidden))
    make.message_with_file(connection)
    supplier, buyer = reader_of(connection, "supplier"), reader_of(connection, "buyer")

    (before,) = export(supplier, "messages", filters=below(connection))
    (own,) = export(buyer, "messages", filters=below(connection))
    services.accept_connection(connection_id=connection.pk, by=supplier)
    (after,) = export(supplier, "messages", filters=below(connection))

    withheld = "Files withheld until both sides have agreed"
    assert [(row["Files"], row[withheld]) for row in (before, own, after)] == [
        ("", "yes"),
        ("drawing.pdf", "no"),
        ("drawing.pdf", "no"),
    ]


def test_reports_of_deliveries_are_exported_with_how_they_stand(export: Export) -> None:
    connection = contract()
    report = DeliveryReport.objects.create(
        connection=connection, month=date(2026, 9, 1), deliveries=12, good=11, note="-1+1", state="reported"
    )
    DeliveryReport.objects.create(connection=contract(), month=date(2026, 9, 1), deliveries=1, good=1, state="reported")

    (row,) = export(reader_of(connection, "supplier"), "delivery_reports", filters=below(connection))

    assert {name: row[name] for name in ("Id", "Month", "Deliveries", "On time and accepted", "Note", "State")} == {
        "Id": report.public_id,
        "Month": "2026-09-01",
        "Deliveries": "12",
        "On time and accepted": "11",
        "Note": "'-1+1",
        "State": "reported",
    }


@pytest.mark.parametrize("who", ["buyer", "supplier", "agency", "stranger"])
def test_reports_of_all_connections_that_one_sees_are_exported_together(export: Export, who: str) -> None:
    first = contract()
    second, other = contract(buyer=first.requirement.buyer), contract()
    for connection in (first, second, other):
        DeliveryReport.objects.create(
            connection=connection, month=date(2026, 9, 1), deliveries=12, good=11, state="reported"
        )
    readers = {
        "buyer": reader_of(first, "buyer"),
        "supplier": reader_of(first, "supplier"),
        "agency": member("agency"),
        "stranger": member("supplier"),
    }

    rows = export(readers[who], "delivery_reports")

    seen = [other.public_id, second.public_id, first.public_id]
    shown = {"buyer": seen[1:], "supplier": seen[2:], "agency": seen, "stranger": []}[who]
    assert [row["Connection"] for row in rows] == shown


def test_reports_of_all_connections_are_chosen_by_month_and_by_how_they_stand(export: Export) -> None:
    connection = contract()
    reports = [
        DeliveryReport.objects.create(
            connection=connection,
            month=date(2026, month, 1),
            deliveries=1,
            good=1,
            state=state,
            decided_at="2026-11-01T00:00:00Z",
        )
        for month, state in ((8, "confirmed"), (9, "reported"), (10, "reported"))
    ]

    rows = export(
        reader_of(connection, "buyer"), "delivery_reports", filters={"state": "reported", "month__gte": "2026-10-01"}
    )

    assert [row["Id"] for row in rows] == [reports[2].public_id]


def test_in_xlsx_the_text_of_a_message_is_text_and_figures_are_figures(client_for: ClientFor) -> None:
    connection = contract()
    Message.objects.create(connection=connection, side="buyer", text=HOSTILE)
    DeliveryReport.objects.create(
        connection=connection, month=date(2026, 9, 1), deliveries=12, good=11, state="reported"
    )
    client = client_for(reader_of(connection, "buyer"))
    asked = [ask(client, kind, format="xlsx", filters=below(connection)) for kind in KINDS]

    run_due_jobs()

    books = [load_workbook(BytesIO(content_of(client, each["Location"]))) for each in asked]
    messages, reports = (book.worksheets[0] for book in books)
    assert (messages["D2"].data_type, messages["D2"].value) == ("s", HOSTILE)
    assert (reports["D2"].value, reports["E2"].value) == (12, 11)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_headers_are_in_the_language_that_was_asked_for(export: Export, kind: str, language: str) -> None:
    connection = contract()
    Message.objects.create(connection=connection, side="buyer", text="Xin chào")
    DeliveryReport.objects.create(
        connection=connection, month=date(2026, 9, 1), deliveries=12, good=11, state="reported"
    )

    (row,) = export(reader_of(connection, "buyer"), kind, language=language, filters=below(connection))

    headers = {
        ("messages", "en"): {"From", "Text", "Sent (UTC)"},
        ("messages", "vi"): {"Từ", "Nội dung", "Gửi lúc (UTC)"},
        ("delivery_reports", "en"): {"Month", "Deliveries"},
        ("delivery_reports", "vi"): {"Tháng", "Số lần giao"},
    }
    assert headers[kind, language] <= row.keys()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("who", "filters", "pointer", "code"),
    [
        ("buyer", {"connection": "con_0000"}, "/filters/connection", "does_not_exist"),
        ("stranger", {"connection": "this"}, "/filters/connection", "does_not_exist"),
        ("person", {"connection": "this"}, "/filters/connection", "does_not_exist"),
        ("buyer", {"connection": "this", "x": "y"}, "/filters/x", "invalid"),
        ("buyer", {"connection": "this", "cursor": "y"}, "/filters/cursor", "invalid"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_no_job_is_made(
    client_for: ClientFor, kind: str, who: str, filters: dict[str, str], pointer: str, code: str
) -> None:
    connection = contract()
    callers = {
        "buyer": reader_of(connection, "buyer"),
        "stranger": member("supplier"),
        "person": Principal(user=member("buyer").user),
    }
    named = {name: connection.public_id if value == "this" else value for name, value in filters.items()}

    refused = ask(client_for(callers[who]), kind, filters=named)

    assert refused.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]
    assert not Job.objects.exists()


def test_messages_are_of_one_connection(client_for: ClientFor) -> None:
    refused = ask(client_for(member("agency")), "messages")

    assert refused.json()["errors"][0]["pointer"] == "/filters/connection"
    assert refused.json()["errors"][0]["code"] == "required"
    assert not Job.objects.exists()


def test_who_has_left_by_the_time_it_is_written_gets_nothing(client_for: ClientFor) -> None:
    connection = contract()
    Message.objects.create(connection=connection, side="buyer", text="Xin chào")
    reader = reader_of(connection, "buyer")
    assert reader.user is not None
    assert ask(client_for(reader), "messages", filters=below(connection)).status_code == 202
    reader.user.memberships.all().delete()

    run_due_jobs()

    job = Job.objects.get()
    assert (job.outcome, (job.error or {})["code"], job.file_name) == ("failed", "rights_lost", "")
