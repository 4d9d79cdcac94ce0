"""What saved searches look through, and how: the lists of firms and requirements, and the ranking of a requirement.

Each is searched with the very filters of its list, as its owner may see it at this moment.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django_filters.rest_framework import FilterSet
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models import Organisation
from accounts.principals import Principal
from buyers.api.v1.filters import RequirementFilters
from buyers.models import Buyer, Requirement
from config.api.filtering import NO_VALUE, refuse_bad_values
from config.errors import InvalidFactError
from matchmaking.api.v1.match_serializers import SelectionSerializer
from matchmaking.models import SavedSearch, SearchNote
from matchmaking.services.matches import Wanted, match_requirement
from suppliers.api.v1.filters import SupplierFilters
from suppliers.models import Supplier

Kind = SavedSearch.Kind
Thing = SearchNote.Thing

KINDS_OF: Mapping[str | None, frozenset[Kind]] = {
    Organisation.Kind.SUPPLIER: frozenset({Kind.REQUIREMENTS}),
    Organisation.Kind.BUYER: frozenset({Kind.SUPPLIERS, Kind.MATCHES}),
    Organisation.Kind.AGENCY: frozenset(Kind),
}
"""What the members of an organisation may search, by its kind."""

THING_OF = {Kind.SUPPLIERS: Thing.SUPPLIER, Kind.MATCHES: Thing.SUPPLIER, Kind.REQUIREMENTS: Thing.REQUIREMENT}
"""What is found, by kind of search."""


@dataclass(frozen=True)
class Asker:
    """Stands where a filterset expects the request: it is asked on whose behalf it filters, and nothing else."""

    auth: Principal


def results(search: SavedSearch, *, by: Principal) -> Any:
    """The suppliers or requirements that the search finds now, as far as `by` may see them.

    Raises:
        InvalidFactError: its filters are none of the list's, or not any more.
    """
    if search.kind == Kind.MATCHES:
        return Supplier.objects.published().filter(public_id__in=_matching(search, by))
    rows: Any = Supplier.objects if search.kind == Kind.SUPPLIERS else Requirement.objects
    return _filtered(search, rows.visible_to(by), by)


def news(search: SavedSearch, *, by: Principal, among: Collection[int] | None = None) -> set[int]:
    """Keys of what the search finds, is there to be talked to, and is not known to it yet.

    Args:
        among: look only at the things with these keys.
    """
    rows = results(search, by=by)
    if among is not None:
        rows = rows.filter(pk__in=among)
    rows = (
        rows.published() if THING_OF[Kind(search.kind)] == Thing.SUPPLIER else rows.filter(state=Requirement.State.OPEN)
    )
    return set(rows.exclude(pk__in=search.findings.values("thing_id")).order_by().values_list("pk", flat=True))


def with_names(rows: Any) -> Any:
    """Suppliers are called what their organisations are called; requirements carry their titles."""
    return rows.select_related("organisation") if rows.model is Supplier else rows


def check_filters(kind: str, filters: Mapping[str, str], *, by: Principal) -> None:
    """Refuse filters that the list would refuse.

    Raises:
        InvalidFactError: pointing at `/filters/…`.
    """
    known = SelectionSerializer().fields if kind == Kind.MATCHES else _filterset_of(kind).base_filters
    for name in filters:
        if name not in known:
            raise InvalidFactError(_("Unknown parameter."), pointer=f"/filters/{name}", code="unknown_field")
        if not filters[name].strip():
            raise InvalidFactError(_(NO_VALUE), pointer=f"/filters/{name}", code="no_value")
    if kind == Kind.MATCHES:
        _selection(filters)
    else:
        _filterset(kind, filters, Supplier.objects.none() if kind == Kind.SUPPLIERS else Requirement.objects.none(), by)


def _filterset_of(kind: str) -> type[FilterSet]:
    return SupplierFilters if kind == Kind.SUPPLIERS else RequirementFilters


def _filtered(search: SavedSearch, rows: Any, by: Principal) -> Any:
    return _filterset(search.kind, search.filters, rows, by).qs


def _filterset(kind: str, filters: Mapping[str, str], rows: Any, by: Principal) -> FilterSet:
    filterset = _filterset_of(kind)(data=dict(filters), queryset=rows, request=Asker(by))
    try:
        refuse_bad_values(filterset)
    except ValidationError as faults:
        _refuse(faults.detail)
    return filterset


def _selection(filters: Mapping[str, str]) -> dict[str, Any]:
    selection = SelectionSerializer(data=dict(filters))
    if not selection.is_valid():
        _refuse(selection.errors)
    return dict(selection.validated_data)


def _matching(search: SavedSearch, by: Principal) -> list[str]:
    """Public ids of the suppliers on the wanted lines of the ranking; none where `by` may not read it now."""
    readable = Requirement.objects.visible_to(by).owned_by(by).select_related("buyer", "plant")
    requirement = readable.filter(saved_searches=search).first()
    if requirement is None or not (by.is_staff or requirement.buyer.state == Buyer.State.VERIFIED):
        return []
    return match_requirement(requirement, Wanted(**_selection(search.filters))).supplier_ids


def _refuse(faults: Any) -> NoReturn:
    name, details = next(iter(faults.items()))
    detail: ErrorDetail = details[0]
    raise InvalidFactError(detail, pointer=f"/filters/{name}", code=detail.code)
