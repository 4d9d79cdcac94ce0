"""The files of exports: safe in a spreadsheet, complete, in both languages."""

import csv
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from openpyxl import load_workbook
from rest_framework.test import APIClient

from buyers.api.v1.serializers import RequirementSerializer
from config.tables.writing import write_csv, write_xlsx
from jobs.models import Job
from jobs.running import run_due_jobs
from matchmaking.api.v1.connection_contracts import DeliveryReportSerializer
from matchmaking.api.v1.connection_messages import MessageSerializer
from matchmaking.api.v1.serializers import ConnectionSerializer
from matchmaking.api.v1.shortlist_serializers import ShortlistEntrySerializer
from matchmaking.exports.columns import CONNECTIONS, DELIVERY_REPORTS, MESSAGES, REQUIREMENTS, SHORTLIST, SUPPLIERS
from suppliers.api.v1.serializers import SupplierSerializer
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.buyers import buyer_member
from tests.matchmaking.exports.scene import Export, ask, content_of

pytestmark = pytest.mark.django_db


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


def test_every_field_of_a_list_has_a_column() -> None:
    for serializer, columns in (
        (SupplierSerializer, SUPPLIERS),
        (RequirementSerializer, REQUIREMENTS),
        (ConnectionSerializer, CONNECTIONS),
        (MessageSerializer, MESSAGES),
        (DeliveryReportSerializer, DELIVERY_REPORTS),
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
