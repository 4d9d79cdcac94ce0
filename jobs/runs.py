"""What the code that does a job is given, and what it gives back."""

from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from accounts.principals import Principal
from jobs.errors import JobCancelledError, JobLostError
from jobs.models import Job

REPORT = """
    UPDATE jobs_job SET done = %s, total = %s, phrase = %s, updated_at = now(), lease_until = now() + %s
    WHERE id = %s AND state = 'running' AND attempts = %s
    RETURNING cancel_asked_at IS NOT NULL
"""


@dataclass(frozen=True, kw_only=True)
class File:
    """What readers of a result download. `content` is read from its beginning."""

    name: str
    media_type: str
    content: IO[bytes]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a job: figures for programs, and a file."""

    value: dict[str, Any] = field(default_factory=dict)
    file: File | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self.file is not None:
            self.file.content.close()


class Run:
    """One attempt at a job. `by` is who asked, with the rights of this moment."""

    def __init__(self, job: Job, *, by: Principal) -> None:
        self.job = job
        self.by = by
        self._outside = len(connection.atomic_blocks)

    @property
    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = self.job.parameters
        return parameters

    def report(self, done: int, *, total: int | None = None, phrase: str = "") -> None:
        """Say how far the work is. Call it between batches.

        It is seen at once, also from within a transaction of the work, and keeps the job for another lease.

        Args:
            phrase: what is being done, marked with gettext_noop; readers see it in their language.

        Raises:
            JobCancelledError: somebody wants the job to stop.
            JobLostError: another worker has taken it over.
        """
        values = [done, total, phrase, settings.JOB_LEASE, self.job.pk, self.job.attempts]
        if len(connection.atomic_blocks) > self._outside:
            with closing(connections.create_connection("default")) as own, own.cursor() as cursor:
                wanted = _reported(cursor, values)
        else:
            with connection.cursor() as cursor:
                wanted = _reported(cursor, values)
        if wanted:
            raise JobCancelledError


def _reported(cursor: CursorWrapper, values: list[Any]) -> bool:
    cursor.execute(REPORT, values)
    row = cursor.fetchone()
    if row is None:
        raise JobLostError
    return bool(row[0])
