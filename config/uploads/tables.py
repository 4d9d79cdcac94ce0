"""Tables as text (CSV)."""

import codecs
import re
from typing import IO

from django.utils.translation import gettext_lazy as _

from config.uploads.refusals import refuse, refuse_damaged

BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_OTHER_LANGUAGES = ("<", "%PDF", "{\\rtf", "#!", "%!PS")
"""How pages, drawings, documents and scripts begin."""
_BINARY = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"MZ\x90")
"""How pictures, old Office files, archives and programs begin."""


def check(content: IO[bytes]) -> None:
    """Refuse what is not text in UTF-8, or in UTF-16 with its mark, or is text of another kind."""
    given = content.read()
    encoding = "utf-16" if given.startswith(BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        text = codecs.decode(given, encoding)
    except UnicodeError:
        if given.startswith(_BINARY):
            refuse("file_damaged", _("The file is no csv, whatever its name says: it holds no text. Send csv or xlsx."))
        refuse("file_damaged", _("The text is not in UTF-8. In Excel, save it as “CSV UTF-8” or as xlsx."))
    if _NOT_IN_TEXT.search(text) or text.lstrip().startswith(_OTHER_LANGUAGES) or not text.strip():
        refuse_damaged()
