"""The lists of the API, all pages of them: the same view chooses the rows and shows them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from accounts.principals import Principal
from config.api.filtering import check_parameters
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from config.tables.cells import Column, Row

BATCH = 500
NOT_OF_FILES = CursorPages.parameters | {"fields", "expand"}
"""Parameters of a list that choose a page or a form."""


class ListRows:
    """What a reader sees of a list, in its order. Rows that leave the list meanwhile are left out.

    `filters` are the list's own query parameters, and for a list below something else its id, under the name `below`.

    Raises:
        ValidationError: the list would refuse them, or there is nothing with that id for the reader.
        NotAllowedError: they rest on what the reader may not know.
    """

    def __init__(
        self,
        viewset: type[ResourceViewSet[Any]],
        columns: Sequence[Column],
        *,
        by: Principal,
        filters: Mapping[str, str],
        below: str | None = None,
    ) -> None:
        self.columns = columns
        parameters = dict(filters)
        path = {f"{below}_id": _named(parameters.pop(below, None), below)} if below else {}
        self._view = _listing(viewset, _reading(by, parameters), path)
        check_parameters(self._view.request, self._view.declared_parameters() - NOT_OF_FILES)
        try:
            self._rows = self._view.filter_queryset(self._view.get_queryset())
        except Http404:
            raise ValidationError({below or "": [there_is_none(filters.get(below or "", ""))]}) from None
        order: Any = self._view.paginator
        self._order = order.get_ordering(self._view.request, self._rows, self._view)

    def ids(self) -> list[int]:
        """Of the rows there are now. Few bytes each, and then no query has to stay open."""
        return list(self._rows.order_by(*self._order).values_list("pk", flat=True))

    def batches(self) -> Iterator[tuple[int, int, list[Row]]]:
        """How many rows have been gone through after the batch, of how many, and the batch itself."""
        ids = self.ids()
        for start in range(0, len(ids), BATCH):
            wanted = ids[start : start + BATCH]
            found = {row.pk: row for row in self._rows.filter(pk__in=wanted)}
            rows = [found[pk] for pk in wanted if pk in found]
            yield start + len(wanted), len(ids), list(self._view.get_serializer(rows, many=True).data)


def _reading(by: Principal, filters: Mapping[str, str]) -> Request:
    """The request with which the reader would ask for the list."""
    parameters = QueryDict(mutable=True)
    parameters.update(filters)
    plain: Any = HttpRequest()
    plain.method, plain.GET = "GET", parameters
    request = Request(plain)
    request.user = by.user or AnonymousUser()
    request.auth = by
    return request


def _named(public_id: str | None, name: str) -> str:
    if public_id is None:
        raise ValidationError({name: [ErrorDetail(_("This field is required."), code="required")]})
    return public_id


def there_is_none(public_id: str) -> ErrorDetail:
    """What is said of an id under which the reader finds nothing."""
    detail = _("There is nothing with the id “{value}” here.").format(value=public_id)
    return ErrorDetail(detail, code="does_not_exist")


def _listing(viewset: type[ResourceViewSet[Any]], request: Request, path: dict[str, Any]) -> ResourceViewSet[Any]:
    view = viewset()
    view.request, view.args, view.kwargs = request, (), path
    view.action, view.format_kwarg = "list", None
    return view
