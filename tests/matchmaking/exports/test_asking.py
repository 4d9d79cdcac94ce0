"""Exports of firms: who may ask for what, which rows come, and who is told."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.principals import Principal
from accounts.services import issue_api_key
from jobs import services
from jobs.models import Job
from jobs.running import run_due_jobs
from matchmaking.exports import lists
from notifications.models import Event
from notifications.relay import fan_out_all
from suppliers.models import Supplier
from taxonomy.models import Process
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import UserFactory, member
from tests.factories.buyers import buyer_member
from tests.factories.jobs import JobFactory
from tests.matchmaking.exports.scene import Export, ask, content_of

pytestmark = pytest.mark.django_db


def test_a_list_is_asked_for_made_and_fetched(client_for: ClientFor) -> None:
    supplier, asker = make.published_supplier(), buyer_member()
    client = client_for(asker)

    asked = client.post("/api/v1/exports", {"kind": "suppliers"}, headers={"accept-language": "vi"})
    run_due_jobs()
    job = client.get(asked["Location"]).json()
    content = content_of(client, asked["Location"])

    assert (asked.status_code, asked.json()["state"], asked.json()["kind"]) == (202, "queued", "export")
    assert job["parameters"] == {"kind": "suppliers", "format": "csv", "language": "vi", "filters": {}}
    assert (job["state"], job["result"]) == ("succeeded", {"rows": 1})
    assert job["progress"] == {"done": 1, "total": 1, "phrase": "Writing rows"}
    assert job["file"]["name"] == f"suppliers-{timezone.localdate()}.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").startswith("Mã,Tên pháp lý,Tên giao dịch,Quốc gia,")
    assert content.endswith(b"\r\n")
    assert supplier.public_id.encode() in content


def test_a_buyer_reads_of_firms_what_the_list_shows_it(export: Export) -> None:
    supplier = make.published_supplier(
        languages=["ja", "vi"], languages_level=1, languages_observed_on="2026-01-05", founded_year=1999
    )
    make.capability(supplier, "cnc_turning", materials=("steel",))
    make.certificate(supplier, "iso_9001", valid_from="2026-01-01", expires_on="2028-12-31")
    make.published_supplier(state=Supplier.State.DRAFT)

    (row,) = export(buyer_member(), "suppliers")

    assert row == {
        "Id": supplier.public_id,
        "Legal name": supplier.organisation.legal_name,
        "Trade name": supplier.organisation.trade_name,
        "Country": "VN",
        "Provinces": "",
        "Sectors": "",
        "Processes": "cnc_turning",
        "Materials": "steel",
        "Standards": "iso_9001 (checked, L2, 2026-01-01 – 2028-12-31)",
        "Languages": "ja; vi",
        "Languages, evidence level": "1",
        "Languages, observed on": "2026-01-05",
        "Employees, band": "",
    }


def test_a_firm_reads_all_of_itself_and_of_others_what_everybody_reads(export: Export) -> None:
    reader = member("supplier")
    own = make.published_supplier(reader.organisation, founded_year=1999)
    other = make.published_supplier(founded_year=1888)

    rows = {row["Id"]: row for row in export(reader, "suppliers")}

    assert rows[own.public_id]["Founded in"] == "1999"
    assert rows[own.public_id]["State"] == "published"
    assert rows[other.public_id]["Founded in"] == ""
    assert rows[other.public_id]["Tax code"] == ""


def test_staff_read_all_of_every_firm(export: Export) -> None:
    drafted = make.published_supplier(state=Supplier.State.DRAFT, founded_year=1999)

    (row,) = export(member("agency"), "suppliers")

    assert (row["State"], row["Founded in"]) == ("draft", "1999")
    assert row["Tax code"] == drafted.organisation.tax_code


def test_the_filters_of_the_list_choose_the_rows(export: Export) -> None:
    turner, miller = make.published_supplier(), make.published_supplier()
    make.capability(turner, "cnc_turning")
    make.capability(miller, "cnc_milling")

    rows = export(buyer_member(), "suppliers", filters={"process": "cnc_milling"})

    assert [row["Id"] for row in rows] == [miller.public_id]


@pytest.mark.parametrize(
    ("filters", "pointer", "code"),
    [
        ({"proces": "x"}, "/filters/proces", "invalid"),
        ({"cursor": "x"}, "/filters/cursor", "invalid"),
        ({"page_size": "5"}, "/filters/page_size", "invalid"),
        ({"process": "nothing"}, "/filters/process", "invalid_choice"),
        ({"q": "x" * 1001}, "/filters/q", "max_length"),
        ({"q": "a\x00b"}, "/filters/q", "invisible"),
        ({"q": ["a"]}, "/filters/q", "invalid"),
        ({"mine": True}, "/filters/mine", "invalid"),
        ("process=x", "/filters", "not_a_dict"),
    ],
)
def test_what_the_list_would_refuse_is_refused_at_once(
    client_for: ClientFor, filters: Any, pointer: str, code: str
) -> None:
    refused = ask(client_for(buyer_member()), "suppliers", filters=filters)

    assert refused.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "wish", [{"kind": "contacts"}, {"format": "pdf"}, {"language": "ja"}, {"columns": "id"}, {"kind": None}]
)
def test_a_wish_that_nobody_can_meet_is_refused(client_for: ClientFor, wish: dict[str, Any]) -> None:
    refused = client_for(buyer_member()).post("/api/v1/exports", {"kind": "suppliers", **wish})

    assert refused.status_code == 400
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [f"/{next(iter(wish))}"]
    assert not Job.objects.exists()


def test_nobody_exports_without_signing_in(anonymous_client: APIClient) -> None:
    assert ask(anonymous_client, "suppliers").status_code == 401
    assert not Job.objects.exists()


def test_software_that_may_only_read_exports(client_for: ClientFor) -> None:
    key, _secret = issue_api_key(name="ERP", scopes={"read"}, by=buyer_member())
    client = client_for(Principal.of_key(key))
    make.published_supplier()

    asked = ask(client, "suppliers")
    run_due_jobs()

    assert content_of(client, asked["Location"]).count(b"\r\n") == 2


def test_rows_come_in_the_order_of_the_list_across_batches(
    export: Export, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 2)
    suppliers, asker = [make.published_supplier() for _ in range(5)], buyer_member()

    rows = [row["Id"] for row in export(asker, "suppliers")]

    assert rows == [supplier.public_id for supplier in reversed(suppliers)]
    listed = client_for(asker).get("/api/v1/suppliers").json()["results"]
    assert rows == [row["id"] for row in listed]
    assert Job.objects.get().done == Job.objects.get().total == 5


def test_a_firm_that_leaves_the_list_meanwhile_is_not_in_the_file(
    client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 1)
    gone, stays = make.published_supplier(), make.published_supplier()
    all_ids = lists.ListRows.ids

    def ids_then_suspend(rows: lists.ListRows) -> list[int]:
        ids = all_ids(rows)
        Supplier.objects.filter(pk=gone.pk).update(state=Supplier.State.SUSPENDED)
        return ids

    monkeypatch.setattr(lists.ListRows, "ids", ids_then_suspend)
    client = client_for(buyer_member())
    asked = ask(client, "suppliers")
    run_due_jobs()

    content = content_of(client, asked["Location"]).decode()
    assert (stays.public_id in content, gone.public_id in content) == (True, False)
    assert client.get(asked["Location"]).json()["result"] == {"rows": 1}


@pytest.mark.parametrize("rows", [1, 50])
def test_a_batch_takes_the_same_queries_however_many_rows(client_for: ClientFor, rows: int) -> None:
    for _ in range(rows):
        make.certificate(make.capability(make.published_supplier()).site.supplier)
    ask(client_for(buyer_member()), "suppliers")

    with CaptureQueriesContext(connection) as queries:
        run_due_jobs()

    assert Job.objects.get().result == {"rows": rows}
    assert len(queries) == 22


def test_what_ceases_to_be_while_the_export_waits_fails_it_with_a_reason(client_for: ClientFor) -> None:
    make.process("cnc_turning")
    client = client_for(buyer_member())
    asked = ask(client, "suppliers", filters={"process": "cnc_turning"})
    Process.objects.all().delete()

    run_due_jobs()

    error = client.get(asked["Location"]).json()["error"]
    assert (error["code"], error["errors"][0]["pointer"]) == ("invalid", "/filters")


def test_an_organisation_waits_for_three_exports_at_a_time(client_for: ClientFor) -> None:
    asker = buyer_member()
    colleague = member(organisation=asker.organisation)
    for _ in range(3):
        assert ask(client_for(asker), "suppliers").status_code == 202

    refused = ask(client_for(colleague), "suppliers")

    assert (refused.status_code, refused.json()["code"], refused.json()["most"]) == (409, "too_many_jobs", 3)
    assert Job.objects.count() == 3
    assert ask(client_for(buyer_member()), "suppliers").status_code == 202


def test_the_same_idempotency_key_asks_for_one_export(client_for: ClientFor) -> None:
    client = client_for(buyer_member())

    first, second = [
        client.post("/api/v1/exports", {"kind": "suppliers"}, headers={"idempotency-key": "once"}) for _ in range(2)
    ]

    assert (first.status_code, second.status_code) == (202, 202)
    assert first["Location"] == second["Location"]
    assert Job.objects.count() == 1


def told(person: User) -> list[tuple[str, list[str]]]:
    fan_out_all()
    events = Event.objects.filter(topic__startswith="export.").order_by("pk")
    return [(event.topic, [delivery.reader.email for delivery in event.deliveries.by_email()]) for event in events]


def test_who_asked_is_told_and_nobody_else(export: Export) -> None:
    asker = buyer_member()
    member(organisation=asker.organisation)
    assert asker.user is not None
    make.published_supplier()

    export(asker, "suppliers")

    assert told(asker.user) == [("export.finished", [asker.user.email])]
    event = Event.objects.get(topic="export.finished")
    assert (event.subject, event.payload) == (Job.objects.get().public_id, {"list": "suppliers", "rows": 1})


def test_who_asked_is_told_that_it_failed(client_for: ClientFor) -> None:
    asker = buyer_member()
    assert asker.user is not None
    ask(client_for(asker), "suppliers")
    Job.objects.update(parameters={"kind": "nothing", "format": "csv", "language": "en", "filters": {}})
    Job.objects.update(give_up_after=1)

    run_due_jobs()

    assert told(asker.user) == [("export.failed", [asker.user.email])]


def test_who_stopped_it_or_lost_the_right_to_it_is_not_told(client_for: ClientFor) -> None:
    owner = member("buyer")
    leaving = member(organisation=owner.organisation)
    assert leaving.user is not None
    ask(client_for(owner), "suppliers")
    services.cancel_job(job_id=Job.objects.get().pk, by=owner)
    ask(client_for(leaving), "suppliers")
    leaving.user.memberships.all().delete()

    run_due_jobs()

    assert told(leaving.user) == [("export.failed", [])]


def test_other_kinds_of_jobs_are_not_exports(client_for: ClientFor) -> None:
    asker = buyer_member()
    assert asker.user is not None
    job = JobFactory.create(kind="tests.other", organisation=asker.organisation, asked_by=asker.user)

    services.cancel_job(job_id=job.pk, by=asker)

    assert told(asker.user) == []


def test_a_person_of_no_organisation_exports_what_everybody_sees(export: Export) -> None:
    supplier = make.published_supplier()

    (row,) = export(Principal(user=UserFactory.create()), "suppliers")

    assert row["Id"] == supplier.public_id
