"""Which rows are a firm's, and what is written to them when it is merged.

Every foreign key to a firm or its organisation is followed, whichever app it is of, so that what is added later moves
too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import PROTECT, SET_NULL, F, ForeignKey, Model
from django.utils import timezone

from accounts.models import Organisation
from config.models import Resource
from suppliers.models import Supplier

APART = frozenset(
    {
        "suppliers.Evidence",  # follows its rows
        "suppliers.SupplierMerge",
        "matchmaking.MatchPair",  # found anew from the facts
        "matchmaking.LeadingMatch",
        "jobs.Job",  # what was asked stays with who asked
        "privacy.DataRequest",
    }
)
"""Rows that stay with the firm that is merged. What merely points at it (set to nothing if it goes) stays too."""


def references() -> Iterator[Any]:
    """The foreign keys to a firm or its organisation whose rows move."""
    targets: tuple[Any, ...] = (Supplier, Organisation)
    for target in targets:
        for relation in target._meta.get_fields(include_hidden=True):  # noqa: SLF001 - public, for all its underscore
            field: Any = getattr(relation, "field", None)
            is_key = type(field) is ForeignKey and relation.auto_created and not relation.concrete
            if (
                is_key
                and field.db_constraint
                and relation.on_delete is not SET_NULL
                and label_of(field.model) not in APART
            ):
                yield field


def rows_of(field: Any, firm: Supplier) -> Any:
    """What of a firm's a foreign key leads to."""
    target = firm.pk if field.related_model is Supplier else firm.organisation_id
    return everything(field.model).filter(**{field.attname: target}).order_by("pk")


def everything(model: Any) -> Any:
    """All rows of a model."""
    return model._base_manager  # noqa: SLF001 - public, for all its underscore


def label_of(model: Any) -> str:
    """Such as “suppliers.Site”."""
    return str(model._meta.label)  # noqa: SLF001 - public, for all its underscore


def fits(row: Any, field: Any, firm: Supplier) -> bool:
    """Whether a row could be the firm's, beside what the firm has. Nothing is written."""
    setattr(row, field.name, firm if field.related_model is Supplier else firm.organisation)
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError:
        return False
    return True


def in_the_way(merged: Supplier, survivor: Supplier) -> list[str]:
    """Rows that may not be left behind and cannot move, by name: both firms have the same going on."""
    named = []
    for field in references():
        if field.remote_field.on_delete is PROTECT:
            rows = rows_of(field, merged)
            names = {row.pk: str(row) for row in rows}
            named += [names[row.pk] for row in rows.all() if not fits(row, field, survivor)]
    return named


def update(model: type[Model], pks: list[Any], values: Mapping[str, Any]) -> None:
    """Write columns of some rows, in one statement; of rows that have a version, as their next one."""
    following = {"version": F("version") + 1, "updated_at": timezone.now()} if issubclass(model, Resource) else {}
    everything(model).filter(pk__in=pks).update(**values, **following)
