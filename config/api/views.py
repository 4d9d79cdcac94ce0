"""The base classes of all endpoints: who sees what, strict parameters, ETags. No rules of the domain."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.cache import patch_vary_headers
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from config.api import shapes
from config.api.conditional import NO_VERSION, named_version, required_version, tagged
from config.api.deprecation import Deprecation
from config.api.filtering import check_parameters
from config.api.idempotency import Handler, given_key, once
from config.api.pagination import CursorPages
from config.api.parsers import LengthRequired
from config.api.throttling import Standing, address_of, check, headers_of, limiter
from config.models import Resource

WITH_BODY = ("POST", "PUT", "PATCH")
PRIVATE = "private, no-store"
PUBLIC = "public, max-age=60"
VARY = ("Accept-Language", "Authorization", "Cookie", "X-Session-Token", "X-Organisation")
"""Headers of a request on which its answer depends."""

Row = TypeVar("Row", bound=Resource)


class StrictView(APIView):
    """A view that counts what each caller asks, refuses query parameters which it does not declare, and does what is
    posted once for each Idempotency-Key.

    `limit` names one of `settings.LIMITS`, where reads and writes as such should not count alike; `limits` does so for
    some actions of a view. `secrets` are members of an answer to a POST that are shown once. `post_changes_nothing` is
    for questions that come as a POST: they are simply answered again.
    """

    parameters: ClassVar[frozenset[str]] = frozenset()
    bare_parameters: ClassVar[frozenset[str]] = frozenset()
    """Those that are there or not, and need no value."""
    limit: ClassVar[str | None] = None
    limits: ClassVar[Mapping[str, str]] = {}
    secrets: ClassVar[frozenset[str]] = frozenset()
    post_changes_nothing: ClassVar[bool] = False
    standings: Sequence[Standing] = ()
    post: Handler  # where the view has one
    tags_answers: ClassVar[bool] = False
    """Whether answers carry an ETag. The OpenAPI document says so."""
    tags_lists: ClassVar[bool] = False
    may_name_version: ClassVar[bool] = False
    """Whether a POST acts on the version that If-Match names, where it does."""
    further_problems: ClassVar[tuple[int, ...]] = ()
    """Statuses of problems with which its like do not answer. The OpenAPI document tells of them."""
    shows_strangers_the_same: ClassVar[bool] = False
    """Whether what is read without signing in may be kept a moment by caches that many share."""
    deprecation: ClassVar[Deprecation | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_parameters(request, self.declared_parameters(), bare=self.bare_parameters)
        if request.method in WITH_BODY and request.headers.get("Transfer-Encoding"):
            raise LengthRequired
        if request.method == "POST":
            self._post_once(given_key(request))

    def _post_once(self, key: str | None) -> None:
        if key is not None and hasattr(self, "post") and not self.post_changes_nothing:
            self.post = once(self.post, key=key, secrets=self.secrets)

    def perform_authentication(self, request: Request) -> None:
        """Credentials that are refused count for the address, so that they cannot be tried without end."""
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            check(limiter.charge("anonymous", address_of(request)))
            raise

    def limit_name(self) -> str:
        """Which of `settings.LIMITS` this request counts under."""
        named = self.limits.get(getattr(self, "action", None) or "", self.limit)
        if named is not None:
            return named
        is_read = self.request.method in SAFE_METHODS or self.post_changes_nothing
        return "write" if not is_read else "anonymous" if self.request.auth.is_anonymous else "read"

    def limit_owner(self) -> str:
        """For whom it counts: the API key or person, for some limits their organisation, else the address."""
        principal = self.request.auth
        if self.limit_name() in settings.LIMITS_OF_ORGANISATIONS and principal.organisation is not None:
            return str(principal.organisation.public_id)
        return principal.caller_id or address_of(self.request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        announced = self.deprecation.headers if self.deprecation else {}
        for name, value in {**headers_of(self.standings), **announced}.items():
            response[name] = value
        if "Cache-Control" not in response:
            is_shared = self.shows_strangers_the_same and response.status_code < 400 and _is_stranger_s(request)
            response["Cache-Control"] = PUBLIC if is_shared else PRIVATE
            patch_vary_headers(response, VARY)
        elif response["Cache-Control"].startswith("private"):
            patch_vary_headers(response, VARY)
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What may be asked here is in the header Allow; how, in the OpenAPI document."""
        return Response(status=204)

    def declared_parameters(self) -> frozenset[str]:
        """Names of the query parameters that this request may carry."""
        return self.parameters


