"""What ends or grows old by itself, and whom that is told: certificates, and figures of capacity.

Each run tells what has not been told yet, so that it may run at any time, twice, or not at all for some days.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.principals import ANONYMOUS
from notifications.services import publish, untold
from suppliers.models import Capability, Certificate, Supplier

WARNED_DAYS = (60, 30, 7)
"""So many days before a certificate ends its firm is told."""
TOLD_AFTER_DAYS = 30
"""For so long after its end it is told that a certificate has ended; a list from a file may hold far older ones."""
CAPACITY_HOLDS = timedelta(days=90)
"""For so long a figure of capacity is taken to hold. After each further such time it is asked for again."""
MOST_NAMED = 200
STANDING = (Supplier.State.SUBMITTED, Supplier.State.CHANGES_REQUESTED, Supplier.State.PUBLISHED)


def warn_of_certificates(*, today: date) -> int:
    """Tell firms which of their certificates end soon or have ended, where no newer one takes their place.

    Returns:
        How many messages were published.
    """
    first, last = today - timedelta(days=TOLD_AFTER_DAYS), today + timedelta(days=max(WARNED_DAYS))
    ending = _unreplaced().filter(expires_on__range=(first, last)).order_by("expires_on", "pk")
    facts = {_fact_of(row, today): row for row in ending.select_related("supplier__organisation", "standard")}
    return sum(_tell_of(facts[fact], fact) for fact in untold(facts))


def ask_for_capacity(*, today: date) -> int:
    """Ask published firms whose figures of capacity have grown old to look at them: once for all, and again after
    each further 90 days.

    Returns:
        How many firms were asked.
    """
    asked = {}
    for supplier, old in _by_firm(today):
        oldest = old[0].monthly_capacity_observed_on
        if oldest is not None:
            times = (today - oldest) // CAPACITY_HOLDS
            asked[f"capacity.outdated {supplier.public_id} {oldest} {times}"] = (supplier, oldest, old)
    return sum(_ask(fact, *asked[fact]) for fact in untold(asked))


def _unreplaced() -> QuerySet[Certificate]:
    """Certificates of firms that want to be found, without those for which a later one stands."""
    later = Q(never_expires=True) | Q(expires_on__gt=OuterRef("expires_on"))
    same_place = Q(site=OuterRef("site")) | Q(site=None)
    others = Certificate.objects.standing().filter(supplier=OuterRef("supplier"), standard=OuterRef("standard"))
    return Certificate.objects.standing().filter(
        ~Exists(others.filter(later, same_place)), supplier__state__in=STANDING
    )


def _fact_of(row: Certificate, today: date) -> str:
    """Names the nearest of the days on which it is told: of several that were missed, that alone is told."""
    assert row.expires_on is not None  # noqa: S101 - chosen by it
    left = (row.expires_on - today).days
    if left < 0:
        return f"certificate.expired {row.public_id} {row.expires_on}"
    return f"certificate.expiring {row.public_id} {row.expires_on} {min(days for days in WARNED_DAYS if left <= days)}"


@transaction.atomic
def _tell_of(row: Certificate, fact: str) -> bool:
    payload = {
        "certificate": row.public_id,
        "standard": row.standard.code,
        "expires_on": str(row.expires_on),
    }
    publish(
        fact.partition(" ")[0],
        subject=row.supplier,
        actor=ANONYMOUS,
        audience=[row.supplier.organisation_id],
        payload=payload,
        fact=fact,
    )
    return True


def _by_firm(today: date) -> Iterator[tuple[Supplier, list[Capability]]]:
    """Published firms with old figures, each with the capabilities that have them, the oldest first."""
    old = Capability.objects.filter(
        site__supplier__state=Supplier.State.PUBLISHED,
        monthly_capacity__isnull=False,
        monthly_capacity_observed_on__lt=today - CAPACITY_HOLDS,
    ).exclude(withdrawn__has_key="monthly_capacity")
    supplier, rows = None, list[Capability]()
    ordered = old.select_related("site__supplier__organisation").order_by(
        "site__supplier", F("monthly_capacity_observed_on").asc(), "pk"
    )
    for row in ordered.iterator():
        if supplier is not None and row.site.supplier_id != supplier.pk:
            yield supplier, rows
            rows = []
        supplier = row.site.supplier
        rows.append(row)
    if supplier is not None:
        yield supplier, rows


@transaction.atomic
def _ask(fact: str, supplier: Supplier, oldest: date, old: list[Capability]) -> bool:
    named = [row.public_id for row in old[:MOST_NAMED]]
    publish(
        "capacity.outdated",
        subject=supplier,
        actor=ANONYMOUS,
        audience=[supplier.organisation_id],
        payload={"capabilities": named, "observed_on": str(oldest)},
        fact=fact,
    )
    return True
