"""Personal data in long work."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.personal_data import Erasure, Person, Reference, Trace, references, traces
from jobs.models import Job

references.append(
    Reference(
        path="jobs.Job.asked_by",
        section="jobs",
        shows=("public_id", "kind", "created_at", "finished_at"),
        erasure=Erasure.KEPT,
        because="The organisation fetches what was made for it; it is deleted after 90 days.",
    )
)


def _personal(person: Person) -> Iterator[Mapping[str, Any]]:
    yield from Job.objects.filter(asked_by=person, is_personal=True).values("public_id", "kind", "file_name")


def _forget_personal(person: Person) -> None:
    Job.objects.filter(asked_by=person, is_personal=True).delete()


traces.append(Trace(section="copies_of_the_data", rows=_personal, erase=_forget_personal))
