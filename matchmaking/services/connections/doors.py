"""What both sides see of each other once they have agreed, and until when."""

from datetime import datetime, timedelta

from accounts.services import disclose_contacts
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
