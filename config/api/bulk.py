"""Many new resources in one request, all or none: `POST <collection>/bulk`."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.fields import StrictSerializer
from config.errors import DomainError, InvalidFactError

MOST_ITEMS = 100
TOO_MANY = _("At most {max_length} items at once. Longer lists are imported from a file, with a report for each row.")


def bulk(writer: type[Any], answer: type[Any], *, operation_id: str, summary: str) -> Callable[..., Response]:
    """The operation, for a viewset whose `create_row(values)` makes one of them.

    Args:
        writer: reads one item.
        answer: shows one of what was made.
    """
    name = writer.__name__.removesuffix("Writer")
    items = writer(many=True, allow_empty=False, max_length=MOST_ITEMS, error_messages={"max_length": TOO_MANY})
    origin = {"__module__": writer.__module__}
    reader = type(
        f"{name}ItemsWriter", (StrictSerializer,), {**origin, "__doc__": "What is to be made.", "items": items}
    )
    shown = type(f"{name}ItemsSerializer", (serializers.Serializer,), {**origin, "results": answer(many=True)})

    def bulk(view: Any, _request: Request, **_path: str) -> Response:
        """All or none, at most 100, in the order given. A fault's pointer names the item."""
        rows = create_all(view.create_row, view.read()["items"])
        return Response({"results": view.shown_in_order(rows)}, status=201)

    acting = action(detail=False, methods=["post"], writer_class=reader)(bulk)
    described = extend_schema(operation_id=operation_id, summary=summary, request=reader, responses={201: shown})
    operation: Callable[..., Response] = described(acting)
    return operation


@transaction.atomic
def create_all(create_row: Callable[[dict[str, Any]], Any], items: Sequence[dict[str, Any]]) -> list[Any]:
    """Make a row of each item, in one transaction.

    Raises:
        DomainError: an item was refused, and with it all; it says which one.
    """
    made: list[Any] = []
    for index, values in enumerate(items):
        made.append(_created(create_row, values, f"/items/{index}", made))
    return made


def _created(
    create_row: Callable[[dict[str, Any]], Any], values: dict[str, Any], pointer: str, made: Sequence[Any]
) -> Any:
    try:
        return create_row(values)
    except InvalidFactError as fault:
        fault.pointer = pointer + fault.pointer
        raise
    except DomainError as refusal:
        existing = str(refusal.context.get("existing"))
        if any(existing.endswith(row.public_id) for row in made):
            del refusal.context["existing"]  # it goes with the rest
        refusal.context["errors"] = [{"pointer": pointer, "code": refusal.code, "detail": str(refusal.detail)}]
        raise
