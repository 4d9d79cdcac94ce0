"""Endpoints about invitations: an organisation's own, and those to the person who asks."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.v1.filters import InvitationFilters
from accounts.api.v1.people import person_of
from accounts.api.v1.serializers import InvitationSerializer, InvitationWriter
from accounts.models import Invitation
from config.api.acts import NothingWriter, act
from config.api.throttling import check, limiter
from config.api.views import ResourceViewSet

INVITATIONS = Invitation.objects.select_related("organisation", "invited_by")


class InvitationViewSet(ResourceViewSet[Invitation]):
    """Whom the organisation that the caller acts for asks to join, to its owners, and who asks the caller to join."""

    limits = {"create": "invitation"}
    queryset: QuerySet[Invitation] = INVITATIONS
    serializer_class = InvitationSerializer
    writer_class = InvitationWriter
    filterset_class = InvitationFilters
    orderings = {"created_at": "created_at", "expires_at": "expires_at"}

    @extend_schema(
        operation_id="invitations_list", summary="List whom your organisation has invited, and who has invited you"
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="invitations_retrieve", summary="Read an invitation")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="invitations_create",
        summary="Ask somebody to join your organisation",
        request=InvitationWriter,
        responses={201: InvitationSerializer},
    )
    def create(self, request: Request) -> Response:
        """The person gets an e-mail, and joins on accepting. The answer is the same whether the address has an account.

        It counts for the organisation and for who asks, so that more organisations bring no more messages.
        """
        invited = self.read()
        check(limiter.charge("invitation", request.auth.caller_id or ""))
        return self.answer(services.invite(**invited, by=request.auth), status=201)

    @act(
        NothingWriter,
        operation_id="invitations_withdraw",
        summary="Take an invitation back",
        answer=InvitationSerializer,
    )
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002
        self.read()
        return self.answer(services.withdraw_invitation(invitation_id=self.get_object().pk, by=request.auth))

    @act(
        NothingWriter,
        operation_id="invitations_accept",
        summary="Join the organisation that invites you",
        answer=InvitationSerializer,
    )
    def accept(self, request: Request, id: str) -> Response:  # noqa: A002
        """For who has signed in and confirmed the invited address. Whom you act for without X-Organisation stays as it
        was.
        """
        self.read()
        return self.answer(services.accept_invitation(invitation_id=self.get_object().pk, by=request.auth))

    @act(
        NothingWriter,
        operation_id="invitations_decline",
        summary="Say no to an invitation",
        answer=InvitationSerializer,
    )
    def decline(self, request: Request, id: str) -> Response:  # noqa: A002
        self.read()
        return self.answer(services.decline_invitation(invitation_id=self.get_object().pk, by=request.auth))


@extend_schema_view(
    list=extend_schema(operation_id="me_invitations_list", summary="Invitations that wait for your answer"),
)
class MyInvitationViewSet(ResourceViewSet[Invitation]):
    """Invitations to an address that the caller has confirmed, whenever the account was made."""

    queryset: QuerySet[Invitation] = INVITATIONS
    serializer_class = InvitationSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        person_of(request)

    def get_queryset(self) -> QuerySet[Invitation]:
        mine: QuerySet[Invitation] = INVITATIONS.to(self.request.auth.user).live()
        return mine
