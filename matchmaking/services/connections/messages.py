"""Messages between the sides of a connection. Files are written before their rows."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer
from config.errors import InvalidFactError
from config.uploads import CheckedFile, check_room, check_uploads
from config.uploads.storage import stored
from matchmaking.errors import AttachmentQuotaError, ConnectionEndedError, SupplierNotPublishedError
from matchmaking.models import Attachment, Connection, Message
from matchmaking.services.connections.refusals import refused
from matchmaking.services.connections.sides import BOTH, Side, locked_connection, speaking_side
from matchmaking.services.connections.telling import tell
from suppliers.models import Supplier

ATTACHMENTS = "attachments"
"""Where the files lie in the storage."""


def send_message(*, connection_id: int, text: str = "", files: Sequence[Any] = (), by: Principal) -> Message:
    """Write to the other side, with files or without; for the agency, to both.

    Raises:
        Connection.DoesNotExist: the caller may not see it.
        NotAllowedError: the caller may not write for a side, nor for the agency.
        ConnectionEndedError: it was declined, withdrawn or lost, or has expired.
        BuyerNotVerifiedError, SupplierNotPublishedError: the caller's side is suspended, or no longer shown.
        InvalidFactError: there is neither a text nor a file, or a file is not taken.
        FileTooLargeError: a file is too large.
        AttachmentQuotaError: the connection has too many files, or too large ones.
    """
    with transaction.atomic():
        _writing_side(connection_id, by)  # before a stranger's files are read and stored
    if not files and not text.strip():
        raise InvalidFactError(_("Write something, or attach a file."), pointer="/text", code="required")
    uploads = check_uploads(files, field="files")
    with ExitStack() as storing:
        kept = [(upload, storing.enter_context(stored(upload, folder=ATTACHMENTS))) for upload in uploads]
        return _send(connection_id, text, kept, by=by)


@transaction.atomic
def _send(connection_id: int, text: str, files: Sequence[tuple[CheckedFile, str]], *, by: Principal) -> Message:
    connection, side = _writing_side(connection_id, by)
    if files:
        _check_room([upload for upload, _stored_as in files], connection)
    message = Message.objects.create(connection=connection, side=side, text=text, sent_by=by.user)
    for upload, stored_as in files:
        attachment = Attachment(message=message)
        attachment.take(upload, stored_as)
        attachment.save()
    to = [other for other in BOTH if other != side]
    tell("message.received", connection, by=by, to=to, message=message.public_id)
    return message


def _writing_side(connection_id: int, by: Principal) -> tuple[Connection, Side]:
    connection = locked_connection(connection_id, by)
    side = speaking_side(connection, by, of=(*BOTH, Side.AGENCY))
    if connection.standing() not in Connection.TALKING:
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


def address_of(attachment: Attachment) -> str:
    """Path of a message's file in the API."""
    return f"/api/v1/connections/{attachment.message.connection.public_id}/files/{attachment.public_id}"


def _check_room(uploads: Sequence[CheckedFile], connection: Connection) -> None:
    """
    Raises:
        AttachmentQuotaError: see `send_message`.
    """
    check_room(
        uploads,
        beside=Attachment.objects.filter(message__connection=connection),
        most_files=settings.ATTACHMENTS_PER_CONNECTION,
        most_bytes=settings.ATTACHMENT_BYTES_PER_CONNECTION,
        refusal=AttachmentQuotaError,
    )
