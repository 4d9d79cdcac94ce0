"""Asking all suppliers of a shortlist at once, a connection each, and seeing their answers side by side."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from config.errors import ConflictError, InvalidFactError, LimitReachedError
from matchmaking.errors import ConnectionExistsError, SupplierNotPublishedError
from matchmaking.models import Connection, Shortlist, ShortlistEntry
from matchmaking.services.connections import request_connection
from matchmaking.services.shortlists import locked_shortlist

MOST_ASKED = 50
"""Of one enquiry: as many as the limit of requests lets through at once."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A supplier of the list, the connection by which it is or was asked, and why it was not asked anew."""

    entry: ShortlistEntry
    connection: Connection | None = None
    refusal: ConflictError | None = None


@transaction.atomic
def enquire_shortlist(
    *, shortlist_id: int, message: str = "", suppliers: Collection[str] | None = None, by: Principal
) -> list[Asked]:
    """Ask the suppliers of a list about the requirement that the list is for.

    Who is not published, or talks about it already, is passed over, and said so.

    Args:
        suppliers: public ids of those to ask; all unless given.

    Returns:
        What came of each, in the list's order.

    Raises:
        Shortlist.DoesNotExist, NotAllowedError: see `locked_shortlist`.
        InvalidFactError: the list is for no requirement, or somebody is named who is not on it.
        LimitReachedError: it would be more than `MOST_ASKED`.
        NotAllowedError, BuyerNotVerifiedError, RequirementNotOpenError: as `request_connection`.
    """
    shortlist = locked_shortlist(shortlist_id, by=by)
    if shortlist.requirement_id is None:
        raise InvalidFactError(_("Say first which requirement the shortlist is for."), code="no_requirement")
    entries = _chosen(shortlist, suppliers)
    if len(entries) > MOST_ASKED:
        raise LimitReachedError(limit=MOST_ASKED)
    # In the order of their keys, as each firm is locked: two who ask the same firms wait for each other in no circle.
    in_turn = sorted(entries, key=lambda entry: entry.supplier_id)
    asked = {entry.pk: _ask(entry, shortlist.requirement_id, message, by) for entry in in_turn}
    return [asked[entry.pk] for entry in entries]


def answers_of(shortlist: Shortlist) -> list[Asked]:
    """All entries in order, each with the supplier's newest connection about the list's requirement, in two queries."""
    entries = list(shortlist.entries.select_related("supplier").order_by("position"))
    if shortlist.requirement_id is None:
        return [Asked(entry=entry) for entry in entries]
    among = [entry.supplier_id for entry in entries]
    about = Connection.objects.filter(requirement=shortlist.requirement_id, supplier__in=among)
    newest = {row.supplier_id: row for row in about.order_by("pk")}
    return [Asked(entry=entry, connection=newest.get(entry.supplier_id)) for entry in entries]


def _chosen(shortlist: Shortlist, suppliers: Collection[str] | None) -> list[ShortlistEntry]:
    entries = list(shortlist.entries.select_related("supplier").order_by("position"))
    if suppliers is None:
        return entries
    chosen = [entry for entry in entries if entry.supplier.public_id in suppliers]
    if len(chosen) < len(set(suppliers)):
        raise InvalidFactError(_("Not on this shortlist."), pointer="/suppliers", code="does_not_exist")
    return chosen


def _ask(entry: ShortlistEntry, requirement_id: int, message: str, by: Principal) -> Asked:
    try:
        connection = request_connection(
            requirement_id=requirement_id, supplier_id=entry.supplier_id, message=message, by=by
        )
    except ConnectionExistsError as refusal:
        pair = Connection.objects.filter(requirement=requirement_id, supplier=entry.supplier_id)
        return Asked(entry=entry, connection=pair.latest("pk"), refusal=refusal)
    except SupplierNotPublishedError as refusal:
        return Asked(entry=entry, refusal=refusal)
    return Asked(entry=entry, connection=connection)
