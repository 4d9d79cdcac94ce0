"""Accounts on the wire."""

from typing import Any

from rest_framework import serializers

from accounts.models import EMAIL_MAX_LENGTH, ApiKey, ContactReading, Invitation, Membership, Organisation, User
from accounts.services.api_keys import LONGEST_OVERLAP_HOURS
from config.api.fields import MomentField, ResourceSerializer, StrictSerializer, TextField, WholeNumberField
from config.api.shapes import Expansion


class OrganisationSummarySerializer(ResourceSerializer):
    class Meta:
        model = Organisation
        fields = ["id", "kind", "legal_name", "trade_name"]
        read_only_fields = fields


class OrganisationSerializer(ResourceSerializer):
    class Meta:
        model = Organisation
        fields = [
            *("id", "kind", "legal_name", "trade_name", "proposed_trade_name", "country", "tax_code", "address"),
            "website",
            *("contact_name", "contact_email", "contact_phone", "second_factor_required", "created_at", "updated_at"),
        ]
        read_only_fields = fields


ORGANISATION = Expansion(visible_to=Organisation.objects.visible_to, serializer=OrganisationSerializer)


class OrganisationDetailsWriter(ResourceSerializer):
    """What is told of an organisation."""

    tax_code = TextField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="Vietnamese: 10 digits, or 10 and 3 for a dependent unit; spaces, dots and dashes are ignored.",
    )

    class Meta:
        model = Organisation
        fields = [
            *("legal_name", "trade_name", "country", "tax_code", "tax_code_override", "address", "website"),
            *("contact_name", "contact_email", "contact_phone"),
        ]
        extra_kwargs = {"contact_phone": {"max_length": 40}, "country": {"max_length": 2}}
        validators: list[object] = []  # the service tells what exists already


class NewOrganisationWriter(OrganisationDetailsWriter):
    kind = serializers.ChoiceField([Organisation.Kind.SUPPLIER.value, Organisation.Kind.BUYER.value])

    class Meta(OrganisationDetailsWriter.Meta):
        fields = ["kind", *OrganisationDetailsWriter.Meta.fields]


class OrganisationWriter(OrganisationDetailsWriter):
    """A change of an organisation. Legal name, country and tax code are for staff, second factors for owners.

    Once staff have verified or published it, a new trade name waits as `proposed_trade_name` until they approve it.
    """

    class Meta(OrganisationDetailsWriter.Meta):
        fields = [*OrganisationDetailsWriter.Meta.fields, "second_factor_required"]


class OwnMembershipSerializer(ResourceSerializer):
    """A membership, as its person sees it."""

    organisation = OrganisationSummarySerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "organisation", "role"]
        read_only_fields = fields


class PersonSerializer(ResourceSerializer):
    class Meta:
        model = User
        fields = ["id", "email", "full_name"]
        read_only_fields = fields


class MembershipSerializer(ResourceSerializer):
    """A person's part in an organisation."""

    expansions = {"organisation": ORGANISATION}

    organisation = serializers.SlugRelatedField[Organisation](slug_field="public_id", read_only=True)
    person = PersonSerializer(source="user", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "organisation", "person", "role", "created_at"]
        read_only_fields = fields


class RoleWriter(StrictSerializer):
    role = serializers.ChoiceField(
        Membership.Role.choices, help_text="Nobody is made an owner who has not accepted an invitation to be one."
    )


class InvitationSerializer(ResourceSerializer):
    """That an organisation asks somebody to join it. It tells nothing of whether the address has an account."""

    organisation = OrganisationSummarySerializer(read_only=True)
    inviter = serializers.CharField(
        read_only=True, allow_blank=True, help_text="Name of the person who invites; empty where the person has left."
    )

    class Meta:
        model = Invitation
        fields = [
            *("id", "organisation", "email", "role", "inviter", "state", "created_at", "expires_at", "decided_at"),
        ]
        read_only_fields = fields


class InvitationWriter(StrictSerializer):
    email = serializers.EmailField(max_length=EMAIL_MAX_LENGTH, help_text="Of the person, with an account or without.")
    role = serializers.ChoiceField(Membership.Role.choices)


