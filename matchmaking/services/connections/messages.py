"""Messages between the sides of a connection. A file is written before its row."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer
from config.errors import InvalidFactError
from config.uploads import CheckedFile, check_upload
from matchmaking.errors import AttachmentQuotaError, ConnectionEndedError, SupplierNotPublishedError
from matchmaking.models import Attachment, Connection, Message
from matchmaking.services.connections.refusals import refused
from matchmaking.services.connections.sides import BOTH, Side, locked_connection, speaking_side
from matchmaking.services.connections.telling import tell
from suppliers.models import Supplier
from suppliers.storage import stored

ATTACHMENTS = "attachments"
"""Where the files lie in the storage."""
OPEN = (*Connection.WAITING, *Connection.ENGAGED)


def send_message(*, connection_id: int, text: str = "", file: Any = None, by: Principal) -> Message:
    """Write to the other side, with a file where one is given; for the agency, to both.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for a side, nor for the agency.
        ConnectionEndedError: it was declined, withdrawn or lost, or has expired.
        BuyerNotVerifiedError, SupplierNotPublishedError: the caller's side is suspended, or no longer shown.
        InvalidFactError: there is neither a text nor a file, or the file is not taken.
        FileTooLargeError: the file is too large.
        AttachmentQuotaError: the connection has too many files, or too large ones.
    """
    with transaction.atomic():
        _writing_side(connection_id, by)  # before a stranger's file is read and stored
    if file is None:
        if not text.strip():
            raise InvalidFactError(_("Write something, or attach a file."), pointer="/text", code="required")
        return _send(connection_id, text, by=by)
    upload = check_upload(file)
    with stored(upload, folder=ATTACHMENTS) as stored_as:
        return _send(connection_id, text, upload, stored_as, by=by)


@transaction.atomic
def _send(
    connection_id: int, text: str, upload: CheckedFile | None = None, stored_as: str = "", *, by: Principal
) -> Message:
    connection, side = _writing_side(connection_id, by)
    message = Message.objects.create(connection=connection, side=side, text=text, sent_by=by.user)
    if upload is not None:
        _attach(message, upload, stored_as)
    to = [other for other in BOTH if other != side]
    tell("message.received", connection, by=by, to=to, message=message.public_id)
    return message


def _writing_side(connection_id: int, by: Principal) -> tuple[Connection, Side]:
    connection = locked_connection(connection_id, by)
    side = speaking_side(connection, by, of=(*BOTH, Side.AGENCY))
    if connection.standing() not in OPEN:
        raise refused(ConnectionEndedError, connection)
    _require_good_standing(connection, side)
    return connection, side


def _require_good_standing(connection: Connection, side: Side) -> None:
    """Whom staff do not vouch for reads on, but writes to nobody.

    Raises:
        BuyerNotVerifiedError, SupplierNotPublishedError: see `send_message`.
    """
    buyer, supplier = connection.requirement.buyer, connection.supplier
    if side == Side.BUYER and buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer may write messages."), state=buyer.state)
    if side == Side.SUPPLIER and supplier.state != Supplier.State.PUBLISHED:
        raise SupplierNotPublishedError(_("Only a published supplier may write messages."), state=supplier.state)


def _attach(message: Message, upload: CheckedFile, stored_as: str) -> None:
    kept = Attachment.objects.filter(message__connection=message.connection)
    sums = kept.aggregate(files=Count("pk"), size_bytes=Sum("size_bytes", default=0))
    most_files, most_bytes = settings.ATTACHMENTS_PER_CONNECTION, settings.ATTACHMENT_BYTES_PER_CONNECTION
    if sums["files"] >= most_files or sums["size_bytes"] + upload.size_bytes > most_bytes:
        raise AttachmentQuotaError(most_files=most_files, most_bytes=most_bytes, **sums)
    Attachment.objects.create(
        message=message,
        name=upload.name,
        media_type=upload.media_type,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        stored_as=stored_as,
    )
