"""Writing figures together with their evidence: the one way for the API, the admin and imports."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import structlog
from django.db import models
from django.utils import timezone

from accounts.principals import Principal
from config.storing import store_all
from suppliers.errors import OwnEntryError
from suppliers.facts import DECLARED_TODAY, FACTS, Fact, FactRow, Origin, Values, is_better
from suppliers.limits import check_figures, check_observed
from suppliers.models import Certificate, Evidence, EvidenceLevel, Site, Supplier

LISTS_OF_ROWS = frozenset({"materials", "sectors"})
"""Columns that point at many rows."""


def record_facts(row: FactRow, values: Values, *, by: Principal, origin: Origin = DECLARED_TODAY) -> set[str]:
    """Set columns of a row and save it, with the evidence that this leaves behind.

    A changed fact takes the level and day of `origin`; the same value again keeps the better evidence; a cleared
    figure of a firm that was ever published keeps its value and is marked as withdrawn. Columns without a level are
    simply set, and noted. Call it inside a transaction that has locked the firm.

    Args:
        row: saved or new; its foreign keys need not be set where `values` has them.
        values: by column; None, an empty text or an empty list clears. Materials and sectors as lists of rows.
        by: who asserts it, for whom.

    Returns:
        Names of the facts and other columns of which something changed; nothing is saved where there are none.

    Raises:
        InvalidFactError: a figure is out of bounds, or observed in the future.
        OwnEntryError: `origin` claims more than an uploaded document; checking is for somebody else.
    """
    check_figures(values)
    check_observed(origin.day)
    if origin.level > EvidenceLevel.DOCUMENTED:
        raise OwnEntryError
    return _Recording(row, values, by=by, origin=origin).carry_out()


def record_new(
    rows: Sequence[tuple[FactRow, Values]], *, by: Principal, origin: Origin = DECLARED_TODAY
) -> list[Evidence]:
    """`record_facts` of many new rows of one model, in few statements. The firms are new too, or locked; they have
    their keys.

    Returns:
        The lines of the history. They are still to be stored.

    Raises:
        InvalidFactError, OwnEntryError: as `record_facts`; nothing is saved.
    """
    check_observed(origin.day)
    if origin.level > EvidenceLevel.DOCUMENTED:
        raise OwnEntryError
    recordings = []
    for row, values in rows:
        check_figures(values)
        recordings.append(_Recording(row, values, by=by, origin=origin))
        recordings[-1].decide()
    store_all([each.row for each in recordings])
    _store_lists(recordings)
    return [entry for each in recordings for entry in each.finished_history()]


def _store_lists(recordings: "Sequence[_Recording]") -> None:
    for column in sorted({column for each in recordings for column in each.lists}):
        relation: Any = getattr(type(recordings[0].row), column)
        one, other = (
            f"{name}_id" for name in (relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name())
        )
        store_all(
            relation.through(**{one: each.row.pk, other: listed.pk})
            for each in recordings
            for listed in each.lists.get(column, ())
        )


class _Recording:
    """One call of `record_facts`: collects what to set, then saves once."""

    def __init__(self, row: FactRow, values: Values, *, by: Principal, origin: Origin) -> None:
        self.row = row
        self.values = {name: _tidy(name, value) for name, value in values.items()}
        self.by = by
        self.origin = origin
        self.is_new = row._state.adding  # noqa: SLF001 - public, for all its underscore
        self.changed: set[str] = set()
        self.history: list[Evidence] = []
        self.lists: dict[str, list[models.Model]] = {}

    def carry_out(self) -> set[str]:
        self.decide()
        self._save()
        return self.changed

    def decide(self) -> None:
        """Set what changes on the row, and note it."""
        touched = [fact for fact in FACTS[type(self.row)] if self.values.keys() & set(fact.columns)]
        with_evidence = {column for fact in touched for column in fact.columns}
        for fact in touched:
            self._record(fact)
        for name in sorted(self.values.keys() - with_evidence):
            self._record_plain(name)

    def finished_history(self) -> list[Evidence]:
        """What was noted, with the firm, which is saved by now."""
        for entry in self.history:
            entry.supplier_id = self.firm.pk
        return self.history

    def _record_plain(self, name: str) -> None:
        value = plain(self.values[name])
        if value == self._present(name) or (self.is_new and _is_empty(value)):
            return
        self._set(name)
        self._note(name, value)

    def _record(self, fact: Fact) -> None:
        old = {column: self._present(column) for column in fact.columns}
        new = {column: plain(self.values[column]) if column in self.values else old[column] for column in old}
        was_known = not self.is_new and not _is_empty(old[fact.columns[0]])
        if _is_empty(new[fact.columns[0]]):
            if was_known:
                self._clear(fact)
        elif was_known and new == old:
            self._confirm(fact, new)
        else:
            self._replace(fact, new)

    def _clear(self, fact: Fact) -> None:
        if self.firm.was_published:
            if fact.name in self._withdrawn:
                return
            self._withdrawn[fact.name] = timezone.localdate().isoformat()
        else:
            self._set(*fact.columns)
            self._prove(fact, EvidenceLevel.DECLARED, None)
        self._note(fact.name, None, act=Evidence.Act.WITHDRAWN)

    def _confirm(self, fact: Fact, value: dict[str, Any]) -> None:
        given = (self.origin.level, self.origin.day)
        gains = is_better(given, fact.evidence_of(self.row), half_life_days=fact.half_life_days)
        returns = self._withdrawn.pop(fact.name, None) is not None
        if gains:
            self._prove(fact, *given)
        if gains or returns:
            self._note(fact.name, single(value))

    def _replace(self, fact: Fact, value: dict[str, Any]) -> None:
        self._withdrawn.pop(fact.name, None)
        self._set(*fact.columns)
        self._prove(fact, self.origin.level, self.origin.day)
        self._note(fact.name, single(value))

    @property
    def firm(self) -> Supplier:
        return self.row if isinstance(self.row, Supplier) else self.row.supplier

    @property
    def _withdrawn(self) -> dict[str, str]:
        # A certificate as a whole can be removed, but none of its columns makes it unknown.
        return {} if isinstance(self.row, Certificate) else self.row.withdrawn

    def _present(self, column: str) -> Any:
        if column in LISTS_OF_ROWS:
            return [] if self.is_new else sorted(getattr(self.row, column).values_list("code", flat=True))
        if self.is_new and column in self.values:
            return None
        return plain(getattr(self.row, column))

    def _set(self, *columns: str) -> None:
        for column in columns:
            if column not in self.values:
                continue
            value = self.values[column]
            if column in LISTS_OF_ROWS:
                self.lists[column] = value
            else:
                setattr(self.row, column, value)

    def _prove(self, fact: Fact, level: int, day: date | None) -> None:
        setattr(self.row, fact.level, level)
        setattr(self.row, fact.observed_on, day)

    def _note(self, name: str, value: Any, *, act: Evidence.Act = Evidence.Act.ENTERED) -> None:
        self.changed.add(name)
        self.history.append(evidence_row(self.row, name, value, act=act, by=self.by, origin=self.origin))

    def _save(self) -> None:
        if self.is_new:
            self.row.save()
        elif self.changed:
            self.row.save_next_version()
        for column, rows in self.lists.items():
            getattr(self.row, column).set(rows)
        Evidence.objects.bulk_create(self.finished_history())


def evidence_row(
    row: FactRow | Site, fact: str, value: Any, *, act: Evidence.Act, by: Principal, origin: Origin
) -> Evidence:
    """An unsaved line of the history; the firm is still to be set."""
    return Evidence(
        subject=row.public_id,
        fact=fact,
        act=act,
        value=value,
        level=origin.level,
        observed_on=origin.day,
        source=origin.source,
        note=origin.note,
        asserted_by_id=by.user.pk if by.user else None,
        asserted_for_id=by.organisation_id,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )


def plain(value: Any) -> Any:
    """A value as JSON holds it: rows by code or public id, lists of rows sorted, days as text."""
    if isinstance(value, models.Model):
        return getattr(value, "public_id", None) or getattr(value, "code", None)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple) and value and isinstance(value[0], models.Model):
        return sorted(plain(item) for item in value)
    return list(value) if isinstance(value, tuple) else value


def _tidy(name: str, value: Any) -> Any:
    """Lists that mean sets are sorted, without repeats; an empty envelope is none."""
    if name == "languages":
        return sorted(set(value or []))
    if name == "envelope_mm":
        return [float(side) for side in value] if value else None
    if isinstance(value, models.QuerySet | set | frozenset):
        value = list(value)
    if isinstance(value, list) and value and isinstance(value[0], models.Model):
        return _distinct(value)
    return value


def _distinct(rows: Iterable[models.Model]) -> list[models.Model]:
    return list({row.pk: row for row in rows}.values())


def single(columns: dict[str, Any]) -> Any:
    """The value of a fact, without the name of its column where it has only one."""
    return columns if len(columns) > 1 else next(iter(columns.values()))


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])
