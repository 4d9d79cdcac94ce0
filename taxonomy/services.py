"""Acts on the vocabulary, and the version by which processes notice them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from config.errors import InvalidFactError
from taxonomy.loading.reading import read_contents
from taxonomy.loading.writing import Count, write
from taxonomy.models import Kind, Material, Process, Province, Source, Standard, TaxonomyVersion, Term
from taxonomy.models.terms import LONGEST_TERM
from taxonomy.text import fold, mark

SHIPPED = Path(__file__).parent / "data"
PATIENCE = "60s"
ENTRIES: Mapping[Kind, Any] = {
    Kind.PROCESS: Process,
    Kind.MATERIAL: Material,
    Kind.STANDARD: Standard,
    Kind.PROVINCE: Province,
}
"""Kinds of which staff teach terms while they import lists."""


@transaction.atomic
def load_taxonomy(*, folder: Path = SHIPPED, parks: bool = True) -> dict[str, Count]:
    """Bring the vocabulary to what the files in `folder` say, keeping what staff taught and every code in use.

    Running it again changes nothing. Codes that the files no longer have are marked as withdrawn.

    Raises:
        BadFileError: a file cannot be loaded; nothing was written.
    """
    contents = read_contents(folder, parks=parks)
    _wait_for_other_loads()
    return write(contents)


def _wait_for_other_loads() -> None:
    """Let one load run at a time, for two at once would create the same rows; a web request would not wait so long."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'; SET LOCAL statement_timeout = '{PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_taxonomy'))")


def current_version() -> int:
    """The number of the vocabulary as this transaction sees it; 0 before the first load."""
    return TaxonomyVersion.objects.values_list("number", flat=True).first() or 0


@transaction.atomic
def teach_term(*, kind: Kind, text: str, code: str) -> Term:
    """Have a text mean an entry from now on, in whatever case it is written; what it was taught to mean before is
    forgotten.

    Args:
        kind: process, material, standard or province.
        code: of the entry; of a province such as "2025:01".

    Raises:
        InvalidFactError: there is no such entry in use, or the text has no letter or digit, or is too long.
    """
    entry = _entry(kind, code)
    term = Term(**{kind.value: entry}, text=text, source=Source.TAUGHT)
    if not fold(text) or len(term.text) > LONGEST_TERM:
        raise InvalidFactError(_("A letter or digit is needed."), pointer="/text")
    forget_term(kind=kind, text=text)
    term.save()
    return term


@transaction.atomic
def forget_term(*, kind: Kind, text: str) -> int:
    """Have a text mean again what the shipped files say. Returns how many terms that were taught are forgotten."""
    alike = Term.objects.filter(**{f"{kind.value}__isnull": False}, source=Source.TAUGHT, key=fold(text))
    taught = [term.pk for term in alike if mark(term.text) == mark(text)]
    deleted: int = Term.objects.filter(pk__in=taught).delete()[0]
    return deleted


def _entry(kind: Kind, code: str) -> Model:
    model = ENTRIES.get(kind)
    edition, _colon, bare = code.rpartition(":")
    wanted = {"edition": edition, "code": bare} if kind == Kind.PROVINCE else {"code": code}
    found: Model | None = model.objects.in_use().filter(**wanted).first() if model else None
    if found is None:
        detail = _("There is nothing with the code “%(code)s”.") % {"code": code}
        raise InvalidFactError(detail, pointer="/code", code="does_not_exist")
    return found
