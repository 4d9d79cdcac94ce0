"""Keeping shortlists: an organisation's own, shared among its members, known to nobody else but staff."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError, LimitReachedError, NotAllowedError
from matchmaking.errors import SupplierListedError
from matchmaking.models import Shortlist, ShortlistEntry
from notifications.services import publish
from suppliers.models import Supplier

MOST_LISTS = 200
"""Of one organisation."""
MOST_ENTRIES = 500
"""Of one list."""


@transaction.atomic
def create_shortlist(*, values: Mapping[str, Any], by: Principal) -> Shortlist:
    """Start a list for the caller's organisation.

    Args:
        values: name, and any of description and requirement (one that the caller sees).

    Raises:
        NotAllowedError: the caller only reads, or is a supplier.
        LimitReachedError: the organisation has `MOST_LISTS`.
    """
    if not by.can_write or not (by.is_buyer or by.is_staff) or by.organisation is None:
        raise NotAllowedError
    # Whoever starts a list at the same time waits here, so that two cannot pass the limit together.
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    if Shortlist.objects.filter(organisation=by.organisation).count() >= MOST_LISTS:
        raise LimitReachedError(limit=MOST_LISTS)
    shortlist = Shortlist.objects.create(organisation=by.organisation, created_by=by.user, **values)
    _note("shortlist.created", shortlist, by=by)
    return shortlist


@transaction.atomic
def change_shortlist(
    *, shortlist_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> Shortlist:
    """Give a list another name, description or requirement.

    Raises:
        Shortlist.DoesNotExist, NotAllowedError: see `locked_shortlist`.
        StaleVersionError: it has changed since `expected_version`.
    """
    shortlist = locked_shortlist(shortlist_id, by=by)
    shortlist.check_version(expected_version)
    for name, value in values.items():
        setattr(shortlist, name, value)
    shortlist.save_next_version()
    _note("shortlist.changed", shortlist, by=by)
    return shortlist


@transaction.atomic
def remove_shortlist(*, shortlist_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a list with all that stands on it.

    Raises:
        Shortlist.DoesNotExist, NotAllowedError, StaleVersionError: as `change_shortlist`.
    """
    shortlist = locked_shortlist(shortlist_id, by=by)
    shortlist.check_version(expected_version)
    _note("shortlist.removed", shortlist, by=by)
    shortlist.delete()


@transaction.atomic
def add_entries(*, shortlist_id: int, items: Sequence[Mapping[str, Any]], by: Principal) -> list[ShortlistEntry]:
    """Put suppliers on a list, one after the other; all or none.

    Args:
        items: each with a supplier that the caller sees, and any of note and position; at the end unless given.

    Raises:
        Shortlist.DoesNotExist, NotAllowedError: see `locked_shortlist`.
        LimitReachedError: the list would have more than `MOST_ENTRIES`.
        SupplierListedError: one of them is on it already, or is given twice.
        InvalidFactError: a position lies beyond the end.
    """
    shortlist = locked_shortlist(shortlist_id, by=by)
    order = _order_of(shortlist)
    if len(order) + len(items) > MOST_ENTRIES:
        raise LimitReachedError(limit=MOST_ENTRIES)
    listed = {entry.supplier_id: entry for entry in order}
    added = []
    for item in items:
        supplier: Supplier = item["supplier"]
        if present := listed.get(supplier.pk):
            raise SupplierListedError(existing=_address(present) if present.pk else None, supplier=supplier.public_id)
        entry = ShortlistEntry(shortlist=shortlist, supplier=supplier, note=item.get("note", ""), added_by=by.user)
        _insert(order, entry, item.get("position"))
        listed[supplier.pk] = entry
        added.append(entry)
    _write_positions(order)
    _note("shortlist.entries_added", shortlist, by=by, suppliers=[entry.supplier.public_id for entry in added])
    return added


