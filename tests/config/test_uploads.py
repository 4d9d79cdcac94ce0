"""Which files are taken, under which name, and what is said of the others."""

import codecs
import hashlib
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from django.utils.translation import override

from config.errors import InvalidFactError
from config.uploads import FileTooLargeError, check_upload, safe_name
from config.uploads.names import LONGEST_NAME_BYTES
from config.uploads.spreadsheets import MOST_MEMBERS
from tests.fixtures.files import (
    CONTENT_TYPES,
    CSV,
    WORKBOOK,
    XLSX_TYPE,
    archive,
    dxf,
    jpeg,
    pdf,
    png,
    step,
    upload,
    xlsx,
)


def real_workbook() -> bytes:
    written = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "Trục thép"  # type: ignore[index]
    workbook.save(written)
    return written.getvalue()


def code_of(content: bytes, name: str, declared: str = "application/octet-stream") -> str:
    with pytest.raises(InvalidFactError) as refused:
        check_upload(upload(content, name, declared))
    assert refused.value.pointer == "/file"
    return refused.value.code


@pytest.mark.parametrize(
    ("name", "declared", "content", "media_type"),
    [
        ("a.pdf", "application/pdf", pdf(), "application/pdf"),
        ("a.PDF", "application/octet-stream", pdf(header=b"%PDF-2.0\n", after=b"\r\n"), "application/pdf"),
        ("a.png", "image/png", png(), "image/png"),
        ("a.jpg", "image/jpeg", jpeg(), "image/jpeg"),
        ("a.jpeg", "image/pjpeg", jpeg(after=jpeg()), "image/jpeg"),  # as telephones write them
        ("a.xlsx", XLSX_TYPE, xlsx(), XLSX_TYPE),
        ("a.xlsx", XLSX_TYPE, real_workbook(), XLSX_TYPE),
        ("a.csv", "text/csv", CSV, "text/csv"),
        ("a.csv", "text/csv; charset=utf-8", codecs.BOM_UTF8 + CSV, "text/csv"),
        ("a.csv", "application/vnd.ms-excel", "Tên\tGiá\n".encode("utf-16"), "text/csv"),
        ("a.csv", "", b"ID;NAME\nFrom;BM\n", "text/csv"),
        ("a.step", "model/step", step(), "model/step"),
        ("a.STP", "application/octet-stream", step(after=b"\r\n\x1a").replace(b"\n", b"\r\n"), "model/step"),
        ("a.stp", "", b"\xef\xbb\xbf" + step(header=b"/* by CAD */ FILE_SCHEMA(('AP242'));"), "model/step"),
        ("a.dxf", "image/vnd.dxf", dxf(), "image/vnd.dxf"),
        ("a.dxf", "application/dxf", b"999\r\nby CAD\r\n" + dxf(section=b"ENTITIES"), "image/vnd.dxf"),
        ("a.DXF", "", dxf(b"  1", b"tr\xf4c", after=b"").replace(b"\r\n", b"\n"), "image/vnd.dxf"),
    ],
)
def test_whole_files_of_the_kinds_named_are_taken(name: str, declared: str, content: bytes, media_type: str) -> None:
    checked = check_upload(upload(content, name, declared))

    assert (checked.name, checked.media_type, checked.size_bytes) == (name.lower(), media_type, len(content))
    assert checked.sha256 == hashlib.sha256(content).hexdigest()
    assert checked.content.read() == content


ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'


def old_workbook() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600


def jpeg_and_pdf() -> bytes:
    """A picture with a comment that begins a PDF."""
    return jpeg()[:20] + b"\xff\xfe\x00\x0c%PDF-1.7\n\n" + jpeg()[20:]


def with_end_record_comment(comment: bytes) -> bytes:
    written = io.BytesIO(xlsx())
    with zipfile.ZipFile(written, "a") as made:
        made.comment = comment
    return written.getvalue()


