"""What people do with a list: upload it, say what its columns mean, decide, confirm. Workers do the rest."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from config.errors import InvalidFactError
from config.iso import COUNTRIES
from config.uploads import CheckedFile, check_upload
from config.uploads.checking import CSV, XLSX
from config.uploads.storage import discard, stored
from jobs.models import Job
from jobs.services import ask_for_job
from notifications.services import publish
from suppliers.imports.columns import IGNORE, map_columns, proposed
from suppliers.imports.errors import ImportAtWorkError, ImportDoneError, NothingToImportError, PreviewNeededError
from suppliers.imports.likenesses import NEW
from suppliers.imports.pipeline import require_importer
from suppliers.imports.reading import Table, read_content
from suppliers.limits import check_observed
from suppliers.models import Import, ImportRow, Listing, Supplier
from taxonomy.models import Kind
from taxonomy.services import teach_term
from taxonomy.text import fold

FOLDER = "imports"
KIND = "import"
"""Of the jobs that preview and write lists."""
SAMPLED = 40
"""Lines of a file that are looked at while it is uploaded."""
SAMPLES = 3
LONGEST_SAMPLE = 80
CHANGEABLE = frozenset({"source", "country", "observed_on", "submit", "all_or_nothing", "columns"})
PREVIEW, WRITE = "preview", "write"


def upload_list(*, file: Any, by: Principal, source: str = "", **values: Any) -> Import:
    """Take a list, and propose what its columns mean: as the last list with the same headings had them.

    Args:
        file: csv or xlsx, as uploaded.
        source: name of the list; the file's name unless given.
        values: of `CHANGEABLE`.

    Raises:
        NotAllowedError: the actor is no officer of the agency who may write.
        FileTooLargeError, InvalidFactError, NotATableError: the file is not taken.
    """
    require_importer(by)
    upload = check_upload(file, types=(XLSX, CSV))
    table = _beginning(upload)
    with stored(upload, folder=FOLDER) as stored_as, transaction.atomic():
        layout = layout_of(table.columns)
        row = Import(
            name=upload.name,
            size_bytes=upload.size_bytes,
            sha256=upload.sha256,
            stored_as=stored_as,
            source=source or upload.name[:100],
            headings=list(table.columns),
            samples=_samples(table),
            layout=layout,
            columns=_proposal(table.columns, layout),
            uploaded_by=by.user,
        )
        _fill(row, values)
        row.save()
        publish("import.uploaded", subject=row, actor=by)
    return row


@transaction.atomic
def change_list(
    *, import_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> Import:
    """Say what columns mean, or how the list is to be used. What was previewed no longer holds.

    Args:
        values: of `CHANGEABLE`; `columns` only those headings that change.

    Raises:
        Import.DoesNotExist, NotAllowedError, ImportAtWorkError, ImportDoneError: see `_locked`.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError, ColumnError: a value is not valid.
    """
    row = _locked(import_id, by=by)
    row.check_version(expected_version)
    _fill(row, values)
    row.state, row.count, row.is_outdated = Import.State.UPLOADED, {}, False
    row.error, row.error_told = "", {}
    row.rows.all().delete()
    row.save_next_version()
    return row


@transaction.atomic
def request_preview(*, import_id: int, by: Principal) -> Job:
    """Have a worker find what would become of each row. Nothing is written.

    Raises:
        Import.DoesNotExist, NotAllowedError, ImportAtWorkError, ImportDoneError: see `_locked`.
        ColumnError: the columns do not say what is needed.
        TooManyJobsError: the organisation waits for another list.
    """
    row = _locked(import_id, by=by)
    map_columns(tuple(row.headings), row.columns)
    return _hand_over(row, PREVIEW, Import.State.PREVIEWING, by=by)


@transaction.atomic
def confirm_list(*, import_id: int, by: Principal, expected_version: int | None = None) -> Job:
    """Have a worker write what the preview showed. Of two who confirm, one does.

    Raises:
        Import.DoesNotExist, NotAllowedError, ImportAtWorkError, ImportDoneError: see `_locked`.
        StaleVersionError: it has changed since `expected_version`.
        PreviewNeededError: there is no preview, or something was decided since.
        NothingToImportError: every row is skipped.
        TooManyJobsError: the organisation waits for another list.
    """
    row = _locked(import_id, by=by)
    row.check_version(expected_version)
    if not row.can_be_confirmed:
        raise PreviewNeededError
    if row.is_all_skipped:
        raise NothingToImportError
    return _hand_over(row, WRITE, Import.State.IMPORTING, by=by)


@transaction.atomic
def decide_rows(*, import_id: int, decisions: Mapping[int, str | None], by: Principal) -> Import:
    """Say of rows which stored firm they are, or that they are `new`; None takes a decision back.

    Raises:
        Import.DoesNotExist, NotAllowedError, ImportAtWorkError, ImportDoneError: see `_locked`.
        PreviewNeededError: there is no preview yet.
        InvalidFactError: there is no such row, or no such firm.
    """
    row = _previewed(import_id, by=by)
    _check_decisions(row, decisions)
    decided = {**row.decided, **{str(number): firm for number, firm in decisions.items()}}
    row.decided = {number: firm for number, firm in decided.items() if firm is not None}
    row.is_outdated = True
    row.save_next_version()
    return row


@transaction.atomic
def teach_word(*, import_id: int, kind: str, text: str, code: str, by: Principal) -> Import:
    """Say once for all rows, of this and every later list, what a word means.

    Args:
        kind: of `taxonomy.models.Kind`: process, material, standard or province.
        code: of the entry that the word means; of a province such as "2025:01".

    Raises:
        Import.DoesNotExist, NotAllowedError, ImportAtWorkError, ImportDoneError: see `_locked`.
        PreviewNeededError: there is no preview yet.
        InvalidFactError: there is no such entry in use, or the text has no letter or digit.
    """
    row = _previewed(import_id, by=by)
    term = teach_term(kind=Kind(kind), text=text, code=code)
    publish("term.taught", subject=row, actor=by, payload={"kind": kind, "text": term.text, "code": code})
    row.is_outdated = True
    row.save_next_version()
    return row


@transaction.atomic
def remove_list(*, import_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Throw away a list that was not imported, with its file.

    Raises:
        Import.DoesNotExist, NotAllowedError, ImportAtWorkError, ImportDoneError: see `_locked`.
        StaleVersionError: it has changed since `expected_version`.
    """
    row = _locked(import_id, by=by)
    row.check_version(expected_version)
    publish("import.removed", subject=row, actor=by)
    transaction.on_commit(lambda: discard(row.stored_as), robust=True)
    row.delete()