@transaction.atomic
def change_entry(
    *, entry_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> ShortlistEntry:
    """Change the note of an entry, or move it: the others make room and keep their order.

    Raises:
        ShortlistEntry.DoesNotExist, NotAllowedError: see `_locked_with`.
        StaleVersionError: it has changed since `expected_version`; that others moved it does not count.
        InvalidFactError: the position lies beyond the end.
    """
    order, entry = _locked_with(entry_id, by=by)
    entry.check_version(expected_version)
    entry.note = values.get("note", entry.note)
    if "position" in values:
        order.remove(entry)
        _insert(order, entry, values["position"])
        _write_positions(order)
    entry.save_next_version()
    _note("shortlist.entry_changed", entry.shortlist, by=by, suppliers=[entry.supplier.public_id])
    return entry


@transaction.atomic
def remove_entry(*, entry_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Take a supplier off a list; those behind it move up.

    Raises:
        ShortlistEntry.DoesNotExist, NotAllowedError, StaleVersionError: as `change_entry`.
    """
    order, entry = _locked_with(entry_id, by=by)
    entry.check_version(expected_version)
    order.remove(entry)
    _note("shortlist.entry_removed", entry.shortlist, by=by, suppliers=[entry.supplier.public_id])
    entry.delete()
    _write_positions(order)


def locked_shortlist(shortlist_id: int, *, by: Principal) -> Shortlist:
    """A list that the caller may change. Locked: whoever writes on it at the same time waits.

    Raises:
        Shortlist.DoesNotExist: there is none, or the caller may not see it.
        NotAllowedError: it is another organisation's, or the caller only reads.
    """
    visible = Shortlist.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    shortlist = visible.get(pk=shortlist_id)
    if not by.can_write or shortlist.organisation_id != by.organisation_id:
        raise NotAllowedError
    return shortlist


def _locked_with(entry_id: int, *, by: Principal) -> tuple[list[ShortlistEntry], ShortlistEntry]:
    """The entries of a locked list in order, and the one among them.

    Raises:
        ShortlistEntry.DoesNotExist: there is none, the caller may not see it, or somebody just removed it.
        NotAllowedError: see `locked_shortlist`.
    """
    shortlist_id = ShortlistEntry.objects.visible_to(by).values_list("shortlist_id", flat=True).get(pk=entry_id)
    order = _order_of(locked_shortlist(shortlist_id, by=by))
    for entry in order:
        if entry.pk == entry_id:
            return order, entry
    raise ShortlistEntry.DoesNotExist


def _order_of(shortlist: Shortlist) -> list[ShortlistEntry]:
    return list(ShortlistEntry.objects.filter(shortlist=shortlist).select_related("supplier").order_by("position"))


def _insert(order: list[ShortlistEntry], entry: ShortlistEntry, position: int | None) -> None:
    last = len(order) + 1
    if position is not None and not 1 <= position <= last:
        raise InvalidFactError(_("A whole number from 1 to %(most)s.") % {"most": last}, pointer="/position")
    order.insert((position or last) - 1, entry)


def _write_positions(order: Sequence[ShortlistEntry]) -> None:
    """Store the order: positions from 1 without gaps, and the entries that are new."""
    moved = [(entry, place) for place, entry in enumerate(order, start=1) if entry.position != place]
    for entry, place in moved:
        entry.position = place
    ShortlistEntry.objects.bulk_update((entry for entry, _place in moved if entry.pk), ["position"])
    ShortlistEntry.objects.bulk_create(entry for entry in order if not entry.pk)


def _address(entry: ShortlistEntry) -> str:
    return f"/api/v1/shortlists/{entry.shortlist.public_id}/entries/{entry.public_id}"


def _note(topic: str, shortlist: Shortlist, *, by: Principal, **payload: Any) -> None:
    """Record what happened, for the organisation's own eyes: the list is the subject, never a supplier."""
    publish(topic, subject=shortlist, actor=by, audience=[shortlist.organisation_id], payload=payload)
