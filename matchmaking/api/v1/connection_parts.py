"""What stands below a connection: `connections/{id}/messages`, `files`, `delivery-reports`, `outcomes`."""

from typing import ClassVar, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from config.api.views import ResourceViewSet
from matchmaking.models import Attachment, Connection, DeliveryReport, Message, Outcome

Row = TypeVar("Row", bound=Message | Attachment | DeliveryReport | Outcome)


class BelowConnection(ResourceViewSet[Row]):
    """Rows of one connection. `connection` leads from a row to it."""

    connection: ClassVar[str] = "connection"

    def get_queryset(self) -> QuerySet[Row]:
        return super().get_queryset().filter(**{self.connection: self.connection_id()})

    def connection_id(self) -> int:
        """Of the connection in the path: a 404 where the caller may not see it."""
        visible = Connection.objects.visible_to(self.request.auth).only("public_id")
        return get_object_or_404(visible, public_id=self.kwargs["connection_id"]).pk