def _is_stranger_s(request: Request) -> bool:
    return request.method in SAFE_METHODS and bool(request.auth.is_anonymous)


class ResourceViewSet(StrictView, GenericViewSet[Row], Generic[Row]):
    """Resources that the caller may see, by public id. What it may not see is a 404.

    `queryset` must have `visible_to(principal)`. `writer_class`, where set, reads bodies; `serializer_class` answers.
    `orderings` are the names that `?ordering=` takes, each with the field by which it sorts: one that is never null and
    that every reader may see. `orderings_with` are further ones, by the query parameter that they need.
    """

    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[a-z]+_[0-9a-z]+"
    tags_answers = tags_lists = True
    writer_class: ClassVar[type[serializers.BaseSerializer[Any]] | None] = None
    orderings: ClassVar[Mapping[str, str]] = {}
    orderings_with: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    list_parameters: ClassVar[frozenset[str]] = frozenset()

    def declared_parameters(self) -> frozenset[str]:
        if self.action == "retrieve":
            return self.parameters | shapes.PARAMETERS
        if self.action != "list":
            return self.parameters
        filterset = getattr(self, "filterset_class", None)
        declared = frozenset(filterset.base_filters) if filterset else frozenset()
        ordering = frozenset({"ordering"}) if self.orderings else frozenset()
        return self.parameters | self.list_parameters | declared | ordering | CursorPages.parameters | shapes.PARAMETERS

    def get_queryset(self) -> QuerySet[Row]:
        visible: QuerySet[Row] = super().get_queryset().visible_to(self.request.auth)  # type: ignore[attr-defined]
        return visible

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        serializer: Any = self.get_serializer()
        answers = [serializer.to_representation(row) for row in page or ()]
        return self.get_paginated_response(self.shaped(answers, serializer))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.represent(self.get_object())

    def get_paginated_response(self, data: Any) -> Response:
        """A page with its ETag. There is no version of a list."""
        return tagged(self.request, super().get_paginated_response(data).data, version=NO_VERSION)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Query parameters choose among the rows of a list; a resource is found by its id alone."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def read(
        self, writer_class: type[serializers.BaseSerializer[Any]] | None = None, *, partial: bool = False
    ) -> dict[str, Any]:
        """The validated body of this request, read by the view's writer unless another is given."""
        reader = writer_class or self.writer_class or self.get_serializer_class()
        writer = reader(data=self.request.data, partial=partial, context=self.get_serializer_context())
        writer.is_valid(raise_exception=True)
        return dict(writer.validated_data)

    def expected_version(self) -> int | None:
        """The version that If-Match names. For services that change a row."""
        return required_version(self.request)

    def named_version(self) -> int | None:
        """The version that If-Match names, if it does. For acts with `may_name_version`, that judge what was read."""
        return named_version(self.request)

    def answer(self, row: Row, *, status: int = 200) -> Response:
        """The resource as it is now, with its ETag; with its address where it was created."""
        response = self.represent(self.get_queryset().get(pk=row.pk), status=status)
        if status == 201:
            response["Location"] = f"{self.request.path.rstrip('/')}/{row.public_id}"
        return response

    def represent(self, row: Row, *, status: int = 200) -> Response:
        """The row as this view's queryset has read it, with its ETag."""
        serializer: Any = self.get_serializer()
        answer = serializer.to_representation(row)
        # Who may not know when a row was changed does not learn from its tag that something hidden was.
        hides_changes = "updated_at" in serializer.fields and "updated_at" not in answer
        (shown,) = self.shaped([answer], serializer)
        return tagged(self.request, shown, version=NO_VERSION if hides_changes else row.version, status=status)

    def shown_in_order(self, rows: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
        """Rows that were just made, as the caller sees them, in this order."""
        fresh = {row.pk: row for row in self.get_queryset().filter(pk__in=[row.pk for row in rows])}
        shown: Sequence[Mapping[str, Any]] = self.get_serializer([fresh[row.pk] for row in rows], many=True).data
        return shown

    def shaped(self, shown: Sequence[dict[str, Any]], serializer: Any) -> Sequence[Mapping[str, Any]]:
        """The serializer's answers with what the caller wants carried along, and without what it does not want to
        see."""
        fields = shapes.chosen(self.request, shapes.FIELDS, serializer.fields)
        wanted = shapes.chosen(self.request, shapes.EXPAND, serializer.expansions)
        shapes.expand(shown, wanted, serializer.expansions, context=serializer.context)
        return [shapes.sparse(answer, fields) for answer in shown]