@transaction.atomic
def forget_listing(*, listing_id: int, by: Principal) -> None:
    """Take back that an entry of a list is a stored firm: when the list comes again it is asked anew. What the list
    said of the firm stays, with its history.

    Raises:
        Listing.DoesNotExist: there is none.
        NotAllowedError: the actor is no officer of the agency who may write.
    """
    require_importer(by)
    listing = Listing.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=listing_id)
    told = {"source": listing.source, "source_ref": listing.source_ref}
    publish("listing.forgotten", subject=listing.supplier, actor=by, payload=told)
    listing.delete()


def forget_lists() -> None:
    """Delete lists that were kept for `settings.IMPORTS_KEPT`, with their files."""
    old = Import.objects.filter(updated_at__lte=Now() - settings.IMPORTS_KEPT).exclude(state__in=Import.AT_WORK)
    for row in old:
        row.delete()
        discard(row.stored_as)


def layout_of(headings: tuple[str, ...]) -> str:
    """A fingerprint of headings: hex, the same whatever their case and accents."""
    folded = json.dumps([fold(heading) for heading in headings])
    return hashlib.sha256(folded.encode()).hexdigest()


def _locked(import_id: int, *, by: Principal) -> Import:
    """A list that may be changed, locked.

    Raises:
        Import.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor only reads.
        ImportAtWorkError: a worker has it.
        ImportDoneError: it is imported.
    """
    row = Import.objects.visible_to(by).select_for_update(of=("self",)).get(pk=import_id)
    require_importer(by)
    if row.is_at_work:
        raise ImportAtWorkError
    if row.state == Import.State.IMPORTED:
        raise ImportDoneError
    return row