class MeSerializer(ResourceSerializer):
    """The person who asks."""

    memberships = OwnMembershipSerializer(many=True, read_only=True)
    acting_for = serializers.SerializerMethodField(
        help_text="Id of the organisation that this request acts for; choose another with X-Organisation."
    )

    class Meta:
        model = User
        fields = ["id", "email", "full_name", "phone", "language", "time_zone", "acting_for", "memberships"]
        read_only_fields = fields

    def get_acting_for(self, user: User) -> str | None:
        organisation = self.context["request"].auth.organisation
        return organisation.public_id if organisation else None


class MeWriter(ResourceSerializer):
    phone = TextField(max_length=40, allow_blank=True, help_text="Any common form; Vietnamese where no +code leads.")
    time_zone = TextField(max_length=64, help_text="Of the IANA database, such as Asia/Ho_Chi_Minh. For daily e-mails.")

    class Meta:
        model = User
        fields = ["full_name", "phone", "language", "time_zone"]


class ApiKeySerializer(ResourceSerializer):
    """A key without its secret."""

    prefix = serializers.CharField(source="visible_prefix", read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(ApiKey.Scope.choices), read_only=True)
    allowed_networks = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Networks from which alone it works; none for any."
    )
    replaces = serializers.SlugRelatedField[Any](
        slug_field="public_id", read_only=True, allow_null=True, help_text="Id of the key that it succeeds."
    )
    created_by = serializers.SlugRelatedField[Any](
        slug_field="public_id", read_only=True, allow_null=True, help_text="Null where the person has left."
    )

    class Meta:
        model = ApiKey
        fields = [
            *("id", "name", "prefix", "scopes", "allowed_networks", "replaces", "created_at", "created_by"),
            *("expires_at", "last_used_at", "last_used_from", "last_refused_at", "last_refused_from", "revoked_at"),
        ]
        read_only_fields = fields


class IssuedApiKeySerializer(ApiKeySerializer):
    """A new key with its secret."""

    key = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="The key itself. It is shown this once and stored nowhere: null where an answer is repeated.",
    )

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "key"]


class ApiKeyChangeWriter(StrictSerializer):
    name = TextField(max_length=100)
    allowed_networks = serializers.ListField(
        child=TextField(max_length=50),
        required=False,
        max_length=ApiKey.MOST_NETWORKS,
        help_text="In CIDR notation, IPv4 or IPv6, such as 203.0.113.0/24; an empty list lets it work from anywhere.",
    )


class RotationWriter(StrictSerializer):
    overlap_hours = WholeNumberField(
        default=24,
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        help_text="How long the old key works beside the new one; 0 ends it at once.",
    )


class ApiKeyWriter(ApiKeyChangeWriter):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(ApiKey.Scope.choices), allow_empty=False, max_length=len(ApiKey.Scope)
    )
    expires_at = MomentField(required=False, help_text="At most, and unless given, 365 days from now.")


class DisclosureSerializer(ResourceSerializer):
    """One time that contact persons of your organisation were shown to another."""

    subject = OrganisationSummarySerializer(read_only=True)
    reader = OrganisationSummarySerializer(read_only=True)
    FOR_STAFF = ("person", "request_id", "address")
    """What of the reader is its own personal data. Whose contacts were shown learns who, when and why."""

    by_software = serializers.SerializerMethodField(help_text="Whether software with an API key read them.")
    connection = serializers.CharField(source="reason", help_text="Id of what opened them; empty where staff read.")
    person = serializers.CharField(
        source="person.public_id",
        default=None,
        required=False,
        allow_null=True,
        help_text="Id of the person; only for staff.",
    )
    request_id = serializers.CharField(required=False, help_text="Only for staff.")
    address = serializers.IPAddressField(required=False, allow_null=True, help_text="IP address; only for staff.")

    class Meta:
        model = ContactReading
        fields = [
            *("id", "created_at", "subject", "reader", "by_software", "connection", "is_first"),
            *("person", "request_id", "address"),
        ]

    def get_by_software(self, reading: ContactReading) -> bool:
        return reading.api_key_id is not None

    def to_representation(self, reading: ContactReading) -> dict[str, Any]:
        shown = super().to_representation(reading)
        if not self.context["request"].auth.is_staff:
            for name in self.FOR_STAFF:
                del shown[name]
        return shown
