"""A copy of everything that is kept about a person, and of nothing about others."""

import json
import zipfile
from collections import defaultdict
from io import BytesIO
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.principals import ANONYMOUS
from config.errors import NotAllowedError
from config.personal_data import references, traces
from jobs.models import Job
from jobs.runs import File, Result, Run
from privacy.models import DataRequest
from privacy.services.handling import told

EXPORT = "personal_data_export"
README = """Dữ liệu cá nhân của Quý vị tại hệ thống kết nối nhà cung cấp.
Mỗi tệp JSON là một loại dữ liệu; thời điểm theo giờ UTC.
Your personal data in the supplier matchmaking system. Each JSON file is one kind of data; moments are in UTC.

{person}  {moment}
"""


def sections_of(person: User) -> dict[str, list[Any]]:
    """All rows about the person, by section: lists that may be empty, so that one sees what there is not."""
    found: dict[str, list[Any]] = defaultdict(list)
    for trace in traces:
        found[trace.section] += list(trace.rows(person))
    for reference in references:
        found[reference.section] += list(reference.rows(person).order_by("pk").values(*reference.shows))
    return dict(sorted(found.items()))


def archive_of(person: User) -> BytesIO:
    """The sections as JSON files in a zip archive."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        moment = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        archive.writestr("README.txt", README.format(person=person.public_id, moment=moment))
        for section, rows in sections_of(person).items():
            archive.writestr(f"{section}.json", json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
    written.seek(0)
    return written


def make_copy(run: Run) -> Result:
    """The job. Its result is seen by the person alone."""
    run.report(0, phrase=gettext_noop("Collecting your data"))
    person = run.by.user
    if person is None:
        raise NotAllowedError
    name = f"personal-data-{timezone.localdate().isoformat()}.zip"
    return Result(file=File(name=name, media_type="application/zip", content=archive_of(person)))


def finish_request(job: Job) -> None:
    """In the transaction in which the job ends: what was asked is done. If it failed, staff see the request."""
    if job.kind != EXPORT or job.outcome != Job.Standing.SUCCEEDED:
        return
    request = DataRequest.objects.open().select_for_update(of=("self",)).filter(job=job).first()
    if request is not None:
        request.move(DataRequest.State.DONE)
        request.decided_at = timezone.now()
        told("data_request.copied", request, by=ANONYMOUS)
