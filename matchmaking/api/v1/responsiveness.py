"""The endpoint that tells suppliers how a buyer answers, before they spend time on it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.principals import Principal
from buyers.models import Requirement
from buyers.visibility import Reader, reader_of
from config.api.conditional import NO_VERSION, tagged
from config.api.views import StrictView
from matchmaking.api.v1.match_serializers import ResponsivenessSerializer
from matchmaking.api.v1.matches import readable_requirement
from matchmaking.services import Responsiveness, responsiveness_of


class RequirementResponsivenessSerializer(serializers.Serializer[Any]):
    requirement = serializers.CharField()
    responsiveness = ResponsivenessSerializer(
        allow_null=True, help_text="Null where you may not know the buyer: the figures would tell which one it is."
    )


class ResponsivenessView(StrictView):
    """How the buyer behind a requirement answers."""

    tags_answers = True

    @extend_schema(
        operation_id="requirements_responsiveness",
        summary="How the buyer of a requirement answers suppliers, with the number of cases",
        responses=RequirementResponsivenessSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """For whoever sees the requirement, before they offer themselves."""
        requirement = readable_requirement(id, request.auth)
        shown = {"requirement": requirement.public_id, "responsiveness": _shown(requirement, request.auth)}
        return tagged(request, shown, version=NO_VERSION)


def _shown(requirement: Requirement, reader: Principal) -> Any:
    if reader_of(requirement, reader) is Reader.STRANGER:
        return None
    found: Responsiveness = responsiveness_of([requirement.buyer_id])[requirement.buyer_id]
    return ResponsivenessSerializer(found).data
