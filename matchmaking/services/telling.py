"""Telling both sides of new matches: once each, what they may see at that moment, and not too often."""

from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from accounts.principals import ANONYMOUS, Principal
from buyers.models import Requirement
from matchmaking.models import MatchPair, SavedSearch, SearchFinding
from notifications.services import publish
from suppliers.models import Supplier

RECEIVERS_AT_ONCE = 500
"""Requirements, and suppliers, of which news are told in one run."""
NAMED = 10
"""Names in one message; the rest is only counted."""
MOST_IDS = 200
"""Ids in what software is told."""

Side = MatchPair.Side
Kind = SavedSearch.Kind


def tell_of_matches() -> None:
    """Tell buyers of suppliers that match, and suppliers of requirements: each pair once, for a requirement and for a
    supplier once within `settings.MATCHES_TOLD_EVERY`. What could not be told yet is told when it can be."""
    for requirement_id in _receivers(MatchPair.objects.untold(Side.BUYER), "requirement", Side.BUYER):
        _tell_buyer(requirement_id)
    seen = MatchPair.objects.untold(Side.SUPPLIER).perhaps_seen()
    for supplier_id in _receivers(seen, "supplier", Side.SUPPLIER):
        _tell_supplier(supplier_id)


def _receivers(untold: Any, receiver: str, side: str) -> list[int]:
    lately = MatchPair.objects.filter(side=side).told_since(timezone.now() - settings.MATCHES_TOLD_EVERY)
    waiting = untold.exclude(**{f"{receiver}__in": lately.values(receiver)})
    return list(waiting.order_by(receiver).values_list(receiver, flat=True).distinct()[:RECEIVERS_AT_ONCE])


@transaction.atomic
def _tell_buyer(requirement_id: int) -> None:
    pairs = _held(MatchPair.objects.untold(Side.BUYER).filter(requirement=requirement_id))
    if not pairs:
        return
    requirement = pairs[0].requirement
    organisation = requirement.buyer.organisation_id
    publish(
        "match.found",
        subject=requirement,
        actor=ANONYMOUS,
        audience=[organisation],
        people=_members(organisation, but=_told_by_their_search_of(requirement)),
        payload={
            "requirement_title": requirement.title,
            "count": len(pairs),
            "names": [str(pair.supplier) for pair in pairs[:NAMED]],
            "suppliers": [pair.supplier.public_id for pair in pairs[:MOST_IDS]],
        },
    )
    _mark_told(pairs)


@transaction.atomic
def _tell_supplier(supplier_id: int) -> None:
    firm = Supplier.objects.select_related("organisation").get(pk=supplier_id)
    seen = Requirement.objects.visible_to(Principal(organisation=firm.organisation))
    pairs = _held(MatchPair.objects.untold(Side.SUPPLIER).filter(supplier=firm, requirement__in=seen.values("pk")))
    if not pairs:
        return
    publish(
        "opportunity.found",
        subject=firm,
        actor=ANONYMOUS,
        audience=[firm.organisation_id],
        people=_members(firm.organisation_id, but=_told_by_a_search(firm, [pair.requirement_id for pair in pairs])),
        payload={
            "count": len(pairs),
            "titles": [pair.requirement.title for pair in pairs[:NAMED]],
            "requirements": [pair.requirement.public_id for pair in pairs[:MOST_IDS]],
        },
    )
    _mark_told(pairs)


def _held(pairs: Any) -> list[MatchPair]:
    """The best first, locked: whoever tells of the same at the same time finds none."""
    rows = pairs.select_related("requirement__buyer", "supplier__organisation").order_by("-score", "pk")
    return list(rows.select_for_update(of=("self",), skip_locked=True))


def _mark_told(pairs: Sequence[MatchPair]) -> None:
    MatchPair.objects.filter(pk__in=[pair.pk for pair in pairs]).update(told_at=timezone.now())


def _members(organisation_id: int, *, but: Collection[int]) -> list[int]:
    members = Membership.objects.filter(organisation=organisation_id).exclude(user__in=but)
    return list(members.values_list("user_id", flat=True))


def _told_by_their_search_of(requirement: Requirement) -> list[int]:
    """Who keeps a search of the requirement's matches with alerts has chosen how to hear of them."""
    searches = SavedSearch.objects.alerting().filter(kind=Kind.MATCHES, requirement=requirement)
    return list(searches.values_list("membership__user_id", flat=True))


def _told_by_a_search(firm: Supplier, requirement_ids: Sequence[int]) -> list[int]:
    """Those for whom their own searches have found every one of these requirements."""
    searches = SavedSearch.objects.alerting().filter(
        kind=Kind.REQUIREMENTS, membership__organisation=firm.organisation_id
    )
    found = SearchFinding.objects.filter(search__in=searches, thing_id__in=requirement_ids)
    known: dict[int, set[int]] = {}
    for user, thing in found.values_list("search__membership__user_id", "thing_id"):
        known.setdefault(user, set()).add(thing)
    return [user for user, things in known.items() if len(things) == len(requirement_ids)]
