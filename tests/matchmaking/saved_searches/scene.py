"""What tests of saved searches begin with, and what they look at."""

from typing import Any

from django.db.models import F

from accounts.principals import Principal
from matchmaking import services
from matchmaking.models import SavedSearch, SearchNote
from notifications.models import Event
from suppliers.models import Supplier, SupplierChange
from tests.factories import matchmaking as make

URL = "/api/v1/saved-searches"


CNC = {"process": "cnc_turning"}


QUERIES_OF_A_LIST = 1


def saved(by: Principal, kind: str = "suppliers", *, alert: str = "at_once", **values: Any) -> SavedSearch:
    given = {"name": "CNC", "kind": kind, "filters": CNC, "alert": alert}
    return services.save_search(values={**given, **values}, by=by)


def cnc_firm(**fields: Any) -> Supplier:
    """A published firm that the search for CNC turning finds."""
    firm = make.published_supplier(**fields)
    make.capability(firm)
    return firm


def look() -> None:
    """Look at the changes. A test is one transaction, and of one the feed notes each firm once: as if it were another.

    The feed itself stays: the catalogue reads it.
    """
    services.look_at_changes()
    SupplierChange.objects.update(changed_in=F("changed_in") + 1)
    SearchNote.objects.all().delete()


def told_of(topic: str = "saved_search.matched") -> list[list[str]]:
    return [event.payload["found"] for event in Event.objects.filter(topic=topic).order_by("pk")]


def known_to(search: SavedSearch) -> set[int]:
    return set(search.findings.values_list("thing_id", flat=True))


def results_of(client: Any, search: SavedSearch) -> list[dict[str, Any]]:
    answer = client.get(f"{URL}/{search.public_id}/results")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["results"]
    return found
