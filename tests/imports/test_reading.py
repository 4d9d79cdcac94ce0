"""What counts as a table, and what is said of everything else."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from suppliers.imports import reading
from suppliers.imports.errors import NotATableError
from suppliers.imports.reading import Row, Table, read_table
from suppliers.imports.sheets import survey

HEADER = "Tên,MST\n"


def text_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "list"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(folder: Path, *rows: list[Any], hidden_first: bool = False) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if hidden_first:
        sheet.append(["secret"])
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("visible")
    for row in rows:
        sheet.append(row)
    path = folder / "list"
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_whatever_separates_its_columns(tmp_path: Path, separator: str) -> None:
    path = text_file(tmp_path, f"Tên{separator}MST\nCơ khí An{separator}0100109106\n")

    assert read_table(path) == Table(("Tên", "MST"), (Row(2, {"Tên": "Cơ khí An", "MST": "0100109106"}),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_in_the_encodings_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = text_file(tmp_path, "Tên\nĐúc Việt\n".encode(encoding))

    assert read_table(path).rows == (Row(2, {"Tên": "Đúc Việt"}),)


def test_decomposed_accents_are_composed(tmp_path: Path) -> None:
    path = text_file(tmp_path, "Te\u0302n\nCo\u031b khi\u0301\n")

    assert read_table(path) == Table(("Tên",), (Row(2, {"Tên": "Cơ khí"}),))


def test_a_cell_over_several_lines_is_one_row_as_in_a_spreadsheet(tmp_path: Path) -> None:
    path = text_file(tmp_path, 'Tên,MST\nA,1\n"B\nB",2\nC,3\n')

    assert [(row.number, row.cells["Tên"]) for row in read_table(path).rows] == [(2, "A"), (3, "B B"), (4, "C")]


def test_empty_lines_are_passed_over_and_keep_their_numbers(tmp_path: Path) -> None:
    path = text_file(tmp_path, "\n\nTên,MST\n,\nA,1\n\n")

    assert read_table(path).rows == (Row(5, {"Tên": "A", "MST": "1"}),)


def test_an_xlsx_gives_what_a_person_reads_in_its_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Tên", "Năm", "Ngày", "MST"], ["A", 1998.0, datetime(2026, 1, 31), 100109106])  # noqa: DTZ001 as Excel has it

    assert read_table(path).rows[0].cells == {"Tên": "A", "Năm": "1998", "Ngày": "2026-01-31", "MST": "100109106"}


def test_a_date_without_time_is_read_as_a_date(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Tên", "Ngày"], ["A", date(2026, 1, 31)])

    assert read_table(path).rows[0].cells["Ngày"] == "2026-01-31"


def test_the_first_visible_sheet_counts(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Tên"], ["A"], hidden_first=True)

    assert read_table(path).columns == ("Tên",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"  \n \n", "The file is empty."),
        (HEADER, "The file has a header but no rows below it."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "The file is neither an xlsx nor text in UTF-8"),
        (b"Name\nA\x00B\n", "The file holds binary data, not a table."),
        ("Tên\nCơ khí\n".encode("utf-16-le"), "The file is neither an xlsx nor text in UTF-8"),
        ("Name\nMécanique\n".encode("latin-1"), "The file is neither an xlsx nor text in UTF-8"),
        ("Tên,,MST\nA,B,C\n", "Row 2 has a value in column 2, which has no heading."),
        ("Tên,Tên\nA,B\n", "Two columns are headed “Tên”."),
        ("Tên,MST\nA,B,C\n", "Row 2 has more cells than there are headings."),
        ('Tên\n"A\n', "Line 2 is not valid csv"),
        (f"Tên\n{'x' * 10_001}\n", "Row 2, column “Tên”: the text is too long."),
        (",".join(f"c{n}" for n in range(201)) + "\n1\n", "The file has more than 200 columns."),
        (f"Tên,MST\n{'x' * 200_000},1\n", "Row 2, column “Tên”: the text is too long."),
        (f"Tên,{'x' * 251}\nA,B\n", "The heading of column 2 has more than 250 characters."),
        (b"PK\x03\x04 not really an archive", "The file is damaged."),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(NotATableError) as refused:
        read_table(text_file(tmp_path, content))

    assert str(refused.value.detail).startswith(message)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotATableError, match="The file cannot be opened: No such file or directory"):
        read_table(tmp_path / "missing.csv")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotATableError, match="The file cannot be opened: Is a directory"):
        read_table(tmp_path)


def test_a_hundred_thousand_rows_are_refused_and_told_where_the_limit_lies(tmp_path: Path) -> None:
    path = text_file(tmp_path, "Tên\n" + "A\n" * 100_000)

    with pytest.raises(NotATableError, match="The file has more than 50000 rows") as refused:
        read_table(path)

    assert refused.value.context == {"row": 50_002}


def test_an_archive_that_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("letter.txt", "hello")

    with pytest.raises(NotATableError, match="The file is a zip archive, but not a spreadsheet"):
        read_table(text_file(tmp_path, packed.getvalue()))


def test_an_archive_that_swells_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 1_000_001)

    with pytest.raises(NotATableError, match="The file unpacks to more than is allowed"):
        read_table(text_file(tmp_path, packed.getvalue()))


def test_a_sheet_that_claims_a_million_empty_rows_is_read_quickly(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Tên"])
    sheet.append(["A"])
    sheet.cell(row=1_048_576, column=1).value = None
    path = tmp_path / "list"
    book.save(path)

    assert len(read_table(path).rows) == 1


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["DANH SÁCH DOANH NGHIỆP"], [], ["Tên", "MST"], ["A", "1"])

    assert read_table(path) == Table(("Tên", "MST"), (Row(4, {"Tên": "A", "MST": "1"}),))


def test_the_head_of_an_official_letter_is_no_header(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["SỞ CÔNG THƯƠNG", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["PHÒNG CÔNG NGHIỆP", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
        ["DANH SÁCH DOANH NGHIỆP"],
        ["STT", "Tên doanh nghiệp", "MST", "Ghi chú"],
        [1, "A", "01", "B"],
    )

    cells = {"STT": "1", "Tên doanh nghiệp": "A", "MST": "01", "Ghi chú": "B"}
    assert read_table(path) == Table(tuple(cells), (Row(5, cells),))


@pytest.mark.parametrize(
    ("above", "headings", "columns"),
    [
        (
            ["Địa chỉ", None, "Tên"],
            ["Tỉnh/Thành phố", "Số nhà, đường", "Tên"],
            ("Tỉnh/Thành phố", "Số nhà, đường", "Tên"),
        ),
        (["Contact", None, "Firm"], ["Phone", "Email", "Firm"], ("Phone", "Email", "Firm")),
        (["Tên", "Thông tin liên hệ"], [None, "Điện thoại", "Email"], ("Tên", "Điện thoại", "Email")),
        (["STT", "Thông tin chung"], [None, "Tên", "MST"], ("STT", "Tên", "MST")),
        (["Tên", "Mã số"], ["Title", "Tax code", "Phone"], ("Tên", "Tax code", "Phone")),
    ],
)
def test_of_headings_above_each_other_the_lowest_that_is_known_counts(
    tmp_path: Path, above: list[Any], headings: list[Any], columns: tuple[str, ...]
) -> None:
    path = workbook(tmp_path, above, headings, ["x", "y", "z"])

    assert read_table(path) == Table(columns, (Row(3, dict(zip(columns, "xyz", strict=True))),))


def test_where_no_two_headings_are_known_the_header_is_the_first_line_with_two_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Danh sách"], ["Firma", "Ort"], ["A", "B"])

    assert read_table(path) == Table(("Firma", "Ort"), (Row(3, {"Firma": "A", "Ort": "B"}),))


@pytest.mark.parametrize("content", [b'<c r="A1"' * 200_000, b'<c r="A1"><f>1</f>' + b" " * 1_000_000 + b"</row>"])
def test_an_odd_sheet_is_looked_through_once(content: bytes) -> None:
    assert survey(io.BytesIO(content)).without_result == ""


def test_a_table_may_begin_in_column_b(tmp_path: Path) -> None:
    path = workbook(tmp_path, [None, "Tên", "MST"], [None, "A", "1"])

    assert read_table(path) == Table(("Tên", "MST"), (Row(2, {"Tên": "A", "MST": "1"}),))


def test_what_a_sheet_says_of_its_own_extent_hides_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Tên", "MST"], ["A", "1"], ["B", "2"])
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(packed, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b'ref="A1:B3"', b'ref="A1"'))
    path.write_bytes(packed.getvalue())

    assert [row.cells for row in read_table(path).rows] == [{"Tên": "A", "MST": "1"}, {"Tên": "B", "MST": "2"}]


def test_rows_after_a_long_gap_are_read(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Tên"], ["A"], *([[None]] * 3_000), ["B"])

    assert [row.number for row in read_table(path).rows] == [2, 3003]


def test_commas_inside_quotes_separate_nothing(tmp_path: Path) -> None:
    path = text_file(tmp_path, '"Tên, loại, hình";MST\nA;1\n')

    assert read_table(path).columns == ("Tên, loại, hình", "MST")


def test_a_formula_that_failed_says_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["Tên", "MST"], ["A", "#N/A"])

    assert read_table(path).rows[0].cells == {"Tên": "A", "MST": ""}
