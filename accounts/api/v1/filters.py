"""Query parameters of this app's lists."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from accounts.models import ApiKey, ContactReading, Invitation, Membership, Organisation
from accounts.names import name_key
from config.api.filtering import LookupFilters


class OrganisationFilters(LookupFilters):
    kind = filters.ChoiceFilter(choices=Organisation.Kind.choices)
    tax_code = filters.CharFilter(help_text="As stored: 10 digits, or 10-3.")
    q = filters.CharFilter(method="named", help_text="Part of a name; accents, case and legal form are ignored.")

    class Meta:
        model = Organisation
        fields = {"kind": ["in"], "created_at": ["gte", "lte"], "updated_at": ["gte", "lte"]}

    def named(self, queryset: QuerySet[Organisation], _name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(name_key__contains=name_key(value))


class MembershipFilters(LookupFilters):
    class Meta:
        model = Membership
        fields = {"role": ["exact", "in"], "created_at": ["gte", "lte"]}


class InvitationFilters(LookupFilters):
    class Meta:
        model = Invitation
        fields = {
            "state": ["exact", "in"],
            "role": ["exact", "in"],
            "created_at": ["gte", "lte"],
            "expires_at": ["gte", "lte"],
        }


class ApiKeyFilters(LookupFilters):
    class Meta:
        model = ApiKey
        fields = {
            "name": ["contains"],
            "expires_at": ["gte", "lte"],
            "last_used_at": ["gte", "lte", "isnull"],
            "revoked_at": ["isnull"],
        }


class DisclosureFilters(LookupFilters):
    reader = filters.CharFilter("reader__public_id", label="Id of the organisation that read.")
    connection = filters.CharFilter("reason", label="Id of the connection that opened them.")

    class Meta:
        model = ContactReading
        fields = {"created_at": ["gte", "lte"]}
