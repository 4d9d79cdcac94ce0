"""Files as people really send them, over the API: each is read rightly, or refused with what to do, and nothing is half
written."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from rest_framework.test import APIClient

from jobs.running import run_due_jobs
from suppliers.imports.lists import FOLDER
from suppliers.models import Import, ImportRow, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member, tax_code
from tests.fixtures.files import kept_in, png, upload
from tests.imports.scene import AN, BINH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary", "reports_within")]

IMPORTS = "/api/v1/imports"
HEADINGS = ["Tên công ty", "MST", "Tỉnh", "Công nghệ", "Năm thành lập"]
FIRM = ["Cơ khí An", AN, "Hà Nội", "Tiện CNC", 1998]
OTHER = ["Đúc Bình", BINH, "Hải Phòng", "Đúc", 2001]


@pytest.fixture
def client(client_for: ClientFor) -> APIClient:
    return client_for(member("agency"))


def book(*rows: list[Any], merged: tuple[str, ...] = (), hidden: list[Any] | None = None) -> bytes:
    made = Workbook()
    sheet: Any = made.active
    if hidden is not None:
        sheet.append(hidden)
        sheet.sheet_state = "hidden"
        sheet = made.create_sheet("Danh sách")
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def changed(content: bytes, pattern: bytes, by: bytes, *, of: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook in which a part, unless told the first sheet, says something else."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, re.sub(pattern, by, part) if name == of else part)
    return written.getvalue()


def send(client: APIClient, content: bytes, name: str = "firms.xlsx") -> Any:
    return client.post(IMPORTS, {"file": upload(content, name)}, format="multipart")


def rows_of(client: APIClient, content: bytes, name: str = "firms.xlsx") -> list[dict[str, Any]]:
    """What a preview says of each row."""
    sent = send(client, content, name)
    assert sent.status_code == 201, sent.json()
    client.post(f"{sent['Location']}/preview")
    run_due_jobs()
    row = client.get(sent["Location"]).json()
    assert (row["state"], row["error"]) == ("previewed", "")
    found: list[dict[str, Any]] = client.get(f"{sent['Location']}/rows").json()["results"]
    return found


def said(rows: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    return [(row["row"], row["name"], row["result"]) for row in rows]


BOTH = [(2, "Cơ khí An", "created"), (3, "Đúc Bình", "created")]


def test_cells_merged_over_several_rows_say_the_same_of_each(client: APIClient) -> None:
    third = ["Nhựa Cường", tax_code(503), None, "ép phun nhựa", 2005]
    content = book(HEADINGS, FIRM, [*OTHER[:2], None, *OTHER[3:]], third, merged=("C2:C3",))

    rows = rows_of(client, content)

    assert [row["said"].get("province") for row in rows] == ["Hà Nội", "Hà Nội", None]
    assert [row["result"] for row in rows] == ["created"] * 3


def test_a_firm_merged_over_two_rows_is_told_to_occur_twice(client: APIClient) -> None:
    content = book(HEADINGS, FIRM, [None, None, None, "Phay CNC", None], merged=("A2:A3", "B2:B3", "C2:C3"))

    assert said(rows_of(client, content)) == [(2, "Cơ khí An", "created"), (3, "Cơ khí An", "skipped")]
    assert ImportRow.objects.get(number=3).why_skipped()[0].reason == "the same firm as in row 2"


def test_a_title_merged_over_the_table_is_no_header(client: APIClient) -> None:
    content = book(["DANH SÁCH DOANH NGHIỆP"], [], HEADINGS, FIRM, merged=("A1:E2",))

    assert said(rows_of(client, content)) == [(4, "Cơ khí An", "created")]


@pytest.mark.parametrize(
    ("above", "headings", "merged"),
    [
        (["Thông tin chung", None, None, "Khả năng", None], HEADINGS, ("A1:C1", "D1:E1")),
        (["Tên công ty", "MST", "Tỉnh", "Sản xuất", None], [None, None, None, *HEADINGS[3:]], ("A1:A2", "D1:E1")),
        (HEADINGS, ["Company name", "Tax code", "Province", "Processes", "Founded"], ()),
    ],
    ids=["groups above headings", "headings over two lines", "headings in two languages"],
)
def test_two_header_rows_are_one_header(
    client: APIClient, above: list[Any], headings: list[Any], merged: tuple[str, ...]
) -> None:
    rows = rows_of(client, book(above, headings, FIRM, OTHER, merged=merged))

    assert said(rows) == [(3, "Cơ khí An", "created"), (4, "Đúc Bình", "created")]
    assert rows[0]["said"]["processes"] == "Tiện CNC"
    assert rows[0]["said"]["founded_year"] == "1998"


def test_numbers_of_columns_below_the_headings_are_no_firm(client: APIClient) -> None:
    content = book(HEADINGS, ["(1)", "(2)", "(3)", "(4)", "(5)"], FIRM)

    assert said(rows_of(client, content)) == [(3, "Cơ khí An", "created")]


def test_of_a_formula_its_result_counts(client: APIClient) -> None:
    content = changed(
        book(HEADINGS, [*FIRM[:4], "=1990+8"]), rb"<f>1990\+8</f><v\s*/?>(</v>)?", rb"<f>1990+8</f><v>1998</v>"
    )

    assert rows_of(client, content)[0]["said"]["founded_year"] == "1998"


def test_a_formula_without_a_result_is_refused_with_its_cell(client: APIClient) -> None:
    refused = send(client, book(HEADINGS, FIRM, ['=CONCATENATE("Cơ khí ","B")', *OTHER[1:]]))

    assert (refused.status_code, refused.json()["code"]) == (400, "not_a_table")
    assert refused.json()["detail"].startswith("Cell A3 holds a formula without its result.")
    assert not Import.objects.exists()


def test_spaces_between_a_formula_and_its_result_cost_nothing(client: APIClient) -> None:
    """A million of them, over which a pattern could look again and again without end."""
    formula = b"<f>1990+8</f>" + b" " * 1_000_000 + b"<v>1998</v>"

    rows = rows_of(client, changed(book(HEADINGS, FIRM), rb"<v>1998</v>", formula))

    assert [row["said"]["founded_year"] for row in rows] == ["1998"]


def test_more_merged_cells_than_a_list_has_are_refused(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suppliers.imports.sheets.MOST_MERGED", 1)
    content = book(HEADINGS, FIRM, OTHER, merged=("C2:C3", "D2:D3"))

    refused = send(client, content)

    assert (refused.status_code, refused.json()["code"]) == (400, "not_a_table")
    assert refused.json()["detail"] == "The sheet has more than 1 merged cells."
    assert not Import.objects.exists()


SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"


@pytest.mark.parametrize(
    ("part", "pattern", "by"),
    [
        (SHEET, rb't="n"><v>1998</v>', b't="s"><v>999</v>'),
        (SHEET, rb"<v>1998</v>", b"<v>19x8</v>"),
        (SHEET, rb't="n"><v>1998</v>', b't="d"><v>yesterday</v>'),
        (SHEET, rb'r="E2"', b'r="2"'),
        (SHEET, rb'<row r="2"', b'<row r="two"'),
        (SHEET, rb"(?s)</sheetData>.*", b""),
        (STYLES, rb"<font>", b'<font odd="1">'),
    ],
    ids=["shared text", "number", "day", "cell", "row", "cut off", "styles"],
)
def test_a_damaged_workbook_is_refused(client: APIClient, part: str, pattern: bytes, by: bytes) -> None:
    refused = send(client, changed(book(HEADINGS, FIRM), pattern, by, of=part))

    assert (refused.status_code, refused.json()["code"]) == (400, "not_a_table")
    assert refused.json()["detail"] == "The file is damaged."
    assert not Import.objects.exists()


def test_damage_far_below_is_told_by_the_job_which_is_not_tried_again(client: APIClient) -> None:
    firms = [[f"Cơ khí {place}", tax_code(600 + place), *FIRM[2:4], 1900 + place] for place in range(60)]
    sent = send(client, changed(book(HEADINGS, *firms), rb"<v>1959</v>", b"<v>19x9</v>"))

    client.post(f"{sent['Location']}/preview")
    run_due_jobs()

    row = client.get(sent["Location"]).json()
    assert (sent.status_code, row["state"], row["error"]) == (201, "uploaded", "The file is damaged.")


@pytest.mark.parametrize("day", ["1998-05-01", "01/05/1998", "1.5.1998", "1998"])
def test_a_day_written_as_text_gives_its_year(client: APIClient, day: str) -> None:
    (row,) = rows_of(client, book(HEADINGS, [*FIRM[:4], day]))

    assert row["result"] == "created"


@pytest.mark.parametrize("day", ["01/05/98", "32", "tháng 5 năm 1998"])
def test_a_day_that_gives_no_year_is_told_with_row_and_column(client: APIClient, day: str) -> None:
    (row,) = rows_of(client, book(HEADINGS, [*FIRM[:4], day]))

    assert (row["result"], row["problems"][0]["column"]) == ("skipped", "Năm thành lập")
    assert row["problems"][0]["detail"].startswith(f"“{day}”: ")


def test_hidden_sheets_are_not_read(client: APIClient) -> None:
    assert said(rows_of(client, book(HEADINGS, FIRM, hidden=["secret"]))) == [(2, "Cơ khí An", "created")]


def with_empty_rows(count: int) -> bytes:
    """Rows that have a style and no text, as a spreadsheet writes them where somebody coloured whole columns."""
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (row, row) for row in range(4, 4 + count))
    return changed(book(HEADINGS, FIRM, OTHER), rb"</sheetData>", rows + b"</sheetData>")


def test_a_million_empty_rows_below_the_list_are_not_read(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suppliers.imports.reading.MAX_LINES", 3)

    assert said(rows_of(client, with_empty_rows(20_000))) == BOTH


def test_a_text_far_below_the_list_is_refused_with_what_to_do(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suppliers.imports.reading.MAX_LINES", 1_000)
    content = changed(
        with_empty_rows(2_000), rb"</sheetData>", b'<row r="9000"><c r="A9000"><v>1</v></c></row></sheetData>'
    )

    refused = send(client, content)

    assert (refused.status_code, refused.json()["code"]) == (400, "not_a_table")
    assert refused.json()["detail"].startswith("The sheet reaches below row 1000.")


def with_an_empty_cell_far_right(in_rows: int) -> bytes:
    """Each a few bytes of the file, and 18,278 cells wide when it is read."""
    rows = b"".join(b'<row r="%d"><c r="ZZZ%d" s="0"/></row>' % (row, row) for row in range(4, 4 + in_rows))
    last = b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (4 + in_rows, 4 + in_rows)
    return changed(book(HEADINGS, FIRM, OTHER), rb"</sheetData>", rows + last + b"</sheetData>")


def test_empty_cells_far_to_the_right_are_read_up_to_a_bound(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suppliers.imports.reading.MAX_CELLS_BESIDE", 2 * (18_278 - 200))

    taken, refused = (send(client, with_an_empty_cell_far_right(in_rows)) for in_rows in (2, 3))

    assert taken.status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (400, "not_a_table")
    assert refused.json()["detail"].startswith("The sheet reaches far beyond column 200.")
    assert Import.objects.count() == 1


def nfd(text: str) -> bytes:
    return unicodedata.normalize("NFD", text).encode()


CSV = f"Tên công ty,MST,Tỉnh,Công nghệ\nCơ khí An,{AN},Hà Nội,Tiện CNC\nĐúc Bình,{BINH},Hải Phòng,Đúc\n"


@pytest.mark.parametrize(
    "content",
    [
        nfd(CSV),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.replace(",", ";").encode(),
        CSV.replace("\n", "\r\n").encode(),
    ],
    ids=["NFD", "UTF-8 with mark", "UTF-16", "semicolons", "CRLF"],
)
def test_a_csv_is_understood_as_programs_write_it(client: APIClient, content: bytes) -> None:
    rows = rows_of(client, content, "firms.csv")

    assert said(rows) == BOTH
    assert [row["left_out"] for row in rows] == [[], []]


REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    (
        "firms.csv",
        lambda: "Tên;MST\nMécanique é;1\n".encode("latin-1", "replace"),
        "file_damaged",
        "save it as “CSV UTF-8”",
    ),
    ("firms.csv", png, "file_damaged", "The file is no csv, whatever its name says"),
    ("firms.csv", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "file_damaged", "The file is no csv"),
    ("firms.csv", lambda: book(HEADINGS, FIRM), "file_damaged", "an Excel workbook whose name ends in .csv"),
    ("firms.xlsx", lambda: CSV.encode(), "file_type_mismatch", "Name, type and content of the file do not agree."),
    ("firms.xls", lambda: book(HEADINGS, FIRM), "file_type", "only .csv, .xlsx"),
    ("firms.xlsx", lambda: book(HEADINGS, FIRM)[:-40], "file_damaged", "The file is damaged"),
    (
        "firms.xlsx",
        lambda: changed(book(HEADINGS, FIRM), rb"</sheetData>", b"</sheetData>" + b" " * (101 * 2**20)),
        "file_enormous",
        "The file becomes too large when it is opened.",
    ),
    ("firms.xlsx", lambda: book(HEADINGS), "not_a_table", "The file has a header but no rows below it."),
    ("firms.xlsx", lambda: book(["Tên", *([None] * 300), "MST"], FIRM), "not_a_table", "more than 200 columns"),
]


@pytest.mark.parametrize(("name", "content", "code", "detail"), REFUSED)
def test_what_cannot_be_read_is_refused_with_the_reason_and_leaves_nothing(
    client: APIClient, name: str, content: Callable[[], bytes], code: str, detail: str
) -> None:
    before = kept_in(FOLDER)

    refused = send(client, content(), name)

    told = refused.json()
    assert refused.status_code == 400
    assert code in (told["code"], *(error["code"] for error in told.get("errors", ())))
    assert detail in refused.content.decode()
    assert not Import.objects.exists()
    assert not Supplier.objects.exists()
    assert kept_in(FOLDER) == before
