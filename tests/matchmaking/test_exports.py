"""Lists as files: what a reader sees of a list, and nothing more, as csv or xlsx."""

import csv
import tracemalloc
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from accounts.principals import Principal
from accounts.services import issue_api_key
from buyers.api.v1.serializers import RequirementSerializer
from buyers.models import Buyer, Requirement
from jobs import services
from jobs.models import Job
from jobs.running import run_due_jobs
from matchmaking import services as matchmaking
from matchmaking.api.v1.serializers import ConnectionSerializer
from matchmaking.api.v1.shortlist_serializers import ShortlistEntrySerializer
from matchmaking.exports import lists
from matchmaking.exports.columns import CONNECTIONS, REQUIREMENTS, SHORTLIST, SUPPLIERS
from matchmaking.exports.writing import write_csv, write_xlsx
from matchmaking.models import Connection
from notifications.models import Event
from notifications.relay import fan_out_all
from suppliers.api.v1.serializers import SupplierSerializer
from suppliers.models import Supplier
from taxonomy.models import Process
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, UserFactory, member
from tests.factories.buyers import buyer_member
from tests.factories.jobs import JobFactory

pytestmark = pytest.mark.django_db

Sheet = list[dict[str, str]]
Export = Callable[..., Sheet]


def ask(client: APIClient, kind: str, **wishes: Any) -> Any:
    return client.post("/api/v1/exports", {"kind": kind, "language": "en", **wishes})


def content_of(client: APIClient, address: str) -> bytes:
    answer: Any = client.get(f"{address}/result")
    assert answer.status_code == 200, client.get(address).json()
    return b"".join(answer.streaming_content)


@pytest.fixture
def export(client_for: ClientFor) -> Export:
    """Asks, has a worker do it, and reads the csv as a list of rows by header."""

    def ask_and_read(by: Principal, kind: str, **wishes: Any) -> Sheet:
        client = client_for(by)
        asked = ask(client, kind, **wishes)
        assert asked.status_code == 202, asked.content
        run_due_jobs()
        return list(csv.DictReader(StringIO(content_of(client, asked["Location"]).decode("utf-8-sig"))))

    return ask_and_read


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


HOSTILE = ("=cmd|' /C calc'!A0", "+84901234567", "-2+3", "@SUM(A1)", "\tx", "＝1+1")


@pytest.mark.parametrize("name", HOSTILE)
def test_text_that_looks_like_a_formula_is_text_in_csv(export: Export, name: str) -> None:
    make.published_supplier(OrganisationFactory.create(trade_name=name))

    (row,) = export(buyer_member(), "suppliers")

    assert row["Trade name"] == f"'{name}"


def xlsx(client: APIClient, kind: str, **wishes: Any) -> Any:
    asked = ask(client, kind, format="xlsx", **wishes)
    run_due_jobs()
    return load_workbook(BytesIO(content_of(client, asked["Location"])))


@pytest.mark.parametrize("name", HOSTILE)
def test_text_that_looks_like_a_formula_is_text_in_xlsx(client_for: ClientFor, name: str) -> None:
    make.published_supplier(OrganisationFactory.create(trade_name=name))

    sheet = xlsx(client_for(buyer_member()), "suppliers").active

    assert (sheet["C2"].data_type, sheet["C2"].value) == ("s", name)


def test_an_xlsx_has_numbers_as_numbers_a_bold_header_that_stays_and_signs_of_any_script(
    client_for: ClientFor,
) -> None:
    make.published_supplier(OrganisationFactory.create(trade_name="精密 \x0b加工"), founded_year=1999)

    client = client_for(member("agency"))
    sheet = xlsx(client, "suppliers").active

    header = [cell.value for cell in sheet[1]]
    assert (sheet["A1"].font.bold, sheet.freeze_panes) == (True, "A2")
    assert sheet.cell(2, header.index("Founded in") + 1).value == 1999
    assert sheet["C2"].value == "精密 加工"
    job = Job.objects.get()
    assert job.file_name.endswith(".xlsx")
    assert client.get(f"/api/v1/jobs/{job.public_id}/result")["Content-Type"] == job.file_type


