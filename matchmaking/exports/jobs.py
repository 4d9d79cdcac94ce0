"""Asking for a list as a file, making it, and telling who asked."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from rest_framework.exceptions import ValidationError

from accounts.principals import ANONYMOUS, Principal
from buyers.api.v1.views import RequirementViewSet
from config.errors import InvalidFactError
from config.tables.cells import Cell, cells
from config.tables.writing import MEDIA_TYPES, WRITERS
from jobs.kinds import register
from jobs.models import Job
from jobs.runs import File, Result, Run
from jobs.services import ask_for_job
from jobs.signals import job_ended
from matchmaking.api.v1.connection_contracts import AllDeliveryReports, DeliveryReportViewSet
from matchmaking.api.v1.connection_messages import MessageViewSet
from matchmaking.api.v1.connections import ConnectionViewSet
from matchmaking.api.v1.shortlists import ShortlistEntryViewSet
from matchmaking.exports.columns import (
    CONNECTIONS,
    DELIVERY_REPORTS,
    MESSAGES,
    SHORTLIST,
    of_requirements,
    of_suppliers,
)
from matchmaking.exports.lists import ListRows
from matchmaking.exports.rankings import RankingRows
from notifications.services import publish
from suppliers.api.v1.views import SupplierViewSet

KIND = "export"
AT_MOST = 3
"""Exports for which an organisation may be waiting at a time."""
WRITING = gettext_noop("Writing rows")

Rows = ListRows | RankingRows
Filters = Mapping[str, str]

LISTS: Mapping[str, Callable[[Principal, Filters], Rows]] = {
    "suppliers": lambda by, chosen: ListRows(SupplierViewSet, of_suppliers(by), by=by, filters=chosen),
    "requirements": lambda by, chosen: ListRows(RequirementViewSet, of_requirements(by), by=by, filters=chosen),
    "connections": lambda by, chosen: ListRows(ConnectionViewSet, CONNECTIONS, by=by, filters=chosen),
    "messages": lambda by, chosen: ListRows(MessageViewSet, MESSAGES, by=by, filters=chosen, below="connection"),
    "delivery_reports": lambda by, chosen: _delivery_reports(by, chosen),
    "matches": lambda by, chosen: RankingRows(by=by, filters=chosen),
    "shortlist": lambda by, chosen: ListRows(
        ShortlistEntryViewSet, SHORTLIST, by=by, filters=chosen, below="shortlist"
    ),
}


def _delivery_reports(by: Principal, chosen: Filters) -> ListRows:
    """Those of one connection, where it is named, or all that the reader sees."""
    if "connection" in chosen:
        return ListRows(DeliveryReportViewSet, DELIVERY_REPORTS, by=by, filters=chosen, below="connection")
    return ListRows(AllDeliveryReports, DELIVERY_REPORTS, by=by, filters=chosen)


def register_exports() -> None:
    register(KIND, export, at_most=AT_MOST)
    job_ended.connect(tell, dispatch_uid="matchmaking.exports.tell")


def request_export(*, kind: str, format: str, language: str, filters: Filters, by: Principal) -> Job:  # noqa: A002
    """Have a list written to a file, as its reader will see it by then.

    Args:
        kind: a key of LISTS.
        format: a key of WRITERS.
        language: of headers and sentences, vi or en.
        filters: the list's own query parameters.

    Raises:
        ValidationError, NotAllowedError: the list would refuse the filters.
        TooManyJobsError: the organisation waits for as many exports as it may.
    """
    try:
        LISTS[kind](by, filters)
    except ValidationError as refusal:
        raise ValidationError({"filters": refusal.detail}) from None
    parameters = {"kind": kind, "format": format, "language": language, "filters": dict(filters)}
    return ask_for_job(kind=KIND, parameters=parameters, by=by)


def export(run: Run) -> Result:
    """Write the file, saying how far it is after each batch."""
    asked, written = run.parameters, 0

    def batches() -> Iterator[list[list[Cell]]]:
        nonlocal written
        for done, total, batch in rows.batches():
            yield [cells(columns, row) for row in batch]
            written += len(batch)
            run.report(done, total=total, phrase=WRITING)

    with translation.override(asked["language"]):
        run.report(0, phrase=WRITING)
        rows = _rows(asked, run.by)
        columns = rows.columns
        content = WRITERS[asked["format"]]([str(each.header) for each in columns], batches())
    name = f"{asked['kind']}-{timezone.localdate()}.{asked['format']}"
    file = File(name=name, media_type=MEDIA_TYPES[asked["format"]], content=content)
    return Result(value={"rows": written}, file=file)


def tell(*, job: Job, **_signal: Any) -> None:
    """Let who asked know how it ended, unless they stopped it, or have lost the right to it."""
    if job.kind != KIND or job.outcome == Job.Standing.CANCELLED:
        return
    topic = "export.finished" if job.outcome == Job.Standing.SUCCEEDED else "export.failed"
    has_lost_rights = (job.error or {}).get("code") == "rights_lost"
    rows = (job.result or {}).get("rows", 0)
    publish(
        topic,
        subject=job,
        actor=ANONYMOUS,
        audience=[job.organisation_id],
        people=[] if has_lost_rights else [job.asked_by_id],
        payload={"list": job.parameters["kind"], "rows": rows},
    )


def _rows(asked: Mapping[str, Any], by: Principal) -> Rows:
    """
    Raises:
        InvalidFactError: what was asked for has since ceased to be, such as a code of the taxonomy.
    """
    try:
        return LISTS[asked["kind"]](by, asked["filters"])
    except ValidationError as refusal:
        raise InvalidFactError(_first(refusal.detail), pointer="/filters") from None


def _first(detail: Any) -> str:
    while isinstance(detail, dict | list):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)
