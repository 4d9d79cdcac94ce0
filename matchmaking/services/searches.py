"""Keeping searches: a person's own, in one organisation."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError, LimitReachedError, NotAllowedError
from matchmaking.models import SavedSearch
from matchmaking.services.alerts import know_what_exists
from matchmaking.services.searching import KINDS_OF, Kind, check_filters
from notifications.services import publish

MOST_SEARCHES = 100
"""Of one organisation."""


@transaction.atomic
def save_search(*, values: Mapping[str, Any], by: Principal) -> SavedSearch:
    """Keep a search for the caller. What it finds already counts as known.

    Args:
        values: name and kind; requirement where the kind is `matches`; any of filters and alert.

    Raises:
        NotAllowedError: the caller is no person in an organisation.
        InvalidFactError: its organisation does not search this, or requirement or filters do not fit.
        LimitReachedError: the organisation has `MOST_SEARCHES`.
        SearchTooWideError: there are to be alerts, and it finds more than `MOST_KNOWN`.
    """
    if by.user is None or by.organisation is None:
        raise NotAllowedError(_("An API key belongs to an organisation, not to a person."))
    search = SavedSearch(membership=Membership.objects.get(user=by.user, organisation=by.organisation), **values)
    _check_kind(search, by=by)
    check_filters(search.kind, search.filters, by=by)
    # Whoever saves a search at the same time waits here, so that two cannot pass the limit together.
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    if SavedSearch.objects.filter(membership__organisation=by.organisation).count() >= MOST_SEARCHES:
        raise LimitReachedError(limit=MOST_SEARCHES)
    search.save()
    know_what_exists(search, by=by)
    publish("saved_search.created", subject=search, actor=by)
    return search


@transaction.atomic
def change_search(
    *, search_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> SavedSearch:
    """Change name, filters or alert. With other filters or alerts, what is found at this moment counts as known.

    Raises:
        SavedSearch.DoesNotExist: there is none, or it is another's.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError, SearchTooWideError: as `save_search`.
    """
    search = SavedSearch.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=search_id)
    search.check_version(expected_version)
    for name, value in values.items():
        setattr(search, name, value)
    check_filters(search.kind, search.filters, by=by)
    search.save_next_version()
    if values.keys() & {"filters", "alert"}:
        know_what_exists(search, by=by)
    publish("saved_search.changed", subject=search, actor=by)
    return search


@transaction.atomic
def remove_search(*, search_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Forget a search.

    Raises:
        SavedSearch.DoesNotExist, StaleVersionError: as `change_search`.
    """
    search = SavedSearch.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(pk=search_id)
    search.check_version(expected_version)
    publish("saved_search.removed", subject=search, actor=by)
    search.delete()


def _check_kind(search: SavedSearch, *, by: Principal) -> None:
    if search.kind not in KINDS_OF.get(by.kind, ()):
        raise InvalidFactError(_("Your organisation cannot search this."), pointer="/kind", code="kind_not_offered")
    if (search.kind == Kind.MATCHES) != (search.requirement is not None):
        code = "required" if search.kind == Kind.MATCHES else "not_expected"
        detail = _("Matches are those of a requirement; other searches have none.")
        raise InvalidFactError(detail, pointer="/requirement", code=code)
