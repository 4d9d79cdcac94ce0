"""Query parameters: only declared ones, each checked."""

import unicodedata
from collections.abc import Container, Iterable
from typing import Any

from django import forms
from django.db.models import Field, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_filters.rest_framework import (
    BaseInFilter,
    CharFilter,
    ChoiceFilter,
    DjangoFilterBackend,
    Filter,
    FilterSet,
    TypedChoiceFilter,
)
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from config.constraints import MAX_FIGURE

MAX_VALUE_LENGTH = 1000
NO_VALUE = gettext_noop("Give a value, or leave the parameter out.")


class DeclaredFilters(DjangoFilterBackend):
    """The view's `filterset_class`. An invalid value is a 400 that names the parameter."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        refuse_bad_values(filterset)
        filtered: QuerySet[Any] = filterset.qs
        return filtered


def refuse_bad_values(filterset: FilterSet) -> None:
    """The package's own `translate_validation` formats messages once more, and fails where one quotes a percent sign.

    Raises:
        ValidationError: naming every parameter with a value that its filter refuses.
    """
    if not filterset.is_valid():
        raise ValidationError(
            {
                name: [ErrorDetail(said, code=error.code) for error in errors for said in error.messages]
                for name, errors in filterset.errors.as_data().items()
            }
        )


class YesNoFilter(TypedChoiceFilter):
    """Either true or false; anything else is refused, not passed over."""

    def __init__(self, *, label: str, **kwargs: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], coerce="true".__eq__, label=label, **kwargs)
        extend_schema_field({"type": "boolean", "description": label})(self)


class FigureFilter(Filter):
    """A finite number within bounds."""

    field_class = forms.FloatField

    def __init__(self, *, label: str, least: float = 0.0, most: float = MAX_FIGURE, **kwargs: Any) -> None:
        super().__init__(label=label, min_value=least, max_value=most, **kwargs)
        described = {"type": "number", "minimum": least, "maximum": most, "description": label}
        extend_schema_field(described)(self)


class ComposedTextField(forms.CharField):
    """Text in Unicode's composed form (NFC), in which it is stored."""

    def clean(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().clean(value))


class TextFilter(CharFilter):
    """A text, however its accents are spelt."""

    field_class = ComposedTextField


class AnyChoiceFilter(BaseInFilter, ChoiceFilter):
    """Some of the choices, parted by commas."""


class LookupFilters(FilterSet):
    """Filters with lookups after the field's name: `__in` (by commas), `__gte`, `__lte`, `__contains`, `__isnull`.

    `Meta.fields` lists the lookups of each field. Text is found without regard to case. Only the filters that are asked
    for are set up, and only their values are among the `cleaned_data`.
    """

    base_filters: dict[str, Filter]

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        self.base_filters = {name: each for name, each in self.base_filters.items() if name in (data or ())}
        super().__init__(data, queryset, **kwargs)

    @classmethod
    def filter_for_lookup(cls, field: "Field[Any, Any]", lookup_type: str) -> tuple[type[Any], dict[str, Any]]:
        if lookup_type == "isnull":
            return YesNoFilter, {"label": "Whether it is missing."}
        if lookup_type == "in" and field.choices:
            return AnyChoiceFilter, {"choices": field.choices}
        filter_class, parameters = super().filter_for_lookup(field, lookup_type)
        return TextFilter if filter_class is CharFilter else filter_class, parameters

    @classmethod
    def filter_for_field(cls, field: "Field[Any, Any]", field_name: str, lookup_expr: str | None = None) -> Any:
        """The parameter is called `__contains`; the look-up itself folds case."""
        return super().filter_for_field(field, field_name, "icontains" if lookup_expr == "contains" else lookup_expr)


def check_parameters(request: Request, declared: Iterable[str], *, bare: Container[str] = ()) -> None:
    """Refuse what the route does not declare, repeated parameters, NUL, overlong values and none: a script's empty
    variable must not find everything.

    Raises:
        ValidationError: naming every such parameter.
    """
    known = set(declared)
    faults: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            faults[name] = [_("Unknown parameter.")]
        elif len(values) > 1:
            faults[name] = [_("Given more than once.")]
        elif not values[0].strip() and name not in bare:
            faults[name] = [ErrorDetail(_(NO_VALUE), code="no_value")]
        elif "\x00" in values[0] or not _encodable(values[0]):
            faults[name] = [_("Contains a character that is not allowed.")]
        elif len(values[0]) > MAX_VALUE_LENGTH:
            faults[name] = [_("Longer than %(most)s characters.") % {"most": MAX_VALUE_LENGTH}]
    if faults:
        raise ValidationError(faults)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
