"""XLSX (ISO/IEC 29500): a zip archive of XML parts."""

import re
import zipfile
import zlib
from typing import IO

from config.uploads.refusals import refuse_active, refuse_damaged, refuse_enormous

MOST_MEMBERS = 2_000
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_PARTS = ("[Content_Types].xml", "xl/workbook.xml")
_ACTIVE = re.compile(
    r"(?:.*/)?(?:vbaproject[^/]*|vbadata\.xml)|xl/(?:embeddings|activex|macrosheets|dialogsheets)/.*"
    r"|.*\.(?:exe|dll|scr|js|vbs|ps1|bat|cmd|lnk|zip|rar|7z|ole|docm|xlsm|pptm)",
    re.IGNORECASE,
)
_ODD_NAME = re.compile(r"^/|^[A-Za-z]:|\\|(?:^|/)\.\.?(?:/|$)|[\x00-\x1f]")
_LOCAL_HEADER = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30
_END_RECORD_BYTES = 22
_BLOCK_BYTES = 256 * 1024
_DECLARATIONS = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check(content: IO[bytes]) -> None:
    """Refuse archives with macros, that unpack to too much, or hide something around or between their members."""
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            _check_extent(content, archive, members)
            _check_members(members)
            _check_contents(archive, members)
            _check_kind(archive.read(_PARTS[0]))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError, EOFError, ValueError):
        refuse_damaged()


def is_workbook(content: IO[bytes]) -> bool:
    """Whether an archive holds what a workbook is told by, whatever else is in it."""
    try:
        with zipfile.ZipFile(content) as archive:
            return set(_PARTS) <= set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def _check_kind(content_types: bytes) -> None:
    """It is a workbook of that kind which holds no macros."""
    if b"macroenabled" in content_types.lower():
        refuse_active()
    if _WORKBOOK not in content_types:
        refuse_damaged()


def _check_extent(content: IO[bytes], archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """The archive is the whole file, and no two members share bytes."""
    content.seek(0)
    size = content.seek(0, 2)
    content.seek(max(size - _END_RECORD_BYTES, 0))
    if archive.comment or content.read(4) != b"PK\x05\x06":
        refuse_damaged()
    content.seek(0)
    if content.read(4) != _LOCAL_HEADER:
        refuse_damaged()
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            refuse_damaged()
        end = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED_BYTES:
        refuse_enormous()
    if any(_ACTIVE.fullmatch(name) for name in names):
        refuse_active()
    folded = {name.casefold() for name in names}
    if len(folded) < len(names) or any(map(_ODD_NAME.search, names)) or not set(_PARTS) <= set(names):
        refuse_damaged()
    if any(member.flag_bits & 0x1 for member in members):
        refuse_damaged()


def _check_contents(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Each member unpacks to what it says, and no XML declares entities, which could grow without end."""
    unpacked = 0
    for member in members:
        with archive.open(member) as part:
            first = part.read(_BLOCK_BYTES)
            if _DECLARATIONS.search(first.replace(b"\x00", b"")):
                refuse_damaged()
            unpacked += len(first)
            while block := part.read(_BLOCK_BYTES):
                unpacked += len(block)
                if unpacked > MOST_UNPACKED_BYTES:
                    refuse_enormous()