def encrypted() -> bytes:
    content = bytearray(xlsx())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def overlapping() -> bytes:
    """Two members in the directory that share the bytes of the first."""
    content = bytearray(xlsx())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


def with_false_crc() -> bytes:
    content = bytearray(png())
    content[30] ^= 0xFF
    return bytes(content)


def changed_inside() -> bytes:
    content = bytearray(xlsx())
    content[60] ^= 0xFF
    return bytes(content)


def workbook_with(member: str, content: bytes | str) -> bytes:
    return archive({"[Content_Types].xml": CONTENT_TYPES, "xl/workbook.xml": WORKBOOK, member: content})


def workbook_of(kind: str) -> bytes:
    types = CONTENT_TYPES.replace(XLSX_TYPE, f"application/{kind}")
    return archive({"[Content_Types].xml": types, "xl/workbook.xml": WORKBOOK})


HOSTILE: list[tuple[str, str, Callable[[], bytes], str]] = [
    # what it is not
    ("a program", "a.pdf", lambda: b"MZ\x90\x00" + b"\x00" * 200, "file_type_mismatch"),
    ("an ELF program", "a.png", lambda: b"\x7fELF" + b"\x00" * 200, "file_type_mismatch"),
    ("a page as a picture", "a.jpg", lambda: b"<html><script>alert(1)</script>", "file_type_mismatch"),
    ("a PNG called PDF", "a.pdf", png, "file_type_mismatch"),
    ("a PDF called PNG", "a.png", pdf, "file_type_mismatch"),
    ("a PDF called XLSX", "a.xlsx", pdf, "file_type_mismatch"),
    (
        "an old workbook (OLE)",
        "a.xlsx",
        lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600,
        "file_type_mismatch",
    ),
    ("text called PDF", "a.pdf", lambda: b"hello", "file_type_mismatch"),
    ("nothing but NULs", "a.pdf", lambda: b"\x00" * 50, "file_type_mismatch"),
    # tables
    ("a page as a table", "a.csv", lambda: b"<!DOCTYPE html><script>x</script>", "file_damaged"),
    ("a drawing as a table", "a.csv", lambda: b"\n <svg onload='x'/>", "file_damaged"),
    ("a script as a table", "a.csv", lambda: b"#!/bin/sh\nrm -rf /\n", "file_damaged"),
    ("a picture as a table", "a.csv", png, "file_damaged"),
    ("a program as a table", "a.csv", lambda: b"MZ\x90\x00\x03", "file_damaged"),
    ("a PDF as a table", "a.csv", pdf, "file_damaged"),
    ("a zip as a table", "a.csv", xlsx, "file_damaged"),
    ("latin-1 as a table", "a.csv", lambda: "Thép;é\n".encode("latin-1", "replace"), "file_damaged"),
    ("NUL in a table", "a.csv", lambda: b"a;b\x00\n", "file_damaged"),
    ("an escape in a table", "a.csv", lambda: b"a;\x1b[31mred\n", "file_damaged"),
    ("half a UTF-16 sign", "a.csv", lambda: b"\xff\xfea\x00b", "file_damaged"),
    ("an empty table", "a.csv", lambda: b" \n\n", "file_damaged"),
    # models and drawings
    ("a program as a model", "a.stp", lambda: b"MZ\x90\x00" + b"\x00" * 200, "file_damaged"),
    ("a page as a model", "a.step", lambda: b"<html><script>alert(1)</script>", "file_damaged"),
    ("a drawing as a model", "a.step", dxf, "file_damaged"),
    ("a model cut off", "a.stp", lambda: step()[:-20], "file_damaged"),
    ("a model without data", "a.stp", lambda: step().replace(b"DATA;", b""), "file_damaged"),
    ("a model of no schema", "a.stp", lambda: step(header=b""), "file_damaged"),
    ("a model with a page after it", "a.stp", lambda: step(after=b"<script>alert(1)</script>"), "file_damaged"),
    ("a model with a zip after it", "a.stp", lambda: step(after=xlsx()), "file_damaged"),
    ("a model with a PDF in its header", "a.stp", lambda: step(header=b"%PDF-1.7 FILE_SCHEMA"), "file_damaged"),
    ("a model after a page", "a.stp", lambda: b"<html>" + step(), "file_damaged"),
    ("a model with NUL", "a.stp", lambda: step(header=b"FILE_SCHEMA\x00"), "file_damaged"),
    ("a page as a drawing of lines", "a.dxf", lambda: b"<svg onload='x'/>", "file_damaged"),
    ("a model as a drawing", "a.dxf", step, "file_damaged"),
    ("a drawing cut off", "a.dxf", lambda: dxf()[:-10], "file_damaged"),
    ("a drawing of no section", "a.dxf", lambda: dxf(section=b"SCRIPT"), "file_damaged"),
    ("a drawing with a zip after it", "a.dxf", lambda: dxf(after=xlsx()), "file_damaged"),
    ("a drawing with a page after it", "a.dxf", lambda: dxf(after=b"\r\n<script>"), "file_damaged"),
    ("a binary drawing", "a.dxf", lambda: b"AutoCAD Binary DXF\r\n\x1a\x00\x00", "file_damaged"),
    ("a drawing with a file of Word", "a.dxf", lambda: dxf(b"  0", b"OLE2FRAME"), "file_active"),
    ("a drawing with macros", "a.dxf", lambda: dxf(b"  0", b"VBA_PROJECT"), "file_active"),
    # PDF
    ("a PDF without an end", "a.pdf", lambda: pdf().replace(b"%%EOF", b""), "file_damaged"),
    ("a PDF without a table", "a.pdf", lambda: pdf().replace(b"startxref", b"startxxxx"), "file_damaged"),
    ("a PDF with something after it", "a.pdf", lambda: pdf(after=b"\n<script>"), "file_damaged"),
    ("a PDF with a zip after it", "a.pdf", lambda: pdf(after=b"\n" + xlsx()), "file_damaged"),
    ("a PDF of no version", "a.pdf", lambda: pdf(header=b"%PDF-9.9\n"), "file_damaged"),
    ("a PDF with a script", "a.pdf", lambda: pdf(inside=b"<</S /JavaScript /JS (app.alert(1))>>"), "file_active"),
    ("a PDF with a spelt script", "a.pdf", lambda: pdf(inside=b"<</S/J#61v#61Script/JS(x)>>"), "file_active"),
    ("a PDF that starts programs", "a.pdf", lambda: pdf(inside=b"<</S/Launch/F(cmd.exe)>>"), "file_active"),
    ("a PDF with a file in it", "a.pdf", lambda: pdf(inside=b"<</Type/EmbeddedFile /Length 4>>"), "file_active"),
    ("a PDF that sends forms", "a.pdf", lambda: pdf(inside=b"<</S/SubmitForm/F(http://x)>>"), "file_active"),
    # pictures
    ("a PNG cut off", "a.png", lambda: png()[:-5], "file_damaged"),
    ("a PNG without an end", "a.png", lambda: png()[:-12], "file_damaged"),
    ("a PNG with a false checksum", "a.png", with_false_crc, "file_damaged"),
    ("a PNG with a page after it", "a.png", lambda: png(after=b"<script>x</script>"), "file_damaged"),
    ("a PNG with a zip after it", "a.png", lambda: png(after=xlsx()), "file_damaged"),
    ("a PNG with a PDF after it", "a.png", lambda: png(after=pdf()), "file_damaged"),
    ("a PNG of no size", "a.png", lambda: png(width=0), "file_damaged"),
    ("a PNG that lies about a chunk", "a.png", lambda: png()[:8] + b"\xff\xff\xff\xff" + png()[12:], "file_damaged"),
    ("a PNG bomb", "a.png", lambda: png(width=60_000, height=60_000), "file_enormous"),
    ("a JPEG cut off", "a.jpg", lambda: jpeg()[:-2], "file_damaged"),
    ("a JPEG without a frame", "a.jpg", lambda: jpeg()[:20] + b"\xff\xd9", "file_damaged"),
    ("a JPEG with a zip after it", "a.jpg", lambda: jpeg(after=xlsx()), "file_damaged"),
    (
        "a JPEG with a PDF in front",
        "a.jpg",
        lambda: jpeg()[:20] + b"\xff\xfe\x00\x0c%PDF-1.7\n\n" + jpeg()[20:],
        "file_damaged",
    ),
    ("a JPEG bomb", "a.jpg", lambda: jpeg(width=65_000, height=65_000), "file_enormous"),
    # workbooks
    ("macros by name", "a.xlsx", lambda: workbook_with("xl/vbaProject.bin", b"x"), "file_active"),
    ("macros of another spelling", "a.xlsx", lambda: workbook_with("xl/VBAProject2.BIN", b"x"), "file_active"),
    (
        "a workbook with macros",
        "a.xlsx",
        lambda: workbook_of("vnd.ms-excel.sheet.macroEnabled"),
        "file_active",
    ),
    ("an object in it", "a.xlsx", lambda: workbook_with("xl/embeddings/oleObject1.bin", b"x"), "file_active"),
    ("a control in it", "a.xlsx", lambda: workbook_with("xl/activeX/activeX1.xml", "<x/>"), "file_active"),
    ("a program in it", "a.xlsx", lambda: workbook_with("media/x.exe", b"MZ"), "file_active"),
    ("a zip in it", "a.xlsx", lambda: workbook_with("x.zip", b"PK"), "file_active"),
    (
        "a text document",
        "a.xlsx",
        lambda: workbook_of("vnd.openxmlformats-officedocument.wordprocessingml.document"),
        "file_damaged",
    ),
    ("any zip", "a.xlsx", lambda: archive({"readme.txt": "x"}), "file_damaged"),
    ("a path out of the archive", "a.xlsx", lambda: workbook_with("../../etc/cron.d/x", "x"), "file_damaged"),
    ("two members of one name", "a.xlsx", lambda: workbook_with("XL/Workbook.xml", WORKBOOK), "file_damaged"),
    (
        "entities",
        "a.xlsx",
        lambda: xlsx(xl__a='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'),
        "file_damaged",
    ),
    (
        "entities in UTF-16",
        "a.xlsx",
        lambda: xlsx(xl__a='<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")),
        "file_damaged",
    ),
    ("a zip bomb", "a.xlsx", lambda: xlsx(xl__a=b"\x00" * (101 * 1024 * 1024)), "file_enormous"),
    ("thousands of members", "a.xlsx", lambda: xlsx(**{f"xl__{n}": "" for n in range(MOST_MEMBERS)}), "file_enormous"),
    ("a comment after it", "a.xlsx", lambda: with_end_record_comment(b"<?php"), "file_damaged"),
    ("something after it", "a.xlsx", lambda: xlsx() + b"x", "file_damaged"),
    ("something before it", "a.xlsx", lambda: b"x" + xlsx(), "file_type_mismatch"),
    ("a member behind a lock", "a.xlsx", encrypted, "file_damaged"),
    ("members that share bytes", "a.xlsx", overlapping, "file_damaged"),
    ("a workbook cut off", "a.xlsx", lambda: xlsx()[:-30], "file_damaged"),
    ("content that was changed", "a.xlsx", changed_inside, "file_damaged"),
]


@pytest.mark.parametrize(("name", "content", "code"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_files_are_refused_for_what_they_are(name: str, content: Callable[[], bytes], code: str) -> None:
    assert code_of(content(), name) == code


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "an Excel workbook whose name ends in .csv. Let its name end in .xlsx"),
        ("vi", "bảng tính Excel nhưng tên tệp lại có đuôi .csv. Hãy đổi đuôi thành .xlsx"),
    ],
)
def test_a_workbook_under_the_name_of_a_csv_is_told_what_to_do(language: str, told: str) -> None:
    with pytest.raises(InvalidFactError) as refused:
        check_upload(upload(xlsx(), "a.csv"))

    with override(language):
        assert told in str(refused.value.detail)