def test_a_buyer_exports_its_requirements_with_all_they_ask(export: Export) -> None:
    asker = buyer_member()
    requirement = make.requirement(
        Buyer.objects.get(organisation=asker.organisation),
        operations=(
            {"process": "cnc_turning", "materials": ("steel",), "tolerance_mm": 0.02, "part_size_mm": [100, 50, 20]},
            {"process": "anodising"},
        ),
        criteria={"tolerance": {"mode": "must", "weight": 2.0, "min_level": 1}},
        standards=("iso_9001",),
        plant={"latitude": 21.1, "longitude": 105.8},
        nda_needed=True,
        lead_time_days=30,
        target_price="12.50",
        target_price_currency="USD",
    )
    make.requirement()

    (row,) = export(asker, "requirements")

    assert row["Id"] == requirement.public_id
    assert row["Operations"] == "cnc_turning [steel] ± 0.02 mm, 100.0 × 50.0 × 20.0 mm; anodising"
    assert row["Criteria"] == "tolerance: must × 2.0, L1"
    assert row["Lead time for mass production, days"] == "30.0"
    assert (row["NDA needed"], row["Standards required"]) == ("yes", "iso_9001")
    assert (row["Target price"], row["Currency"]) == ("12.5000", "USD")
    assert (row["Plant"], row["Latitude, °"]) == ("Plant", "21.1")


def test_a_supplier_does_not_read_whose_an_anonymous_requirement_is(export: Export) -> None:
    reader = member("supplier")
    make.published_supplier(reader.organisation)
    hidden = make.requirement(
        plant={"name": "Secret plant"}, target_price="9.99", target_price_currency="USD", visibility="anonymous"
    )
    assert reader.organisation is not None
    hidden.audience.create(organisation=reader.organisation, reason="match")
    known = make.requirement(target_price="9.99", target_price_currency="USD")

    rows = {row["Id"]: row for row in export(reader, "requirements")}

    assert set(rows) == {hidden.public_id, known.public_id}
    assert (rows[hidden.public_id]["Buyer's name"], rows[hidden.public_id]["Plant"]) == ("", "")
    assert rows[known.public_id]["Buyer's name"] == str(known.buyer)
    assert "Target price" not in rows[known.public_id]


def test_connections_are_exported_to_their_sides(export: Export) -> None:
    connection = make.ConnectionFactory.create(message="=1+1")
    make.ConnectionFactory.create()
    reader = member(organisation=connection.supplier.organisation)

    (row,) = export(reader, "connections", filters={"state": "requested"})

    assert (row["Id"], row["State"], row["Message"]) == (connection.public_id, "requested", "'=1+1")
    assert "contacts" not in " ".join(row).lower()
    assert export(reader, "connections", filters={"state": "declined"}) == []
    assert Connection.objects.count() == 2


def ranked() -> tuple[Requirement, Supplier, Supplier]:
    better, worse = make.published_supplier(), make.published_supplier()
    make.capability(better, tolerance_mm=0.01)
    make.capability(worse, tolerance_mm=0.03)
    return make.requirement(operations=({"process": "cnc_turning", "tolerance_mm": 0.02},)), better, worse


def test_the_buyer_exports_the_whole_ranking_with_reasons(export: Export, client_for: ClientFor) -> None:
    requirement, better, worse = ranked()
    asker = member(organisation=requirement.buyer.organisation)

    rows = export(asker, "matches", filters={"requirement": requirement.public_id})
    vietnamese = export(asker, "matches", language="vi", filters={"requirement": requirement.public_id})

    assert [(row["Rank"], row["Supplier"]) for row in rows] == [("1", better.public_id), ("2", worse.public_id)]
    address = f"/api/v1/requirements/{requirement.public_id}/matches"
    listed = client_for(asker).get(address).json()["results"]
    assert [float(row["Score, 0 to 1"]) for row in rows] == [line["score"] for line in listed]
    assert [row["Tolerance: why"] for row in rows] == [line["criteria"]["tolerance"]["sentence"] for line in listed]
    assert rows[0]["Tolerance: verdict"] == "meets"
    assert vietnamese[0]["Dung sai: lý do"] != rows[0]["Tolerance: why"]


def test_a_supplier_exports_its_own_line_alone(export: Export) -> None:
    requirement, better, _worse = ranked()
    reader = member(organisation=better.organisation)

    (row,) = export(reader, "matches", filters={"requirement": requirement.public_id})

    assert (row["Supplier"], row["Rank"]) == (better.public_id, "")


def test_the_best_lines_of_a_ranking_are_chosen_as_in_the_list(export: Export) -> None:
    requirement, better, _worse = ranked()
    asker = member(organisation=requirement.buyer.organisation)
    wanted = {"requirement": requirement.public_id, "top": "1", "order": "potential"}

    (row,) = export(asker, "matches", filters=wanted)

    assert row["Supplier"] == better.public_id


