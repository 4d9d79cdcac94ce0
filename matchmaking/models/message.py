"""What the sides of a connection write to each other."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buyers.models import HIDES_BUYER, Requirement
from config.models import KeptFile, Resource
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

    def withholds_files_from(self, reader: "Principal") -> bool:
        """Whether files of a buyer that is hidden, or asks for an NDA, wait until both sides have agreed."""
        return self.side == Connection.Side.BUYER and self.connection.hides_buyer_from(reader)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Those of connections that the caller sees, but for those that are withheld from it."""
        seen = Connection.objects.visible_to(principal).values("pk")
        is_supplier = Q(message__connection__supplier__organisation_id=principal.organisation_id)
        is_opened = Q(message__connection__state__in=Connection.OPENED)
        hiding = Requirement.objects.filter(HIDES_BUYER).values("pk")
        is_hidden = Q(message__side=Connection.Side.BUYER, message__connection__requirement__in=hiding) & ~is_opened
        return self.filter(message__connection__in=seen).exclude(is_supplier & is_hidden)


class Attachment(KeptFile, Resource):
    """A file that came with a message."""

    PREFIX = "att"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [*KeptFile.Meta.constraints]
