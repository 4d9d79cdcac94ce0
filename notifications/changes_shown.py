"""Kept changes as people read them: labels of columns, words of choices, names of the rows that are pointed at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import DateField, Model
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Change, User
from config.changes import kept_of
from config.shown import NOTHING, in_words, is_empty


@dataclass(frozen=True, kw_only=True)
class Line:
    """What an act changed of one column or list."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class _Parts:
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)


class ChangesShown:
    """For one page. What is pointed at is read at once, in a query for each model, whatever the number of changes."""

    def __init__(self, changes: Iterable[Change]) -> None:
        changes = list(changes)
        self._names = _names(changes)
        self._rows = _changed_rows(changes)

    def lines(self, changes: Iterable[Change]) -> list[Line]:
        """What the changes of one act come to. What is as before in the end, however often it was written, is none."""
        told: dict[str, _Parts] = defaultdict(_Parts)
        for change in changes:
            if change.kind == Change.Kind.CHANGED or _list_of(change) is not None:
                self._tell_columns(change, told)
            else:
                self._tell_row(change, told)
        return [line for label, parts in told.items() if (line := _line(label, parts))]

    def _tell_columns(self, change: Change, told: dict[str, _Parts]) -> None:
        whose = self._whose(change)
        for column, pair in _in_order(change):
            label = _label(change, column)
            parts = told[f"{whose}: {label}" if whose else capfirst(label)]
            if pair is None:
                parts.withheld.append(_("changed; what it was is not kept"))
                continue
            before, after = (self._value(change, column, value) for value in pair)
            is_list = _list_of(change) is not None
            parts.before.extend([] if is_list and before == NOTHING else [before])
            parts.after.extend([] if is_list and after == NOTHING else [after])

    def _whose(self, change: Change) -> str:
        """The row that belongs to another's history, by name, or by what it is once it has gone."""
        is_below = _list_of(change) is None and change.row != change.subject
        return (self._rows.get((change.model, change.row)) or _kind_of(change)) if is_below else ""

    def _tell_row(self, change: Change, told: dict[str, _Parts]) -> None:
        parts = told[_kind_of(change)]
        came = change.kind == Change.Kind.ADDED
        (parts.after if came else parts.before).append("; ".join(self._row_in_words(change, at=1 if came else 0)))

    def _row_in_words(self, change: Change, *, at: int) -> Iterator[str]:
        for column, pair in _in_order(change):
            if pair is not None and not is_empty(pair[at]):
                yield f"{_label(change, column)}: {self._value(change, column, pair[at])}"

    def _value(self, change: Change, column: str, value: Any) -> str:
        if is_empty(value):
            return NOTHING
        if isinstance(value, list):
            return ", ".join(self._value(change, column, part) for part in value)
        kept = _field(change, column)
        if kept is not None and kept.related_model:
            return self._names.get((kept.related_model, value), str(value))
        if isinstance(kept, DateField):
            moment = kept.to_python(value)
            return in_words(timezone.localtime(moment) if isinstance(moment, datetime) else moment)
        word = _choices(kept).get(value) if isinstance(value, str) else None
        return str(word or in_words(value))


def _line(label: str, parts: _Parts) -> Line | None:
    before, after = _left(parts.before, parts.after), _left(parts.after, parts.before)
    if parts.withheld:
        return Line(label=label, before="", after=parts.withheld[0])
    if not (before or after):
        return None
    return Line(label=label, before=" | ".join(before) or NOTHING, after=" | ".join(after) or NOTHING)


def _left(these: list[str], others: list[str]) -> list[str]:
    """Those that the others lack, each as often as it is more often there, in their order."""
    return list((Counter(these) - Counter(others)).elements())


def _model(change: Change) -> Any:
    """None where the model has gone since."""
    app, name, *_list = change.model.split(".")
    try:
        return apps.get_model(app, name)
    except LookupError:
        return None


def _kind_of(change: Change) -> str:
    model = _model(change)
    return capfirst(str(_options(model).verbose_name)) if model is not None else change.model


def _options(model: Any) -> Any:
    return model._meta  # noqa: SLF001 - public, for all its underscore


def _list_of(change: Change) -> str | None:
    _app, _name, *of = change.model.split(".")
    return of[0] if of else None


def _field(change: Change, column: str) -> Any:
    """The column, or of a list the list; None where it has gone since."""
    model, of = _model(change), _list_of(change)
    fields = _options(model).get_fields() if model is not None else ()
    return next((each for each in fields if (each.name == of if of else getattr(each, "column", "") == column)), None)


def _in_order(change: Change) -> list[tuple[str, Any]]:
    """What is kept by column, in the order in which the model names them."""
    kept = kept_of(_model(change)) if _model(change) is not None else None
    names = [*kept.columns, *kept.withheld] if kept else []
    places = {name: place for place, name in enumerate(names)}
    name_of = {column: getattr(_field(change, column), "name", column) for column in change.columns}
    return sorted(change.columns.items(), key=lambda item: places.get(name_of[item[0]], len(places)))


def _label(change: Change, column: str) -> str:
    kept = _field(change, column)
    label = str(kept.verbose_name) if kept is not None else column
    is_below = _list_of(change) is not None and not change.subject.startswith(f"{_prefix(change)}_")
    return f"{_options(_model(change)).verbose_name}: {label}" if is_below else label


def _prefix(change: Change) -> str:
    return str(getattr(_model(change), "PREFIX", ""))


def _choices(kept: Any) -> Mapping[Any, Any]:
    """Those of a column, or of what a column of lists holds."""
    return dict(getattr(getattr(kept, "base_field", kept), "flatchoices", ()))


def _names(changes: Iterable[Change]) -> dict[tuple[type[Model], Any], str]:
    """What the rows are called to which values point."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for change in changes:
        for column, pair in change.columns.items():
            kept = _field(change, column)
            if kept is not None and kept.related_model:
                wanted[kept.related_model].update(value for value in pair or () if value is not None)
    found = {model: _options(model).base_manager.in_bulk(pks) for model, pks in wanted.items()}
    return {(model, pk): _name_of(row) for model, rows in found.items() for pk, row in rows.items()}


def _name_of(row: Any) -> str:
    if isinstance(row, User):
        return row.get_full_name()
    return str(row.named_in(get_language() or "vi") if hasattr(row, "named_in") else row)


def _changed_rows(changes: Iterable[Change]) -> dict[tuple[str, str], str]:
    """What the rows are called that belong to another's history and were changed, as far as they are there."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        is_below = change.kind == Change.Kind.CHANGED and change.row != change.subject
        if is_below and _model(change) is not None:
            wanted[change.model].add(change.row)
    named = {}
    for label, ids in wanted.items():
        model: Any = apps.get_model(label)
        key = "public_id" if hasattr(model, "PREFIX") else "pk"
        for row in _options(model).base_manager.select_related().filter(**{f"{key}__in": ids}):
            named[label, str(getattr(row, key))] = str(row)
    return named
