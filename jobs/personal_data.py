"""Personal data in long work."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from config.personal_data import Erasure, Person, Reference, Trace, references, traces
from jobs.models import IdempotencyKey, Job

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


def _answers(person: Person) -> QuerySet[IdempotencyKey]:
    """Answers that would be repeated to the person, or would tell others of them."""
    own = IdempotencyKey.objects.filter(owner__startswith=f"{person.public_id} ")
    return own | IdempotencyKey.objects.telling_of(person.full_name, person.email, person.phone)


def _own_answers(person: Person) -> Iterator[Mapping[str, Any]]:
    yield from IdempotencyKey.objects.filter(owner__startswith=f"{person.public_id} ").values("key", "created_at")


def _forget_answers(person: Person) -> None:
    _answers(person).delete()


traces += [
    Trace(section="copies_of_the_data", rows=_personal, erase=_forget_personal),
    Trace(section="answers_kept", rows=_own_answers, erase=_forget_answers),
]
