"""Acts on the vocabulary, and the version by which processes notice them."""

from pathlib import Path

from django.db import connection, transaction

from taxonomy.loading.reading import read_contents
from taxonomy.loading.writing import Count, write
from taxonomy.models import TaxonomyVersion

SHIPPED = Path(__file__).parent / "data"
PATIENCE = "60s"


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
