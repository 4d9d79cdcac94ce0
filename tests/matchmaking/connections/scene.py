"""Two sides that could be connected, and what tests look at."""

from typing import Any

from rest_framework.test import APIClient

from accounts.principals import Principal
from matchmaking import services
from matchmaking.models import Connection
from notifications.models import Event
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.files import kept_in

URL = "/api/v1/connections"


QUERIES_OF_A_LIST = 1


class Sides:
    """A buyer's member, a supplier's member, and what they talk about."""

    def __init__(self, **requirement_fields: Any) -> None:
        self.buyer = member("buyer")
        self.supplier = member("supplier")
        self.requirement = make.requirement(
            make.verified_buyer(self.buyer.organisation), title="Trục thép", **requirement_fields
        )
        self.firm = make.published_supplier(self.supplier.organisation)

    def request(self) -> Connection:
        return services.request_connection(
            requirement_id=self.requirement.pk, supplier_id=self.firm.pk, message="Xin chào", by=self.buyer
        )

    def body(self) -> dict[str, str]:
        return {"requirement": self.requirement.public_id, "supplier": self.firm.public_id, "message": "Xin chào"}


def post(client: APIClient, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json")


def messages_of(connection: Connection) -> str:
    return f"{URL}/{connection.public_id}/messages"


def send(client: APIClient, connection: Connection, **parts: Any) -> Any:
    """A message as a form; `files` is one file or several."""
    return client.post(messages_of(connection), parts, format="multipart")


def files_kept() -> int:
    """How many files of messages lie in the storage."""
    return len(kept_in(services.ATTACHMENTS))


def row_of(connection: Connection) -> dict[str, Any]:
    return dict(Connection.objects.filter(pk=connection.pk).values().get())


def topics() -> list[str]:
    return list(Event.objects.filter(topic__startswith="connection.").order_by("pk").values_list("topic", flat=True))


def email_of(principal: Principal) -> str:
    assert principal.user is not None
    return principal.user.email
