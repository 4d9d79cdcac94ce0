"""Endpoints about people, organisations and keys."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.v1.filters import ApiKeyFilters, DisclosureFilters, MembershipFilters, OrganisationFilters
from accounts.api.v1.serializers import (
    ApiKeyChangeWriter,
    ApiKeySerializer,
    ApiKeyWriter,
    DisclosureSerializer,
    IssuedApiKeySerializer,
    MembershipSerializer,
    MeSerializer,
    MeWriter,
    NewOrganisationWriter,
    OrganisationSerializer,
    OrganisationWriter,
    RoleWriter,
    RotationWriter,
)
from accounts.models import ApiKey, ContactReading, Membership, Organisation, User
from config.api.acts import act
from config.api.conditional import required_version, tagged
from config.api.views import ResourceViewSet, StrictView


class MeView(StrictView):
    """The person who asks. Software has none: it reads /organisations."""

    tags_answers = True

    @extend_schema(operation_id="me_retrieve", summary="Who you are", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return self._answer(request, self._person(request))

    @extend_schema(operation_id="me_change", summary="Change your details", request=MeWriter, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        person = self._person(request)
        writer = MeWriter(data=request.data, partial=True, context={"request": request})
        writer.is_valid(raise_exception=True)
        services.change_person(
            user_id=person.pk, expected_version=required_version(request), by=request.auth, **writer.validated_data
        )
        return self._answer(request, self._person(request))

    def _person(self, request: Request) -> User:
        if request.auth.user is None:
            raise PermissionDenied(_("An API key belongs to an organisation, not to a person."), code="person_required")
        joined = Membership.objects.select_related("organisation").order_by("pk")
        return User.objects.prefetch_related(Prefetch("memberships", joined)).get(pk=request.auth.user.pk)

    def _answer(self, request: Request, person: User) -> Response:
        return tagged(request, MeSerializer(person, context={"request": request}).data, version=person.version)


class OrganisationViewSet(ResourceViewSet[Organisation]):
    """The organisations that the caller belongs to; for staff, all."""

    limits = {"create": "register"}  # each takes a tax code that nobody else can register
    queryset: QuerySet[Organisation] = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    writer_class = OrganisationWriter
    filterset_class = OrganisationFilters
    orderings = {"legal_name": "legal_name", "created_at": "created_at", "updated_at": "updated_at"}

    def limit_name(self) -> str:
        """Staff register many firms."""
        name = super().limit_name()
        return "write" if name == "register" and self.request.auth.is_staff else name

    @extend_schema(operation_id="organisations_list", summary="List your organisations")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="organisations_retrieve", summary="Read an organisation")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="organisations_create",
        summary="Register an organisation; you become its owner",
        request=NewOrganisationWriter,
        responses={201: OrganisationSerializer},
    )
    def create(self, request: Request) -> Response:
        organisation = services.create_organisation(**self.read(NewOrganisationWriter), by=request.auth)
        return self.answer(organisation, status=201)

    @extend_schema(
        operation_id="organisations_change",
        summary="Change an organisation's details",
        request=OrganisationWriter,
        responses=OrganisationSerializer,
    )
    def partial_update(self, request: Request, **_path: str) -> Response:
        organisation = services.change_organisation(
            organisation_id=self.get_object().pk,
            expected_version=self.expected_version(),
            by=request.auth,
            **self.read(partial=True),
        )
        return self.answer(organisation)


class MembershipViewSet(ResourceViewSet[Membership]):
    """The people of the organisation that the caller acts for. Who is to join is invited: see /invitations."""

    queryset: QuerySet[Membership] = Membership.objects.select_related("organisation", "user")
    serializer_class = MembershipSerializer
    filterset_class = MembershipFilters
    orderings = {"created_at": "created_at"}

    @extend_schema(operation_id="memberships_list", summary="List your organisation's members")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="memberships_retrieve", summary="Read a membership")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="memberships_change",
        summary="Give a member another role",
        request=RoleWriter,
        responses=MembershipSerializer,
    )
    def partial_update(self, request: Request, **_path: str) -> Response:
        membership = services.change_role(
            membership_id=self.get_object().pk,
            expected_version=self.expected_version(),
            by=request.auth,
            **self.read(RoleWriter),
        )
        return self.answer(membership)

    @extend_schema(
        operation_id="memberships_remove", summary="Remove a member, or leave yourself", responses={204: None}
    )
    def destroy(self, request: Request, **_path: str) -> Response:
        services.remove_member(
            membership_id=self.get_object().pk, expected_version=self.expected_version(), by=request.auth
        )
        return Response(status=204)


class ApiKeyViewSet(ResourceViewSet[ApiKey]):
    """Keys for the organisation's software. Only its owners see them."""

    queryset: QuerySet[ApiKey] = ApiKey.objects.select_related("created_by", "replaces")
    serializer_class = ApiKeySerializer
    writer_class = ApiKeyWriter
    filterset_class = ApiKeyFilters
    orderings = {"name": "name", "created_at": "created_at", "expires_at": "expires_at"}
    secrets = frozenset({"key"})

    @extend_schema(operation_id="api_keys_list", summary="List your organisation's keys")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="api_keys_retrieve", summary="Read a key, without its secret")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="api_keys_issue",
        summary="Make a key; its secret is in this answer only",
        request=ApiKeyWriter,
        responses={201: IssuedApiKeySerializer},
    )
    def create(self, request: Request) -> Response:
        return self._issued(*services.issue_api_key(**self.read(), by=request.auth))

    @extend_schema(
        operation_id="api_keys_change",
        summary="Give a key another name, or let it work from other networks",
        request=ApiKeyChangeWriter,
        responses=ApiKeySerializer,
    )
    def partial_update(self, request: Request, **_path: str) -> Response:
        api_key = services.change_api_key(
            api_key_id=self.get_object().pk,
            expected_version=self.expected_version(),
            by=request.auth,
            **self.read(ApiKeyChangeWriter, partial=True),
        )
        return self.answer(api_key)

    @act(
        RotationWriter,
        operation_id="api_keys_rotate",
        summary="Replace a key; the secret of its successor is in this answer only",
        answer={201: IssuedApiKeySerializer},
    )
    def rotate(self, request: Request, id: str) -> Response:  # noqa: A002
        """It has the same name, scopes and networks, and lives for a year. The old key works on meanwhile."""
        return self._issued(*services.rotate_api_key(api_key_id=self.get_object().pk, by=request.auth, **self.read()))

    def _issued(self, api_key: ApiKey, key: str) -> Response:
        response = self.answer(api_key, status=201)
        response["Location"] = reverse("api-key-detail", args=[api_key.public_id])
        response.data["key"] = key
        return response

    @extend_schema(operation_id="api_keys_revoke", summary="Revoke a key at once", responses={204: None})
    def destroy(self, request: Request, **_path: str) -> Response:
        services.revoke_api_key(
            api_key_id=self.get_object().pk, expected_version=self.expected_version(), by=request.auth
        )
        return Response(status=204)


class DisclosureViewSet(ResourceViewSet[ContactReading]):
    """To whom the contact persons of the caller's organisation were shown; for staff, all that were."""

    queryset: QuerySet[ContactReading] = ContactReading.objects.select_related("subject", "reader", "person")
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureFilters

    @extend_schema(operation_id="disclosures_list", summary="List to whom your contacts were shown, newest first")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="disclosures_retrieve", summary="Read one time that your contacts were shown")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
