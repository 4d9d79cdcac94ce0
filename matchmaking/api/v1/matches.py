"""Endpoints that rank suppliers for what a buyer asks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiKey
from accounts.permissions import SignedInToRead
from accounts.principals import Principal
from buyers.api.v1.writers import PreviewWriter
from buyers.content import content_from
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer, Requirement
from config.api.views import StrictView
from config.errors import NotAllowedError
from matchmaking.api.v1.match_serializers import RankingSerializer, SelectionSerializer
from matchmaking.api.v1.ranking_questions import Asked, RankingQuestion, RankingResponse
from matchmaking.catalogue import current
from matchmaking.engine.sentences import Language
from matchmaking.presentation import Viewer, present, viewer_of
from matchmaking.services import Match, RequirementVersion, Wanted, match, match_of_firms, match_requirement
from suppliers.models import Supplier


class RankingView(StrictView):
    """What both kinds of ranking have in common: the choice of lines, and the form of the answer."""

    parameters = frozenset({"eligibility", "order", "top"})

    def selection(self) -> Wanted:
        """Which lines the caller wants."""
        selection = SelectionSerializer(data=self.request.query_params.dict())
        selection.is_valid(raise_exception=True)
        return Wanted(**selection.validated_data)

    def shown(self, found: Match, viewer: Viewer, order: str) -> dict[str, Any]:
        """The wanted lines, as far as the caller may see them."""
        shown = present(found, found.positions, viewer=viewer, language=reader_s_language())
        return {"order": order, **shown}


class MatchesView(RankingView):
    """The live ranking of a requirement."""

    @extend_schema(
        operation_id="requirements_matches",
        summary="Suppliers ranked for a requirement, with reasons",
        parameters=[SelectionSerializer],
        responses=RankingSerializer,
    )
    def get(self, request: Request, id: str) -> HttpResponse:  # noqa: A002
        """All lines for its verified buyer and for staff; a supplier that sees the requirement reads its own line.

        Where the buyer is anonymous to the supplier, the line says nothing of distance.
        """
        requirement = readable_requirement(id, request.auth)
        viewer = viewer_of(requirement, request.auth)
        if viewer is Viewer.BUYER:
            check_verified(requirement.buyer)
        wanted = self.selection()
        if not viewer.sees_rivals:
            return self._own_line(requirement, viewer, wanted)
        question = RankingQuestion(
            requirement=RequirementVersion.of(requirement),
            content_version=requirement.content_version,
            viewer=viewer,
            wanted=wanted,
            language=reader_s_language(),
        )
        return RankingResponse(question.answer(current()), self._asked(question))

    def _asked(self, question: RankingQuestion) -> Asked | None:
        api_key: ApiKey | None = self.request.auth.api_key
        if api_key is None:
            return None
        return Asked(question=question, api_key=api_key, limit=self.limit_name(), limit_owner=self.limit_owner())

    def _own_line(self, requirement: Requirement, viewer: Viewer, wanted: Wanted) -> Response:
        version = None if viewer is Viewer.STRANGER else requirement.content_version
        shown = self.shown(own_lines(requirement, viewer, self.request.auth), viewer, wanted.order)
        return Response({"requirement": requirement.public_id, "requirement_version": version, **shown})


class MatchPreviewView(RankingView):
    """The ranking of a requirement that is not saved."""

    permission_classes = [SignedInToRead]
    post_changes_nothing = True
    limit = "preview"

    @extend_schema(
        operation_id="match_preview",
        summary="Rank suppliers for a requirement that is not saved",
        parameters=[SelectionSerializer],
        request=PreviewWriter,
        responses=RankingSerializer,
    )
    def post(self, request: Request) -> Response:
        """The body of a requirement; nothing is stored. For verified buyers and staff."""
        viewer = previewer(request.auth)
        writer = PreviewWriter(data=request.data, context={"request": request, "view": self})
        writer.is_valid(raise_exception=True)
        wanted = self.selection()
        body = self.shown(match(content_from(writer.validated_data), wanted), viewer, wanted.order)
        return Response({"requirement": None, "requirement_version": None, **body})


def readable_requirement(public_id: str, reader: Principal) -> Requirement:
    """The requirement with its buyer and plant, if the reader may see it; else a 404."""
    visible = Requirement.objects.visible_to(reader).known_to(reader)
    return get_object_or_404(visible.select_related("buyer", "plant"), public_id=public_id)


def previewer(principal: Principal) -> Viewer:
    """
    Raises:
        BuyerNotVerifiedError: a buyer that staff have not verified.
        NotAllowedError: neither buyer nor staff.
    """
    if principal.is_staff:
        return Viewer.STAFF
    if not principal.is_buyer:
        raise NotAllowedError
    check_verified(Buyer.objects.filter(organisation=principal.organisation).first())
    return Viewer.BUYER


def check_verified(buyer: Buyer | None) -> None:
    """
    Raises:
        BuyerNotVerifiedError: there is none, or staff have not verified it.
    """
    if buyer is None or buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer sees which suppliers match."))


def ranking_for(viewer: Viewer, requirement: Requirement, reader: Principal, wanted: Wanted) -> Match:
    """The lines that the reader wants, or its own firm's where it sees no rivals."""
    if viewer.sees_rivals:
        return match_requirement(requirement, wanted)
    return own_lines(requirement, viewer, reader)


def own_lines(requirement: Requirement, viewer: Viewer, reader: Principal) -> Match:
    """Those of the reader's own firm, for whoever sees no rivals."""
    own = Supplier.objects.filter(organisation=reader.organisation).values_list("public_id", flat=True)
    return match_of_firms(requirement, list(own), with_place=viewer is not Viewer.STRANGER)


def reader_s_language() -> Language:
    """The language of this request's messages."""
    return "vi" if (get_language() or "vi").startswith("vi") else "en"