def test_another_archive_under_the_name_of_a_csv_is_no_workbook() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "a")

    with pytest.raises(InvalidFactError) as refused:
        check_upload(upload(made.getvalue(), "a.csv"))

    assert str(refused.value.detail) == "The file is damaged, or not what its name says."


@pytest.mark.parametrize(
    "name", ["a.xlsm", "a.xls", "a.docx", "a.svg", "a.html", "a.exe", "a.pdf.exe", "a.zip", "a", "pdf", ""]
)
def test_other_kinds_are_not_taken_and_the_refusal_says_which_are(name: str) -> None:
    file = upload(pdf(), "x")
    file.name = name or None

    with pytest.raises(InvalidFactError) as refused:
        check_upload(file)

    assert refused.value.code == "file_type"
    assert str(refused.value.detail) == (
        "Files of this kind are not taken, only .csv, .dxf, .jpeg, .jpg, .pdf, .png, .step, .stp, .xlsx."
    )


@pytest.mark.parametrize("declared", ["text/html", "image/svg+xml", "image/png", "nonsense"])
def test_a_declared_type_that_does_not_fit_is_refused(declared: str) -> None:
    assert code_of(pdf(), "a.pdf", declared) == "file_type_mismatch"


def test_an_empty_file_is_refused() -> None:
    assert code_of(b"", "a.pdf") == "file_empty"


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    content = pdf()

    assert check_upload(upload(content), most_bytes=len(content)).size_bytes == len(content)
    with pytest.raises(FileTooLargeError) as refused:
        check_upload(upload(content), most_bytes=len(content) - 1)
    assert refused.value.context == {"most_bytes": len(content) - 1}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("chứng chỉ ISO 9001.pdf", "chứng chỉ ISO 9001.pdf"),
        ("chu\u031b\u0301ng.pdf", "chứng.pdf"),  # decomposed
        ("証明書.PDF", "証明書.pdf"),
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system32\\x.pdf", "x.pdf"),
        ("C:\\Users\\lan\\scan.pdf", "scan.pdf"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        ("a\x00.exe\x00.pdf", "a.exe.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("a\u200b\u2066\ufeffb.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ('a";filename="b.pdf', "a_;filename=_b.pdf"),
        ("a\tb\u00a0c.pdf", "a b c.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1.anything.pdf", "_lpt1.anything.pdf"),
        (".htaccess", "document.htaccess"),
        (".pdf", "document.pdf"),
        ("...pdf", "document.pdf"),
        (". . .", "document"),
        ("", "document"),
        ("   a   .pdf", "a.pdf"),
        ("a.pdf. .", "a.pdf"),
        ("~$a|b?c*d<e>.pdf", "~$a_b_c_d_e_.pdf"),
        ("\ud800a.pdf", "a.pdf"),
    ],
)
def test_names_are_made_harmless_and_stay_readable(given: str, kept: str) -> None:
    assert safe_name(given) == kept
    assert safe_name(kept) == kept


@pytest.mark.parametrize("sign", ["a", "ế", "証", "😀"])
def test_long_names_are_cut_between_signs_and_keep_their_extension(sign: str) -> None:
    name = safe_name(sign * 400 + ".pdf")

    assert LONGEST_NAME_BYTES - 4 < len(name.encode()) <= LONGEST_NAME_BYTES
    assert name == sign * ((LONGEST_NAME_BYTES - 4) // len(sign.encode())) + ".pdf"
