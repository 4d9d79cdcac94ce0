"""PDF (ISO 32000)."""

import re
from typing import IO

from config.uploads.refusals import refuse_active, refuse_damaged

_HEADER = re.compile(rb"%PDF-[12]\.\d")
_END = b"%%EOF"
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE)(?=[\x00\t\n\f\r /<>\[(]|$)"
)
"""Names of what acts when the file is opened. In compressed parts they are not seen: readers must guard themselves."""


def check(content: IO[bytes]) -> None:
    """Refuse what does not begin and end as a PDF does, and what says openly that it will act."""
    given = content.read()
    if not _HEADER.match(given) or b"startxref" not in given:
        refuse_damaged()
    body, _mark, after = given.rpartition(_END)
    if not body or after.strip(b"\x00\t\n\f\r "):
        refuse_damaged()
    names = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), given)
    if _ACTIVE.search(names):
        refuse_active()
