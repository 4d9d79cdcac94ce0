"""Conditions of database constraints that several models share."""

from django.db.models import Q

MAX_FIGURE = 1e12
"""No figure is larger. PostgreSQL sorts NaN above every number, so an upper bound also keeps NaN out."""


def positive(field: str, *, most: float = MAX_FIGURE) -> Q:
    """The figure is absent, or above 0 and finite."""
    return Q(**{field: None}) | Q(**{f"{field}__gt": 0, f"{field}__lte": most})


def not_negative(field: str, *, most: float = MAX_FIGURE) -> Q:
    """The figure is absent, or 0 or more and finite."""
    return Q(**{field: None}) | Q(**{f"{field}__gte": 0, f"{field}__lte": most})


def three_positive_sides(field: str) -> Q:
    """The array is absent, or length, width and height, each above 0 and finite."""
    sides = Q(**{f"{field}__len": 3})
    for index in range(3):
        sides &= Q(**{f"{field}__{index}__gt": 0, f"{field}__{index}__lte": MAX_FIGURE})
    return Q(**{field: None}) | sides


def coordinates_on_earth() -> Q:
    """Latitude and longitude in degrees, both or neither."""
    on_earth = Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180)
    return Q(latitude=None, longitude=None) | on_earth
