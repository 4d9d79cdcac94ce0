"""Cells of the admin's lists, as unfold draws them: what those of a column share is worked out once for a list.

unfold and Django work it out for each cell, which took half of the page. Lists that are edited in place are none of
ours, nor are rows with sections, buttons or an order of their own.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import BooleanField, DateField, ForeignKey, Model, TimeField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, ROW_CLASSES
from unfold.utils import display_for_field, display_for_value

BOX = "action_checkbox"
ON_ONE_LINE = "nowrap"

Links = Callable[[Model, str], str]
"""Makes of what a cell shows a link to the page of its row."""


@dataclass(frozen=True, slots=True)
class Content:
    """How the values of a column are read of rows, and shown."""

    read: Callable[[Any], Any]
    shown: Callable[[Any], Any]
    empty: str
    """Where there is nothing to read."""
    on_one_line: bool | None
    """None: where a value is a day or a time."""


@dataclass(frozen=True, slots=True)
class Column:
    """Cells of which only the contents differ."""

    content: Content
    opening: str
    opening_of_line: str
    """The same for what is not broken into lines."""
    closing: str
    leads: bool
    """Whether its cells lead to the pages of their rows."""

    def cell(self, row: Model, link: Links) -> str:
        content, value = self.content, None
        try:
            value = content.read(row)
        except ObjectDoesNotExist:
            text = conditional_escape(content.empty)
        else:
            text = conditional_escape(content.shown(value))
        on_one_line = content.on_one_line
        if on_one_line is None:
            on_one_line = isinstance(value, datetime.date | datetime.time)
        opening = self.opening_of_line if on_one_line else self.opening
        return f"{opening}{link(row, text) if self.leads else text}{self.closing}"


def drawn(rows: Any, columns: list[Column], link: Links) -> Iterator[SafeString]:
    """The cells of each row, one behind the other."""
    for row in rows:
        yield mark_safe("".join([column.cell(row, link) for column in columns]))  # noqa: S308 - they are escaped


def columns_of(changelist: Any, labels: list[str]) -> list[Column]:
    """Columns under such heads. The first that leads to the pages of rows names them."""
    leading = [name for name in changelist.list_display if name in (changelist.list_display_links or ())]
    columns = []
    for place, (name, label) in enumerate(zip(changelist.list_display, labels, strict=True)):
        leads = name in leading
        tag = "th" if name in leading[:1] else "td"
        label = conditional_escape(label if place or leads else gettext("Select record"))
        classes = " ".join(CHECKBOX_CLASSES if name == BOX else [f"field-{_word_for(name)}", *ROW_CLASSES])
        opening, opening_of_line = (
            f'<{tag} class="{each}" data-label="{label}">' for each in (classes, f"{classes} {ON_ONE_LINE}")
        )
        columns.append(Column(_content_of(changelist, name), opening, opening_of_line, f"</{tag}>", leads))
    return columns


def _word_for(name: Any) -> str:
    return str(getattr(name, "__name__", name))


def _content_of(changelist: Any, name: Any) -> Content:
    admin = changelist.model_admin
    empty = admin.get_empty_value_display()
    field = _field_of(changelist.opts, name)
    if field is not None:
        is_short = isinstance(field, DateField | TimeField | ForeignKey)
        return Content(attrgetter(field.name), _showing(field, empty), empty, is_short)
    _label, attribute = label_for_field(name, changelist.model, model_admin=admin, return_attr=True)
    empty = getattr(attribute, "empty_value_display", empty)
    is_sign = getattr(attribute, "boolean", False)
    return Content(_reading(name, admin), lambda value: display_for_value(value, empty, is_sign), empty, None)


def _field_of(opts: Any, name: Any) -> Any:
    """The field of a column; None where something is worked out for it, and for numbers that the database gives."""
    try:
        field = opts.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field.concrete and field.name == name and not field.auto_created else None


def _showing(field: Any, empty: str) -> Callable[[Any], Any]:
    """Shows values of a field."""
    if isinstance(field, ForeignKey):
        return lambda row: empty if row is None else row
    if field.flatchoices:
        return lambda value, labels=dict(field.flatchoices): labels.get(value, empty)  # type: ignore[misc]
    if isinstance(field, BooleanField):
        return {value: display_for_field(value, field, empty) for value in (True, False, None)}.__getitem__
    return lambda value: display_for_field(value, field, empty)


def _reading(name: Any, admin: Any) -> Callable[[Any], Any]:
    """Reads what is worked out for a column."""
    if callable(name):
        return name  # type: ignore[no-any-return]
    if name != "__str__" and hasattr(admin, name):
        return getattr(admin, name)  # type: ignore[no-any-return]
    return lambda row: lookup_field(name, row, admin)[2]
