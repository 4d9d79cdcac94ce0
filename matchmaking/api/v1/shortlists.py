"""Endpoints of shortlists and of what stands on them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import CharFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.acts import act
from config.api.conditional import NO_VERSION, tagged
from config.api.throttling import check, limiter
from config.api.views import ResourceViewSet
from config.errors import InvalidFactError
from matchmaking import services
from matchmaking.api.v1.decision_serializers import ASKED, OpinionQuerySerializer, SecondOpinionSerializer
from matchmaking.api.v1.insight import requirement_seen_whole
from matchmaking.api.v1.shortlist_serializers import (
    AnswersSerializer,
    EnquirySerializer,
    EnquiryWriter,
    EntriesWriter,
    EntryChangeWriter,
    EntryWriter,
    ShortlistEntriesSerializer,
    ShortlistEntrySerializer,
    ShortlistSerializer,
    ShortlistWriter,
)
from matchmaking.insight import opinions_on_shortlist
from matchmaking.models import Shortlist, ShortlistEntry, ShortlistQuerySet

ENQUIRE = "Ask the suppliers on a shortlist to talk about its requirement, all in one act"


class ShortlistFilters(FilterSet):
    supplier = CharFilter(method="naming", label="Id of a supplier: only the lists that it is on.")
    requirement = CharFilter("requirement__public_id", label="Id of the requirement that they are for.")

    def naming(self, shortlists: ShortlistQuerySet, name: str, value: str) -> ShortlistQuerySet:
        return shortlists.naming(value)


@extend_schema_view(
    list=extend_schema(operation_id="shortlists_list", summary="Your organisation's shortlists; for staff, all"),
    retrieve=extend_schema(operation_id="shortlists_retrieve", summary="A shortlist"),
)
class ShortlistViewSet(ResourceViewSet[Shortlist]):
    """Suppliers that an organisation keeps in mind. The suppliers do not learn of it."""

    queryset: QuerySet[Shortlist] = Shortlist.objects.with_size().select_related("organisation", "requirement")
    serializer_class = ShortlistSerializer
    writer_class = ShortlistWriter
    filterset_class = ShortlistFilters
    limits = {"enquire": "contact_request"}

    @extend_schema(
        operation_id="shortlists_create",
        summary="Start a shortlist",
        request=ShortlistWriter,
        responses={201: ShortlistSerializer},
    )
    def create(self, request: Request) -> Response:
        """For buyers, and for the agency itself. All members of the organisation see it."""
        return self.answer(services.create_shortlist(values=self.read(), by=request.auth), status=201)

    @extend_schema(
        operation_id="shortlists_change",
        summary="Change name, description or requirement",
        request=ShortlistWriter,
        responses=ShortlistSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk, values = self.expected_version(), self.get_object().pk, self.read(partial=True)
        return self.answer(
            services.change_shortlist(shortlist_id=pk, values=values, by=request.auth, expected_version=version)
        )

    @extend_schema(
        operation_id="shortlists_remove", summary="Remove a shortlist with all that is on it", responses={204: None}
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        services.remove_shortlist(shortlist_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    @act(EnquiryWriter, operation_id="shortlists_enquire", summary=ENQUIRE, answer=EnquirySerializer)
    def enquire(self, request: Request, id: str) -> Response:  # noqa: A002
        """A connection each, for the requirement that the list is for, in the list's order; at most 50 in one act. Who
        is not published, or talks about it already, is passed over, and why is said. Each counts as a request for a
        connection."""
        shortlist, body = self.get_object(), self.read()
        chosen = body.get("suppliers")
        size = len(chosen) if chosen is not None else shortlist.entries.count()
        if 1 < size <= services.MOST_ASKED:  # the first was counted at the door
            self.standings = limiter.charge(self.limit_name(), self.limit_owner(), cost=size - 1)
            check(self.standings)
        asked = services.enquire_shortlist(shortlist_id=shortlist.pk, by=request.auth, **body)
        return tagged(request, EnquirySerializer({"results": asked}).data, version=NO_VERSION)

    @extend_schema(
        operation_id="shortlists_answers",
        summary="Side by side, how each supplier on a shortlist answers about its requirement",
        responses=AnswersSerializer,
    )
    @action(detail=True)
    def answers(self, request: Request, id: str) -> Response:  # noqa: A002
        """In the list's order, with the newest connection of each; null where it was not asked yet."""
        rows = services.answers_of(self.get_object())
        return tagged(request, AnswersSerializer({"results": rows}).data, version=NO_VERSION)

    @extend_schema(
        operation_id="shortlists_second_opinion",
        summary="How other methods would order the suppliers on a shortlist",
        parameters=[OpinionQuerySerializer],
        responses=SecondOpinionSerializer,
    )
    @action(detail=True, url_path="second-opinion", parameters=ASKED)
    def second_opinion(self, request: Request, id: str) -> Response:  # noqa: A002
        """TOPSIS, VIKOR and PROMETHEE II on what the suppliers are known to meet of the list's requirement today, with
        its weights, with Kendall's τ beside our order, and why they disagree. They know no gates. Suppliers that are
        not published, or have none of the processes, are left out. For the requirement's verified buyer and for
        staff."""
        shortlist = self.get_object()
        if shortlist.requirement is None:
            raise InvalidFactError(_("Say first which requirement the shortlist is for."), code="no_requirement")
        asked = OpinionQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        requirement = requirement_seen_whole(shortlist.requirement.public_id, request.auth)
        body = opinions_on_shortlist(shortlist, requirement, asked.told())
        return tagged(request, SecondOpinionSerializer(body).data, version=NO_VERSION)


