"""Query parameters of this app's lists."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from accounts.models import Organisation
from accounts.names import name_key


class OrganisationFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Organisation.Kind.choices)
    tax_code = filters.CharFilter(help_text="As stored: 10 digits, or 10-3.")
    q = filters.CharFilter(method="named", help_text="Part of a name; accents, case and legal form are ignored.")

    class Meta:
        model = Organisation
        fields: list[str] = []

    def named(self, queryset: QuerySet[Organisation], _name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(name_key__contains=name_key(value))
