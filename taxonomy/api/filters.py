"""Query parameters that name an entry of the taxonomy."""

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

REFERENCE = RegexValidator(r"^(2025|2004):[0-9]{2}\Z", _("Edition and code are required, such as 2025:24."))


class ProvinceFilter(filters.CharFilter):
    """A province as `Province.reference`. One that does not exist has nothing in it."""

    def __init__(self, *, method: str) -> None:
        super().__init__(method=method, validators=[REFERENCE], label="Edition and code, such as 2025:24.")


class CodeFilter(filters.ModelChoiceFilter):
    """An entry by its code; one that does not exist is refused."""

    def __init__(self, *, queryset: QuerySet[Any], method: str, label: str) -> None:
        super().__init__(queryset=queryset, to_field_name="code", method=method, label=label)
