"""Serializer bases and fields that every app uses."""

import copy
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty

from config.api.shapes import Expansion
from config.constraints import MAX_FIGURE
from config.models import CONTROL_CHARACTERS, NOTHING_VISIBLE
from config.text import has_control_characters, is_visible

_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
MAX_CODES = 200
"""Most codes in one list."""


class MeasureField(serializers.FloatField):
    """A finite number. JSON text and booleans are refused, as are NaN and infinities."""

    default_error_messages = {"not_a_number": _("A number is required.")}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("not_a_number")
        try:
            number = float(data)
        except OverflowError:
            self.fail("not_a_number")
        if not math.isfinite(number):
            self.fail("not_a_number")
        return number


class PositiveField(MeasureField):
    """A measure above 0 and at most `most`."""

    default_error_messages = {"not_positive": _("A number above 0 is required.")}

    def __init__(self, *, most: float = MAX_FIGURE, **kwargs: Any) -> None:
        super().__init__(max_value=most, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if number <= 0:
            self.fail("not_positive")
        return number


class WholeNumberField(serializers.IntegerField):
    """A whole number. JSON text, booleans and fractions are refused."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class TrueOrFalseField(serializers.BooleanField):
    """true or false. Words and numbers that stand for them in forms are refused."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class DayField(serializers.DateField):
    """A day that somebody plans or remembers: the years 1900 to 2199."""

    default_error_messages = {"out_of_range": _("A day in the years 1900 to 2199 is required.")}

    def to_internal_value(self, data: Any) -> date:
        day: date = super().to_internal_value(data)
        if not 1900 <= day.year < 2200:
            self.fail("out_of_range")
        return day


class DecimalTextField(serializers.DecimalField):
    """A decimal as text, such as "1234.50": so that no program on the way makes a binary fraction of it."""

    default_error_messages = {"not_text": _("A decimal number as text is required, such as “1234.50”.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or not _DECIMAL.fullmatch(data):
            self.fail("not_text")
        return super().to_internal_value(data)


class MomentField(serializers.DateTimeField):
    """A moment, always told in UTC with a Z."""

    timezone = UTC


class ExactTextField(serializers.CharField):
    """Text that is taken as it comes, such as a password. Numbers are refused, not written as text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TextField(ExactTextField):
    """Text, stored in Unicode's composed form (NFC) so that equal words are equal bytes.

    Characters that nobody sees and that make one text look like another are refused, and so is a text in which there is
    nothing to see.
    """

    default_error_messages = {"invisible": CONTROL_CHARACTERS, "nothing_visible": NOTHING_VISIBLE}

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and has_control_characters(data):
            self.fail("invisible")
        text = unicodedata.normalize("NFC", super().to_internal_value(data))
        if text and not is_visible(text):
            self.fail("nothing_visible")
        return text


_FIELDS: dict[type, dict[str, Any]] = {}


def _copied(field: Any) -> Any:
    """A field for another serializer. One with fields of its own is made anew, as DRF does, so that they know it."""
    has_own = (
        isinstance(field, serializers.BaseSerializer) or hasattr(field, "child") or hasattr(field, "child_relation")
    )
    return copy.deepcopy(field) if has_own else copy.copy(field)


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not know, and fields that cannot be written.

    `expansions`: what `?expand=` may carry along, by the field that names it.
    """

    expansions: ClassVar[Mapping[str, Expansion]] = {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Worked out once for each class, since that takes longer than to fill the fields in."""
        cls = type(self)
        if cls not in _FIELDS:
            _FIELDS[cls] = super().get_fields()
        return {name: _copied(field) for name, field in _FIELDS[cls].items()}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_undeclared(data)
        return super().to_internal_value(data)

    def _refuse_undeclared(self, data: Mapping[str, Any]) -> None:
        faults: dict[str, list[ErrorDetail]] = {}
        for name in data:
            field = self.fields.get(name)
            if field is None:
                faults[name] = [ErrorDetail(str(_("Unknown field.")), code="unknown_field")]
            elif field.read_only:
                faults[name] = [ErrorDetail(str(_("This field cannot be written.")), code="read_only")]
        if faults:
            raise ValidationError(faults)


def represented(row: Any, fields: Iterable[Any]) -> dict[str, Any]:
    """What these fields, which are bound to a serializer, show of a row."""
    shown = {}
    for field in fields:
        value = field.get_attribute(row)
        shown[field.field_name] = None if value is None else field.to_representation(value)
    return shown


class ResourceSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """A model's serializer: strict, `id` is the public id, text is NFC, measures are finite numbers,
    moments are in UTC."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: TextField,
        models.TextField: TextField,
        models.FloatField: MeasureField,
        models.DateTimeField: MomentField,
    }
    id = serializers.CharField(source="public_id", read_only=True)

    def include_extra_kwargs(self, kwargs: Any, extra_kwargs: Any) -> Any:
        """DRF forgets of a text that is only read that it may be empty; its readers must be told."""
        may_be_empty = kwargs.get("allow_blank", False)
        merged = super().include_extra_kwargs(kwargs, extra_kwargs)
        return {**merged, "allow_blank": True} if may_be_empty else merged


class ReferenceField(serializers.SlugRelatedField[Any]):
    """A reference to something by a text. An empty one names nothing and is refused; null is for none."""

    def run_validation(self, data: Any = empty) -> Any:
        if data == "":
            self.fail("does_not_exist", value=data)  # else DRF would take it for null
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\x00" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class PublicIdField(ReferenceField):
    """A reference to another resource by its public id, among those that the caller may see."""

    default_error_messages = {"does_not_exist": _("There is nothing with the id “{value}” here.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="public_id", **kwargs)

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return None if queryset is None else queryset.visible_to(self.context["request"].auth)


NO_SUCH_CODE = _("There is no entry with the code “%(code)s”: /api/v1/taxonomy/…?q= finds codes by name.")


def unknown_code(code: str) -> ErrorDetail:
    """What is said of a code that is not in the taxonomy."""
    return ErrorDetail(NO_SUCH_CODE % {"code": code}, code="unknown_code")


class CodeField(ReferenceField):
    """A reference to a taxonomy entry by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        if key == "does_not_exist":
            raise ValidationError([unknown_code(kwargs["value"])])
        super().fail(key, **kwargs)


class CodesField(serializers.ListField):
    """References to many taxonomy entries by their codes, read in one query; repeats count once."""

    child = TextField(max_length=80)

    def __init__(self, *, queryset: models.QuerySet[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**{"read_only": queryset is None, "max_length": MAX_CODES, **kwargs})
        self.queryset = queryset

    def to_internal_value(self, data: Any) -> Any:
        codes: list[str] = super().to_internal_value(data)
        if self.queryset is None:
            raise TypeError("a field that only reads has no queryset")
        rows = {row.code: row for row in self.queryset.filter(code__in=codes)}
        unknown = {str(index): [unknown_code(code)] for index, code in enumerate(codes) if code not in rows}
        if unknown:
            raise ValidationError(unknown)
        return list(rows.values())

    def to_representation(self, data: Any) -> list[str]:
        return sorted(row.code for row in data.all())
