"""Query parameters that name entries of the taxonomy, and places."""

import math
import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from config.api.fields import NO_SUCH_CODE
from taxonomy.distance import Spot

REFERENCE = RegexValidator(r"^(2025|2004):[0-9]{2}\Z", _("Edition and code are required, such as 2025:24."))
MOST_CODES = 50
"""Codes in one parameter."""
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")


class ProvinceFilter(filters.CharFilter):
    """A province as `Province.reference`. One that does not exist has nothing in it."""

    def __init__(self, *, method: str) -> None:
        super().__init__(method=method, validators=[REFERENCE], label="Edition and code, such as 2025:24.")


class CodeFilter(filters.ModelChoiceFilter):
    """An entry by its code; one that does not exist is refused."""

    def __init__(self, *, queryset: QuerySet[Any], method: str, label: str) -> None:
        super().__init__(queryset=queryset, to_field_name="code", method=method, label=label)


class ListField(forms.CharField):
    """Texts with commas between them."""

    def clean(self, value: Any) -> list[str]:
        parts = list(dict.fromkeys(part.strip() for part in (value or "").split(",") if part.strip()))
        if len(parts) > MOST_CODES:
            raise forms.ValidationError(_("At most %(most)s."), code="max_length", params={"most": MOST_CODES})
        return parts


class ProvincesField(ListField):
    def clean(self, value: Any) -> list[str]:
        parts = super().clean(value)
        for part in parts:
            REFERENCE(part)
        return parts


class CodesField(ListField):
    """Codes of entries; one that does not exist is refused."""

    def __init__(self, *, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queryset = queryset

    def clean(self, value: Any) -> list[str]:
        codes = super().clean(value)
        known = set(self.queryset.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
        for code in codes:
            if code not in known:
                raise forms.ValidationError(NO_SUCH_CODE, code="unknown_code", params={"code": code})
        return codes


class CodesFilter(filters.Filter):
    """Any of several entries, by their codes."""

    field_class = CodesField

    def __init__(self, *, queryset: QuerySet[Any], method: str, label: str) -> None:
        super().__init__(queryset=queryset, method=method, label=label)
        extend_schema_field({"type": "string", "description": f"{label} Separated by commas."})(self)


class ProvincesFilter(filters.Filter):
    """Any of several provinces."""

    field_class = ProvincesField

    def __init__(self, *, method: str) -> None:
        label = "Edition and code of provinces, such as 2025:24,2004:27."
        super().__init__(method=method, label=label)
        extend_schema_field({"type": "string", "description": label})(self)


class SpotField(forms.CharField):
    """Latitude and longitude in degrees."""

    def clean(self, value: Any) -> Spot | None:
        text = super().clean(value)
        if not text:
            return None
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != 2 or not all(_DEGREES.fullmatch(part) for part in parts):
            raise forms.ValidationError(_("Latitude and longitude are required, such as 21.03,105.85."), code="invalid")
        latitude, longitude = map(float, parts)
        if math.fabs(latitude) > 90 or math.fabs(longitude) > 180:
            raise forms.ValidationError(_("There is no such place on earth."), code="invalid")
        return Spot(latitude=latitude, longitude=longitude)


class SpotFilter(filters.Filter):
    """A place on the map."""

    field_class = SpotField

    def __init__(self, *, method: str) -> None:
        label = "Latitude and longitude in degrees (WGS 84), such as 21.03,105.85. Needs within_km."
        super().__init__(method=method, label=label)
        extend_schema_field({"type": "string", "description": label})(self)


class Together(forms.Form):
    """A form with parameters that mean nothing without another: by name, those of which one is needed."""

    needs: dict[str, tuple[str, ...]] = {}

    def clean(self) -> dict[str, Any]:
        given = {name for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        for name, others in self.needs.items():
            if name in given and not given.intersection(others) and not set(others) & self.errors.keys():
                detail = _("Only together with %(others)s.") % {"others": " / ".join(others)}
                self.add_error(name, forms.ValidationError(detail, code="incomplete"))
        return self.cleaned_data
