"""What both sides see of each other once they have agreed, and until when."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.services import disclose_contacts, keep_disclosures_between
from buyers.models import RequirementAudience
from matchmaking.models import Connection

CONTACTS_KEPT = timedelta(days=90)
"""How long each side sees the other's contacts after the connection has ended."""


def open_doors(connection: Connection) -> None:
    """Show each side the other's contacts, and the supplier whose requirement it is."""
    keep_doors_open(connection, until=None)
    told = RequirementAudience.objects.filter(requirement=connection.requirement)
    told.filter(organisation=connection.supplier.organisation).update(knows_buyer=True)


def keep_doors_open(connection: Connection, *, until: datetime | None) -> None:
    """Let each side read the other's contacts until then; None: as long as the connection lives."""
    buyer, supplier = connection.requirement.buyer.organisation, connection.supplier.organisation
    disclose_contacts(reader=buyer, subject=supplier, reason=connection.public_id, until=until)
    disclose_contacts(reader=supplier, subject=buyer, reason=connection.public_id, until=until)


@transaction.atomic
def move_doors(*, supplier_id: str) -> None:
    """After a merge of firms or its undo, let exactly what a firm's connections open be open to it. Safe to repeat.

    Args:
        supplier_id: public id of one of the two firms.
    """
    opened = Connection.objects.filter(supplier__public_id=supplier_id, state__in=Connection.OPENED)
    for connection in opened.with_both_sides().select_for_update(of=("self",)).order_by("pk"):
        buyer, supplier = connection.requirement.buyer.organisation, connection.supplier.organisation
        keep_disclosures_between(buyer, supplier, reason=connection.public_id)
    told = RequirementAudience.objects.filter(organisation__supplier__public_id=supplier_id)
    agreed = opened.values("requirement")
    told.filter(knows_buyer=True).exclude(requirement__in=agreed).update(knows_buyer=False)
    told.filter(knows_buyer=False, requirement__in=agreed).update(knows_buyer=True)
