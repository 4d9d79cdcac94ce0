"""What the sides of a connection write to each other."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from matchmaking.models.connection import Connection, PartOfConnectionQuerySet

if TYPE_CHECKING:
    from accounts.principals import Principal


class Message(Resource):
    """Something that a side of a connection, or the agency, says to the others. It stays as it was sent."""

    PREFIX = "msg"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(_("from"), max_length=8, choices=Connection.Side.choices)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PartOfConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.public_id} ({self.side})"

    def withholds_attachment_from(self, reader: "Principal") -> bool:
        """Whether a file of a buyer that is hidden, or asks for an NDA, waits until both sides have agreed."""
        return self.side == Connection.Side.BUYER and self.connection.hides_buyer_from(reader)


class Attachment(models.Model):
    """The file that came with a message. Its content lies in the storage `uploads`, checked by `config.uploads`."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="attachment")
    name = models.CharField(_("name of the file"), max_length=255)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64, help_text=_("Hex."))
    stored_as = models.CharField(max_length=100, unique=True, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_has_a_sha256"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="attachment_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
