"""What of a resource an answer shows: `?fields=` leaves the rest out, `?expand=` carries related resources along."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

FIELDS, EXPAND = "fields", "expand"
PARAMETERS = frozenset({FIELDS, EXPAND})
ALWAYS = ("id", "expanded")
"""Members of a resource that no choice of fields leaves out."""


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """A related resource, which a serializer names by its id in the field of the same name.

    Only what the answer shows anyway is looked up: where the field is hidden from the reader, or the resource itself
    is, the expansion is null.

    Args:
        visible_to: the related resources that a principal may see, with all that their serializer reads.
        serializer: of the related resource.
        key: the field of the related model by which the answer names it.
    """

    visible_to: Callable[[Any], QuerySet[Any]]
    serializer: type[Any]
    key: str = "public_id"


def chosen(request: Request, parameter: str, allowed: Collection[str]) -> list[str]:
    """The names that a parameter lists, parted by commas; none where it is not given.

    Raises:
        ValidationError: it names something that is not allowed, or nothing.
    """
    given = request.query_params.get(parameter)
    if given is None:
        return []
    names = [name.strip() for name in given.split(",")]
    unknown = [name for name in names if name not in allowed]
    if unknown:
        detail = _("“%(name)s” is none of: %(allowed)s.") % {"name": unknown[0], "allowed": ", ".join(sorted(allowed))}
        raise ValidationError({parameter: [ErrorDetail(detail, code="unknown_name")]})
    return names


def expand(
    shown: Sequence[dict[str, Any]],
    wanted: Sequence[str],
    expansions: Mapping[str, Expansion],
    *,
    context: Mapping[str, Any],
) -> None:
    """Add to each of the answers, as `expanded`, what it is related to: one look-up for each name, for all rows."""
    for name in wanted:
        expansion = expansions[name]
        named = {answer[name] for answer in shown if answer.get(name) is not None}
        found = expansion.visible_to(context["request"].auth).filter(**{f"{expansion.key}__in": named}) if named else []
        rows = {getattr(row, expansion.key): row for row in found}
        serializer = expansion.serializer(context=dict(context))
        answers = {key: serializer.to_representation(row) for key, row in rows.items()}
        for answer in shown:
            answer.setdefault("expanded", {})[name] = answers.get(answer.get(name))


def sparse(shown: Mapping[str, Any], wanted: Sequence[str]) -> Mapping[str, Any]:
    """The wanted members; all where none were chosen."""
    if not wanted:
        return shown
    return {name: value for name, value in shown.items() if name in wanted or name in ALWAYS}
