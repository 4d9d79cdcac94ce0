"""What workers do with a list: preview it, or write it. All in one transaction: nothing, or everything that is said."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.principals import ANONYMOUS
from config.storing import store_all
from config.uploads.storage import storage
from jobs.kinds import register
from jobs.models import Job
from jobs.runs import Result, Run
from jobs.signals import job_ended
from notifications.services import publish
from suppliers.imports.errors import ListLostError, NothingWrittenError
from suppliers.imports.lists import KIND, WRITE, mark_done, mark_previewed
from suppliers.imports.pipeline import Wishes, import_table
from suppliers.imports.reading import read_content
from suppliers.imports.report import Report, RowReport
from suppliers.imports.result_file import result_file
from suppliers.models import Import, ImportRow

AT_MOST = 1
"""Lists that an organisation may be waiting for at a time: they would wait for each other's rows anyway."""
READING = gettext_noop("Reading the file")
LOOKING = gettext_noop("Looking at rows")
WRITING = gettext_noop("Writing rows")
BATCH = 1000
State = Import.State


def register_imports() -> None:
    register(KIND, work_on_list, at_most=AT_MOST)
    job_ended.connect(follow, dispatch_uid="suppliers.imports.follow")


def work_on_list(run: Run) -> Result:
    """Preview or write a list. Once it is written a further attempt only makes the file again."""
    row = Import.objects.get(public_id=run.parameters["import"], job=run.job)
    writes = run.parameters["act"] == WRITE
    if row.is_at_work:
        _work(row, run, writes=writes)
        row.refresh_from_db()
    return Result(value=row.count, file=result_file(row, run.job.language) if writes else None)


def follow(*, job: Job, **_signal: Any) -> None:
    """What becomes of a list when its job has ended without it, and who is told."""
    row = Import.objects.select_for_update(of=("self",)).filter(job=job).first() if job.kind == KIND else None
    if row is None:
        return
    if row.is_at_work:
        row.state = State.UPLOADED if row.state == State.PREVIEWING else State.PREVIEWED
        refusal = job.error or {}
        row.error, row.error_told = refusal.get("detail", "")[:500], refusal.get("told", {})
        row.save_next_version()
    if job.parameters["act"] == WRITE and job.outcome != Job.Standing.CANCELLED:
        _tell(row, job)


def _work(row: Import, run: Run, *, writes: bool) -> None:
    run.report(0, phrase=READING)
    table = read_content(_content_of(row))
    wishes = Wishes(
        source=row.source,
        columns=row.columns,
        country=row.country,
        observed_on=row.observed_on,
        keep=writes,
        all_or_nothing=row.all_or_nothing and writes,
        submit=row.submit,
        decided={int(number): firm for number, firm in row.decided.items()},
    )
    phrase = WRITING if writes else LOOKING

    def tell(done: int, total: int) -> None:
        run.report(done, total=total, phrase=phrase)

    with transaction.atomic():
        report = import_table(table, wishes, by=run.by, tell=tell)
        if writes and not report.applied:
            raise NothingWrittenError
        _keep(row, report, writes=writes)


def _content_of(row: Import) -> bytes:
    try:
        with storage().open(row.stored_as) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise ListLostError from None
    return content


def _keep(row: Import, report: Report, *, writes: bool) -> None:
    locked = Import.objects.select_for_update(of=("self",)).get(pk=row.pk, job=row.job, state=row.state)
    locked.rows.all().delete()
    for start in range(0, len(report.rows), BATCH):
        store_all(_row(locked, each, writes=writes) for each in report.rows[start : start + BATCH])
    (mark_done if writes else mark_previewed)(locked, report.count())


def _row(of: Import, report: RowReport, *, writes: bool) -> ImportRow:
    told = report.as_dict()
    is_stored = writes or report.result in ("updated", "unchanged")
    return ImportRow(
        of=of,
        number=report.number,
        name=report.name[:250],
        result=report.result,
        supplier=report.supplier if is_stored else "",
        said={field: text for field, text in report.said.items() if text},
        changes=told["changes"],
        problems=[vars(problem) for problem in report.problems],
        left_out=told["left_out"],
        is_likely=any(problem.code == "likely_known" for problem in report.problems),
    )


def _tell(row: Import, job: Job) -> None:
    """Who confirmed is told, unless the right to it was lost."""
    has_lost_rights = (job.error or {}).get("code") == "rights_lost"
    publish(
        "import.finished" if row.state == State.IMPORTED else "import.failed",
        subject=row,
        actor=ANONYMOUS,
        audience=[job.organisation_id],
        people=[] if has_lost_rights else [job.asked_by_id],
        payload={"list": row.source, **{name: row.count.get(name, 0) for name in ("created", "updated", "skipped")}},
    )
