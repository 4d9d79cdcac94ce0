"""Lists of firms over HTTP, for staff: the whole way, its refusals, and who is turned away."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.principals import Principal
from jobs.running import run_due_jobs
from suppliers.models import Import, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member, tax_code
from tests.factories.imports import ImportFactory, ImportRowFactory
from tests.fixtures.files import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]

IMPORTS = "/api/v1/imports"
TEXT = f"Tên,MST,Công nghệ\nCơ khí An,{tax_code(501)},Tiện CNC; Zauberei\nBad,12,\n"


@pytest.fixture
def client(officer: Principal, client_for: ClientFor) -> APIClient:
    return client_for(officer)


def send(client: APIClient, text: str = TEXT, name: str = "firms.csv", **values: Any) -> Any:
    return client.post(IMPORTS, {"file": upload(text.encode(), name), **values}, format="multipart")


def test_a_list_goes_from_file_to_firms(client: APIClient) -> None:
    sent = send(client, source="Members")
    assert (sent.status_code, sent["Location"]) == (201, f"{IMPORTS}/{sent.json()['id']}")
    url = sent["Location"]
    assert sent.json()["columns"] == {"Tên": "legal_name", "MST": "tax_code", "Công nghệ": "processes"}

    changed = client.patch(url, {"observed_on": "2026-03-01"}, format="json", headers={"if-match": sent["ETag"]})
    assert (changed.status_code, changed.json()["observed_on"]) == (200, "2026-03-01")
    asked = client.post(f"{url}/preview")
    assert (asked.status_code, asked["Location"]) == (202, f"/api/v1/jobs/{asked.json()['id']}")
    run_due_jobs()
    assert client.get(url).json()["count"] == {"created": 1, "updated": 0, "unchanged": 0, "skipped": 1}
    assert [row["row"] for row in client.get(f"{url}/rows").json()["results"]] == [2, 3]
    (skipped,) = client.get(f"{url}/rows", {"result": "skipped"}).json()["results"]
    assert skipped["problems"][0]["code"] == "invalid_tax_code"
    (word,) = client.get(f"{url}/words").json()["results"]
    assert (word["kind"], word["text"], word["rows"]) == ("process", "Zauberei", 1)

    taught = client.post(f"{url}/teach", {"kind": "process", "text": "Zauberei", "code": "MACH.SGRIND"}, format="json")
    assert (taught.status_code, taught.json()["is_outdated"]) == (200, True)
    assert client.post(f"{url}/confirm").json()["code"] == "preview_needed"
    client.post(f"{url}/preview")
    run_due_jobs()
    confirmed = client.post(f"{url}/confirm")
    assert confirmed.status_code == 202
    run_due_jobs()

    assert client.get(url).json()["state"] == "imported"
    assert client.get(f"{url}/rows").json()["results"][0]["supplier"] == Supplier.objects.get().public_id
    result = client.get(f"{confirmed['Location']}/result")
    assert "attachment" in result["Content-Disposition"]
    assert client.post(f"{url}/confirm").json()["code"] == "import_done"


def test_a_decision_is_kept_and_taken_back(client: APIClient) -> None:
    row = ImportRowFactory.create()
    url = f"{IMPORTS}/{row.of.public_id}/decide"

    kept = client.post(url, {"decisions": [{"row": 2, "firm": "new"}]}, format="json")
    back = client.post(url, {"decisions": [{"row": 2, "firm": None}]}, format="json")
    wrong = client.post(url, {"decisions": [{"row": 7, "firm": "new"}]}, format="json")

    assert [kept.json()["decided"], back.json()["decided"]] == [{"2": "new"}, {}]
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "no_such_row")


def test_a_list_is_thrown_away(client: APIClient) -> None:
    row = ImportFactory.create()
    url = f"{IMPORTS}/{row.public_id}"

    assert client.delete(url).status_code == 428
    assert client.delete(url, headers={"if-match": client.get(url)["ETag"]}).status_code == 204
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"Tên": "-"}, "columns_not_understood"), ({"Ghi chú": "address"}, "columns_not_understood")],
)
def test_columns_that_cannot_be_are_refused(client: APIClient, columns: dict[str, str], code: str) -> None:
    sent = send(client)

    refused = client.patch(sent["Location"], {"columns": columns}, format="json", headers={"if-match": "*"})

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert client.get(sent["Location"]).json()["columns"] == sent.json()["columns"]


def test_nobody_but_staff_sees_or_sends_lists(client_for: ClientFor) -> None:
    row = ImportFactory.create()

    for stranger in (member("supplier"), member("buyer")):
        client = client_for(stranger)
        assert send(client).status_code == 403
        assert client.get(f"{IMPORTS}/{row.public_id}").status_code == 404
        assert client.get(IMPORTS).json()["results"] == []
    viewer = client_for(member("agency", role="viewer"))
    assert viewer.get(f"{IMPORTS}/{row.public_id}").status_code == 200
    assert viewer.post(f"{IMPORTS}/{row.public_id}/preview").status_code == 403
    assert Import.objects.get() == row


def test_lists_and_rows_cost_the_same_however_many_there_are(client: APIClient) -> None:
    row = ImportRowFactory.create()
    counts = []
    for more in (0, 49):
        ImportFactory.create_batch(more)
        for number in range(more):
            ImportRowFactory.create(of=row.of, number=10 + number)
        asked = []
        for path in ("", f"/{row.of.public_id}/rows"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(f"{IMPORTS}{path}", {"page_size": 100})
            asked.append(len(queries))
        counts.append(asked)

    assert counts[0] == counts[1]
