"""Where the product keeps personal data, told by each app of its own rows.

An app names in its module `personal_data` every reference to a person (or to a membership), what of the row a copy of
the person's data shows, and what becomes of the row when the person is erased. Tests hold this against the models: a
reference that nobody has named fails the build.
"""

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

Person = Any
"""A row of the user model, which this package sits below."""


class Erasure(enum.Enum):
    """What becomes of a row when the person is erased. The account itself stays, without anything personal."""

    KEPT = "kept: points at an account without a name"
    BLANKED = "kept without what the person wrote"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A foreign key to the person, by `app.Model.field`, and what goes with it."""

    path: str
    section: str
    """Name of the file in the copy of a person's data; several references may share one."""
    shows: tuple[str, ...]
    """Columns in the copy, also across foreign keys: never other people's data."""
    erasure: Erasure
    blanks: Mapping[str, Any] = field(default_factory=dict)
    """Columns and what they become, where the row is blanked."""
    because: str = ""
    """Why it is kept."""
    by: str = ""
    """Lookup from the row to the person, where that is not the field itself: `membership__user`."""

    @property
    def model(self) -> str:
        return self.path.rpartition(".")[0]

    def rows(self, person: Person) -> QuerySet[Any]:
        """Those about the person, seen by everybody or not."""
        everything: Any = apps.get_model(self.model)._meta.base_manager  # noqa: SLF001 - public, for all its underscore
        found: QuerySet[Any] = everything.filter(**{self.by or self.path.rpartition(".")[2]: person})
        return found


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Personal data that no foreign key leads to: how to show them, and how to remove them."""

    section: str
    rows: Callable[[Person], Iterable[Mapping[str, Any]]]
    erase: Callable[[Person], None]
    """Called while the account still has its name and address."""


references: list[Reference] = []
traces: list[Trace] = []
