"""Pages of a list: cursors both ways over a stable order."""

from collections.abc import Container, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from config.api import shapes
from config.encryption import BrokenSealError, seal, unseal

_PURPOSE = "cursor"


class Cursor(NamedTuple):
    """The row from which a page goes on, by its value in each field of the order, and whether it goes backward."""

    reverse: bool
    position: Sequence[str]


class CursorPages(CursorPagination):
    """Newest first unless the view says otherwise.

    Cursors are sealed: they show nothing of the row that they name. One that was made up, or given out for another
    list, order or choice of rows, is a 400, never a query.
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    cursor_query_param = "cursor"
    count_query_param = "count"
    ordering_query_param = "ordering"
    ordering: tuple[str, ...] = ("-id",)
    parameters = frozenset({page_size_query_param, cursor_query_param, count_query_param})
    choosing_no_rows = parameters | shapes.PARAMETERS | {ordering_query_param}
    """What may change from page to page. The order counts by itself, whether it was asked for or not."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """A page begins beyond the last row of the one before it, by all fields of the order: rows that agree in the
        first are neither passed over nor shown twice, whichever way the pages are turned."""
        self.total = queryset.count() if self._wants_count(request) else None
        self.request, self.base_url = request, request.build_absolute_uri()
        self.ordering = self.get_ordering(request, queryset, view)
        self.page_size = self.get_page_size(request)
        self.came_from = self.decode_cursor(request)
        ordering = [turned(name) for name in self.ordering] if self.turned_back else self.ordering
        ordered = queryset.order_by(*ordering)
        if self.came_from is not None:
            ordered = ordered.filter(beyond(ordering, self.came_from.position))
        rows = self._first(ordered)
        self.page = rows[:: -1 if self.turned_back else 1]
        return self.page

    def _first(self, ordered: QuerySet[Any]) -> list[Any]:
        """The rows of the page. Those that are grouped are found as ids alone first: all their columns would be grouped
        and sorted as well. One that is gone by the time it is read is left out."""
        is_grouped = ordered.query.group_by is not None
        found = ordered.select_related(None).values_list("pk", flat=True) if is_grouped else ordered
        rows = list(found[: self.page_size + 1])
        self.has_more = len(rows) > self.page_size
        rows = rows[: self.page_size]
        if not is_grouped:
            return rows
        read = {row.pk: row for row in ordered.filter(pk__in=rows)}
        return [read[pk] for pk in rows if pk in read]

    @property
    def turned_back(self) -> bool:
        return self.came_from is not None and self.came_from.reverse

    def get_next_link(self) -> str | None:
        return self._link(at=-1, back=False) if self.turned_back or self.has_more else None

    def get_previous_link(self) -> str | None:
        has_previous = self.has_more if self.turned_back else self.came_from is not None
        return self._link(at=0, back=True) if has_previous else None

    def _link(self, *, at: int, back: bool) -> str:
        """Where the rows before or after this page are; of an empty page, where those are from which it was reached."""
        position = self.came_from.position if self.came_from else ()
        if self.page:
            position = [self._get_position_from_instance(self.page[at], [name]) for name in self.ordering]
        return self.encode_cursor(Cursor(reverse=back, position=position))

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """The order that the view or, among the view's `orderings`, the caller chooses; the id makes it unique."""
        given = request.query_params.get(self.ordering_query_param)
        if given is None:
            return tuple(getattr(view, "ordering", self.ordering))
        orderings = self._orderings(view, given=request.query_params.keys())
        name, sign = given.removeprefix("-"), "-" if given.startswith("-") else ""
        if name not in orderings:
            detail = _("Any of %(allowed)s; with a minus the other way round.") % {"allowed": ", ".join(orderings)}
            raise ValidationError({self.ordering_query_param: [ErrorDetail(detail, code="unknown_name")]})
        return (f"{sign}{orderings[name]}", f"{sign}id")

    def _orderings(self, view: Any, *, given: Container[str]) -> dict[str, str]:
        """The view's `orderings`, and those that come with a parameter that is given."""
        orderings = dict(getattr(view, "orderings", {}))
        for parameter, further in getattr(view, "orderings_with", {}).items():
            if parameter in given:
                orderings.update(further)
        return orderings

    def _get_position_from_instance(self, instance: Any, ordering: Sequence[str]) -> str:
        for step in ordering[0].lstrip("-").split("__"):
            instance = getattr(instance, step)
        return str(instance)

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= self.max_page_size):
            raise ValidationError(
                {self.page_size_query_param: [_("A whole number from 1 to %(most)s.") % {"most": self.max_page_size}]}
            )
        return int(given)

    def _wants_count(self, request: Request) -> bool:
        given = request.query_params.get(self.count_query_param, "false")
        if given not in ("true", "false"):
            raise ValidationError({self.count_query_param: [_("Either true or false.")]})
        return given == "true"

    def decode_cursor(self, request: Request) -> Cursor | None:  # type: ignore[override]
        given = request.query_params.get(self.cursor_query_param)
        if given is None:
            return None
        try:
            reverse, position = unseal(given, purpose=_PURPOSE, place=self._place(request))
        except BrokenSealError:
            detail = _("This is no cursor of this list, in this order and with these parameters.")
            raise ValidationError({self.cursor_query_param: [ErrorDetail(detail, code="bad_cursor")]}) from None
        return Cursor(reverse=reverse, position=position)

    def _place(self, request: Request) -> list[str]:
        """The list, its order, and the parameters that choose its rows."""
        chosen = (item for item in request.query_params.items() if item[0] not in self.choosing_no_rows)
        return [request.path, *self.ordering, *(f"{name}={value}" for name, value in sorted(chosen))]

    def encode_cursor(self, cursor: Cursor) -> str:  # type: ignore[override]
        token = seal([cursor.reverse, cursor.position], purpose=_PURPOSE, place=self._place(self.request))
        return replace_query_param(self.base_url or "", self.cursor_query_param, token)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        counted = {
            "name": self.count_query_param,
            "in": "query",
            "required": False,
            "description": "Whether to count all rows of the list.",
            "schema": {"type": "boolean", "default": False},
        }
        parameters = [*super().get_schema_operation_parameters(view), counted]
        every = getattr(view, "orderings_with", {})
        orderings = self._orderings(view, given=every) if view.action == "list" else {}
        ordered = {
            "name": self.ordering_query_param,
            "in": "query",
            "required": False,
            "description": "How the list is sorted; with a minus the other way round.",
            "schema": {"type": "string", "enum": [sign + name for name in orderings for sign in ("", "-")]},
        }
        return [*parameters, ordered] if orderings else parameters

    def get_paginated_response(self, data: Any) -> Response:
        body = {"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()}
        if self.total is not None:
            body["count"] = self.total
        return Response(body)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": link,
                "previous": link,
                "count": {"type": "integer", "description": "Only with ?count=true"},
            },
        }


def turned(name: str) -> str:
    """The same field the other way round."""
    return name[1:] if name.startswith("-") else f"-{name}"


def beyond(ordering: Sequence[str], position: Sequence[str]) -> Q:
    """Rows that follow the position in an order. The first condition says nothing new, but an index answers it."""
    found, same = Q(pk__in=[]), Q()
    for name, value in zip(ordering, position, strict=True):
        found |= same & Q(**{f"{name.lstrip('-')}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{name.lstrip("-"): value})
    bound = f"{ordering[0].lstrip('-')}__{'lte' if ordering[0].startswith('-') else 'gte'}"
    return Q(**{bound: position[0]}) & found