def _previewed(import_id: int, *, by: Principal) -> Import:
    row = _locked(import_id, by=by)
    if row.state != Import.State.PREVIEWED:
        raise PreviewNeededError
    return row


def _hand_over(row: Import, act: str, state: str, *, by: Principal) -> Job:
    job = ask_for_job(kind=KIND, parameters={"import": row.public_id, "act": act}, by=by)
    row.state, row.job, row.error, row.error_told = state, job, "", {}
    row.save_next_version()
    return job


def _beginning(upload: CheckedFile) -> Table:
    content = upload.content.read()
    upload.content.seek(0)
    return read_content(content, only_first=SAMPLED)


def _samples(table: Table) -> dict[str, list[str]]:
    """Some texts of each column."""
    samples: dict[str, list[str]] = {}
    for heading in table.columns:
        texts = dict.fromkeys(row.cells[heading][:LONGEST_SAMPLE] for row in table.rows if row.cells.get(heading))
        samples[heading] = list(texts)[:SAMPLES]
    return samples


def _proposal(headings: tuple[str, ...], layout: str) -> dict[str, str]:
    """As the last list with these headings was read, else as the headings say. Accents may have changed since."""
    last = Import.objects.of_layout(layout).first()
    if last is None:
        return proposed(headings)
    return dict(zip(headings, (last.columns.get(heading, IGNORE) for heading in last.headings), strict=True))


def _fill(row: Import, values: Mapping[str, Any]) -> None:
    if unknown := sorted(values.keys() - CHANGEABLE):
        raise InvalidFactError(_("Unknown field."), pointer=f"/{unknown[0]}", code="unknown_field")
    for name in values.keys() - {"columns"}:
        setattr(row, name, values[name])
    if "columns" in values:
        columns = {heading: field or IGNORE for heading, field in values["columns"].items()}
        row.columns = {**row.columns, **columns}
        map_columns(tuple(row.headings), row.columns)
    if row.country not in COUNTRIES:
        raise InvalidFactError(_("Not a country code of ISO 3166-1, such as VN."), pointer="/country")
    if not row.source.strip():
        raise InvalidFactError(_("Give the list a name."), pointer="/source", code="required")
    _check_day(row.observed_on)


def _check_day(day: date | None) -> None:
    if day is not None:
        check_observed(day)


def _check_decisions(row: Import, decisions: Mapping[int, str | None]) -> None:
    rows = set(ImportRow.objects.filter(of=row, number__in=decisions).values_list("number", flat=True))
    if missing := sorted(decisions.keys() - rows):
        raise InvalidFactError(_("There is no row %(row)s.") % {"row": missing[0]}, pointer="/row", code="no_such_row")
    firms = {firm for firm in decisions.values() if firm not in (None, NEW)}
    known = set(Supplier.objects.filter(public_id__in=firms).values_list("public_id", flat=True))
    if unknown := sorted(str(firm) for firm in firms - known):
        detail = _("There is no supplier “%(firm)s”.") % {"firm": unknown[0]}
        raise InvalidFactError(detail, pointer="/firm", code="does_not_exist")


def mark_done(row: Import, count: Mapping[str, int]) -> None:
    """Note that the rows are written. Call it on a row that is locked."""
    row.state, row.imported_at, row.count, row.is_outdated = Import.State.IMPORTED, timezone.now(), dict(count), False
    row.save_next_version()


def mark_previewed(row: Import, count: Mapping[str, int]) -> None:
    """Note that the rows were previewed. Call it on a row that is locked."""
    row.state, row.previewed_at, row.count, row.is_outdated = Import.State.PREVIEWED, timezone.now(), dict(count), False
    row.save_next_version()