@pytest.mark.parametrize(
    ("filters", "pointer"),
    [
        ({}, "/filters/requirement"),
        ({"requirement": "req_0000"}, "/filters/requirement"),
        ({"requirement": "others"}, "/filters/requirement"),
        ({"requirement": "own", "top": "0"}, "/filters/top"),
        ({"requirement": "own", "order": "name"}, "/filters/order"),
        ({"requirement": "own", "process": "x"}, "/filters/process"),
    ],
)
def test_a_ranking_that_the_reader_may_not_see_is_refused(
    client_for: ClientFor, filters: dict[str, str], pointer: str
) -> None:
    own, others = make.requirement(), make.requirement()
    ids = {"own": own.public_id, "others": others.public_id}
    named = {name: ids.get(value, value) for name, value in filters.items()}

    refused = ask(client_for(member(organisation=own.buyer.organisation)), "matches", filters=named)

    assert refused.status_code == 400
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert not Job.objects.exists()


def test_a_buyer_that_is_not_verified_exports_no_ranking(client_for: ClientFor) -> None:
    requirement = make.requirement()
    requirement.buyer.state = "suspended"
    requirement.buyer.save()

    refused = ask(
        client_for(member(organisation=requirement.buyer.organisation)),
        "matches",
        filters={"requirement": requirement.public_id},
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "buyer_not_verified")


def test_a_shortlist_is_exported_to_the_members_of_its_organisation(export: Export, client_for: ClientFor) -> None:
    owner = buyer_member()
    shortlist = matchmaking.create_shortlist(values={"name": "Candidates"}, by=owner)
    suppliers = [make.published_supplier() for _ in range(2)]
    items = [{"supplier": supplier, "note": "=1"} for supplier in suppliers]
    matchmaking.add_entries(shortlist_id=shortlist.pk, items=items, by=owner)
    wanted = {"shortlist": shortlist.public_id}

    rows = export(member(organisation=owner.organisation), "shortlist", filters=wanted)
    refused = [
        ask(client_for(buyer_member()), "shortlist", filters=wanted),
        ask(client_for(owner), "shortlist"),
        ask(client_for(owner), "shortlist", filters={**wanted, "x": "y"}),
    ]

    assert [(row["Position"], row["Supplier"]) for row in rows] == [
        ("1", suppliers[0].public_id),
        ("2", suppliers[1].public_id),
    ]
    assert (rows[0]["Note"], rows[0]["Published"], rows[0]["Added by"]) == ("'=1", "yes", owner.user.full_name)  # type: ignore[union-attr]
    assert [[(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] for answer in refused] == [
        [("/filters/shortlist", "does_not_exist")],
        [("/filters/shortlist", "required")],
        [("/filters/x", "invalid")],
    ]


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
    return [(event.topic, [delivery.reader.email for delivery in event.deliveries.all()]) for event in events]


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


def test_every_field_of_a_list_has_a_column() -> None:
    for serializer, columns in (
        (SupplierSerializer, SUPPLIERS),
        (RequirementSerializer, REQUIREMENTS),
        (ConnectionSerializer, CONNECTIONS),
        (ShortlistEntrySerializer, SHORTLIST),
    ):
        fields = set(serializer(context={"request": None}).fields) - {"plant", "distance_km"}
        assert fields <= {column.field for column in columns}, serializer.__name__


def test_a_file_is_written_without_holding_its_rows_in_memory() -> None:
    """Of 12 MB never more than a few batches of 400 kB."""

    def batches() -> Any:
        for _ in range(30):
            yield [["x" * 4000] for _ in range(100)]

    for write in (write_csv, write_xlsx):
        tracemalloc.start()
        with write(["Text"], batches()) as file:
            _now, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert file.seek(0, 2) > 10_000
        assert peak < 4_000_000, write.__name__


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_headers_are_said_in_both_languages_and_differ(client_for: ClientFor, language: str) -> None:
    client = client_for(member("agency"))
    asked = ask(client, "requirements", language=language)
    run_due_jobs()

    header = content_of(client, asked["Location"]).decode("utf-8-sig").splitlines()[0]

    assert header.startswith({"en": "Id,Buyer,", "vi": "Mã,Bên mua,"}[language])
    assert len(set(next(csv.reader([header])))) == len(REQUIREMENTS)


def test_a_person_of_no_organisation_exports_what_everybody_sees(export: Export) -> None:
    supplier = make.published_supplier()

    (row,) = export(Principal(user=UserFactory.create()), "suppliers")

    assert row["Id"] == supplier.public_id
