"""Models and drawings of parts: STEP (ISO 10303-21), and DXF as text (Autodesk's reference).

Both are text with a fixed beginning and end. What stands between is for the reader's program; it is only looked at for
what such a program would run or unpack.
"""

import re
from typing import IO

from django.utils.translation import gettext_lazy as _

from config.uploads.refusals import refuse, refuse_active, refuse_damaged

_BLANK = b"\t\n\f\r \x1a"
"""With the end of file of DOS, which old programs put last."""
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""Bytes above ASCII are let be: names are written in the code page of whoever drew the part."""

_STEP_BEGINS = re.compile(rb"ISO-10303-21\s*;")
_STEP_HEADER = re.compile(rb"HEADER\s*;")
_STEP_DATA = re.compile(rb"\bDATA\s*[;(]")
_STEP_ENDS = re.compile(rb"ENDSEC\s*;\s*END-ISO-10303-21\s*;")

_DXF_BINARY = b"AutoCAD Binary DXF"
_DXF_BEGINS = re.compile(
    rb"(?:[ \t]*999[ \t]*\n[^\n]*\n)*"  # comments
    rb"[ \t]*0[ \t]*\n[ \t]*SECTION[ \t]*\n"
    rb"[ \t]*2[ \t]*\n[ \t]*(?:HEADER|CLASSES|TABLES|BLOCKS|ENTITIES|OBJECTS|THUMBNAILIMAGE)[ \t]*\n"
)
_DXF_ENDS = re.compile(rb"\n[ \t]*0[ \t]*\n[ \t]*EOF\Z")
_DXF_ACTIVE = re.compile(rb"\n[ \t]*0[ \t]*\n[ \t]*(?:OLEFRAME|OLE2FRAME|VBA_PROJECT)[ \t]*\n")
"""Entities that hold a file of another program, or macros."""


def check_step(content: IO[bytes]) -> None:
    """Refuse what has not the header, the data and the end of an exchange structure, or has anything after it."""
    text = _text_of(content)
    header, _end, data = text.partition(b"ENDSEC")
    if not (_STEP_BEGINS.match(header) and _STEP_HEADER.search(header) and b"FILE_SCHEMA" in header):
        refuse_damaged()
    if not (_STEP_DATA.search(data) and _STEP_ENDS.fullmatch(text, text.rfind(b"ENDSEC"))):
        refuse_damaged()


def check_dxf(content: IO[bytes]) -> None:
    """Refuse what does not begin with a section and end with EOF, and what holds macros or files of other programs."""
    text = _text_of(content)
    if text.startswith(_DXF_BINARY):
        refuse("file_damaged", _("This is a binary DXF. Save it as text (ASCII DXF)."))
    if not (_DXF_BEGINS.match(text) and _DXF_ENDS.search(text, max(len(text) - 100, 0))):
        refuse_damaged()
    if _DXF_ACTIVE.search(text):
        refuse_active()


def _text_of(content: IO[bytes]) -> bytes:
    """All but blanks around it, with one kind of ends of lines."""
    text = content.read().removeprefix(b"\xef\xbb\xbf").strip(_BLANK)
    if _NOT_IN_TEXT.search(text) and not text.startswith(_DXF_BINARY):
        refuse_damaged()
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
