"""What a file must be to be taken: its name, its declared type and its content must agree, and it must be harmless.

No virus scanner is at hand. What can be kept out without one: what runs when it is opened, what is two kinds of file at
once, what grows beyond measure. Content is never shown by this site, only handed out.
"""

import hashlib
import zipfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import IO

import puremagic
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from config.errors import InvalidFactError
from config.uploads import drawings, images, pdf, spreadsheets, tables
from config.uploads.names import extension_of, safe_name
from config.uploads.refusals import FileTooLargeError, refuse, refuse_damaged

MOST_BYTES = 10 * 1024 * 1024
UNSAID = frozenset({"", "application/octet-stream"})
"""Types by which a sender says that it does not know."""
_HEAD_BYTES = 4096
_FIRST_KILOBYTE = 1024
"""Where readers of PDF look for its mark."""


@dataclass(frozen=True, kw_only=True)
class FileType:
    """A kind of file that is taken."""

    media_type: str
    extensions: Collection[str]
    check: Callable[[IO[bytes]], None]
    """Refuses content that is damaged, active or enormous."""
    has_mark: bool = True
    """Whether files of this kind begin with bytes by which they are known."""
    also_declared_as: Collection[str] = frozenset()
    """Media types under which browsers send it too."""


PDF = FileType(media_type="application/pdf", extensions={".pdf"}, check=pdf.check)
PNG = FileType(media_type="image/png", extensions={".png"}, check=images.check_png)
JPEG = FileType(
    media_type="image/jpeg",
    extensions={".jpg", ".jpeg"},
    check=images.check_jpeg,
    also_declared_as={"image/jpg", "image/pjpeg"},
)
XLSX = FileType(
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extensions={".xlsx"},
    check=spreadsheets.check,
)
CSV = FileType(
    media_type="text/csv",
    extensions={".csv"},
    check=tables.check,
    has_mark=False,
    also_declared_as={"text/plain", "application/csv", "application/vnd.ms-excel"},  # the last from Windows with Excel
)
STEP = FileType(
    media_type="model/step",
    extensions={".stp", ".step"},
    check=drawings.check_step,
    has_mark=False,
    also_declared_as={"application/step", "application/x-step", "application/p21", "text/plain"},
)
DXF = FileType(
    media_type="image/vnd.dxf",
    extensions={".dxf"},
    check=drawings.check_dxf,
    has_mark=False,
    also_declared_as={"application/dxf", "application/x-dxf", "image/x-dxf", "drawing/dxf", "text/plain"},
)
WORKBOOK_AS_CSV = _(
    "This is an Excel workbook whose name ends in .csv. Let its name end in .xlsx and send it again, or in Excel, save"
    " it as “CSV UTF-8”."
)
TYPES = (PDF, PNG, JPEG, XLSX, CSV, STEP, DXF)


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """What is known of a file that was taken. `content` stands at its beginning."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    content: "UploadedFile[bytes]"


def check_upload(
    upload: "UploadedFile[bytes]", *, types: Collection[FileType] = TYPES, most_bytes: int = MOST_BYTES
) -> CheckedFile:
    """Take a file, or say what is wrong with it. It is read to its end several times, but stored nowhere.

    Args:
        types: those that are taken here.
        most_bytes: of the file itself.

    Raises:
        FileTooLargeError: it has more bytes.
        InvalidFactError: with code `file_empty`, `file_type`, `file_type_mismatch`, `file_damaged`, `file_active` or
            `file_enormous`.
    """
    name, size = safe_name(upload.name or ""), upload.size or 0
    if size > most_bytes:
        raise FileTooLargeError(
            _("The file has more than %(most)s MB.") % {"most": most_bytes // 1024**2}, most_bytes=most_bytes
        )
    if size == 0:
        refuse("file_empty", _("The file is empty."))
    file_type = _type_named(name, types)
    _check_declared(upload.content_type or "", file_type)
    _check_mark(upload, file_type)
    upload.seek(0)
    file_type.check(upload)
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    upload.seek(0)
    return CheckedFile(name=name, media_type=file_type.media_type, size_bytes=size, sha256=digest, content=upload)


def check_uploads(uploads: Iterable["UploadedFile[bytes]"], *, field: str) -> list[CheckedFile]:
    """Take several files, or say what is wrong with the first that is not taken, and which it is: `/files/1`.

    Raises:
        FileTooLargeError, InvalidFactError: as `check_upload`.
    """
    checked = []
    for place, upload in enumerate(uploads):
        try:
            checked.append(check_upload(upload))
        except InvalidFactError as refusal:
            refusal.pointer = f"/{field}/{place}"
            raise
    return checked


def _type_named(name: str, types: Collection[FileType]) -> FileType:
    extension = extension_of(name)[1]
    for file_type in types:
        if extension in file_type.extensions:
            return file_type
    taken = ", ".join(sorted(extension for file_type in types for extension in file_type.extensions))
    return refuse("file_type", _("Files of this kind are not taken, only %(taken)s.") % {"taken": taken})


def _check_declared(declared: str, file_type: FileType) -> None:
    declared = declared.partition(";")[0].strip().lower()
    if declared not in {*UNSAID, file_type.media_type, *file_type.also_declared_as}:
        _refuse_mismatch()


def _check_mark(upload: "UploadedFile[bytes]", file_type: FileType) -> None:
    """The content begins as files of this kind do, and is no other kind besides."""
    upload.seek(0)
    head = upload.read(_HEAD_BYTES)
    if file_type.has_mark and not _recognised(head) & set(file_type.extensions):
        _refuse_mismatch()
    if file_type is not PDF and b"%PDF-" in head[:_FIRST_KILOBYTE]:
        refuse_damaged()
    if file_type is not XLSX and zipfile.is_zipfile(upload):
        if file_type is CSV and spreadsheets.is_workbook(upload):
            refuse("file_damaged", WORKBOOK_AS_CSV)
        refuse_damaged()


def _recognised(head: bytes) -> set[str]:
    """Extensions of the kinds of files that begin like this."""
    try:
        return {found.extension for found in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _refuse_mismatch() -> None:
    refuse("file_type_mismatch", _("Name, type and content of the file do not agree."))