@extend_schema_view(
    list=extend_schema(operation_id="shortlists_entries_list", summary="The suppliers on a shortlist, in its order"),
    retrieve=extend_schema(operation_id="shortlists_entries_retrieve", summary="A supplier on a shortlist"),
)
class ShortlistEntryViewSet(ResourceViewSet[ShortlistEntry]):
    """What stands on a shortlist. A supplier that is no longer published stays, without its name."""

    queryset: QuerySet[ShortlistEntry] = ShortlistEntry.objects.select_related("supplier__organisation", "added_by")
    serializer_class = ShortlistEntrySerializer
    writer_class = EntryWriter
    ordering = ("position", "id")

    def get_queryset(self) -> QuerySet[ShortlistEntry]:
        return super().get_queryset().filter(shortlist=self.shortlist_id())

    def shortlist_id(self) -> int:
        """Of the list in the path: a 404 where the caller may not see it."""
        visible = Shortlist.objects.visible_to(self.request.auth).only("public_id")
        return get_object_or_404(visible, public_id=self.kwargs["shortlist_id"]).pk

    def add(self, *items: Any) -> list[ShortlistEntry]:
        return services.add_entries(shortlist_id=self.shortlist_id(), items=items, by=self.request.auth)

    @extend_schema(
        operation_id="shortlists_entries_add",
        summary="Put a supplier on a shortlist",
        request=EntryWriter,
        responses={201: ShortlistEntrySerializer},
    )
    def create(self, request: Request, shortlist_id: str) -> Response:
        """At the end, or at a position: those from there on make room."""
        (entry,) = self.add(self.read())
        return self.answer(entry, status=201)

    @extend_schema(
        operation_id="shortlists_entries_bulk",
        summary="Put up to 100 suppliers on a shortlist, all or none",
        request=EntriesWriter,
        responses={201: ShortlistEntriesSerializer},
    )
    @action(detail=False, methods=["post"], writer_class=EntriesWriter)
    def bulk(self, request: Request, shortlist_id: str) -> Response:
        """One after the other, in the order given."""
        added = self.add(*self.read()["items"])
        rows = self.get_queryset().filter(pk__in=[entry.pk for entry in added]).order_by("position")
        return Response({"results": self.get_serializer(rows, many=True).data}, status=201)

    @extend_schema(
        operation_id="shortlists_entries_change",
        summary="Change the note, or move the supplier to another position",
        request=EntryChangeWriter,
        responses=ShortlistEntrySerializer,
    )
    def partial_update(self, request: Request, shortlist_id: str, id: str) -> Response:  # noqa: A002
        """The others make room and keep their order. That others were moved does not make an ETag stale."""
        version, pk, values = self.expected_version(), self.get_object().pk, self.read(EntryChangeWriter)
        return self.answer(services.change_entry(entry_id=pk, values=values, by=request.auth, expected_version=version))

    @extend_schema(
        operation_id="shortlists_entries_remove", summary="Take a supplier off a shortlist", responses={204: None}
    )
    def destroy(self, request: Request, shortlist_id: str, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        services.remove_entry(entry_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)
