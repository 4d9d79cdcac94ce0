"""What a merge has written goes back, as far as nothing later stands in its way."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction

from suppliers.merging.rows import everything, update


def take_back(changes: Iterable[Mapping[str, Any]]) -> int:
    """Set back what a merge has written, the last first, wherever it still stands as the merge left it.

    What was written together goes back together, or not at all.

    Returns:
        How many writes to rows have been overtaken since, or cannot go back, and were left.
    """
    left = 0
    for change in reversed(list(changes)):
        if "made" in change:
            everything(apps.get_model(change["made"])).filter(pk__in=change["rows"]).delete()
            continue
        model: Any = apps.get_model(change["model"])
        after = change["after"] if "after" in change else _words_of(model, change["as_in"], change["before"])
        standing = everything(model).filter(pk__in=change["rows"], **after).order_by("pk")
        back = _put_back(model, list(standing.values_list("pk", flat=True)), change["before"])
        left += len(change["rows"]) - back
    return left


def _put_back(model: Any, pks: list[Any], values: Mapping[str, Any]) -> int:
    """How many rows could take the values: all at once, or else each that can.

    The database says which: a constraint may refuse, or what a row pointed to may be gone.
    """
    try:
        with transaction.atomic():
            update(model, pks, values)
            connection.check_constraints()  # what else waits for the commit
    except IntegrityError:
        return sum(_put_back(model, [pk], values) for pk in pks) if len(pks) > 1 else 0
    return len(pks)


def _words_of(model: Any, pk: Any, names: Iterable[str]) -> dict[str, Any]:
    """What another row says now."""
    words: dict[str, Any] = everything(model).values(*names).get(pk=pk)
    return words
