"""Acts on one resource: `POST …/{id}/verb`, and the bodies that most of them take."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from config.api.fields import StrictSerializer, TextField

LONGEST_REASON = 500
Method = TypeVar("Method", bound=Callable[..., Response])


class NothingWriter(StrictSerializer):
    """An act that takes no details: an empty body, or none."""


class ReasonWriter(StrictSerializer):
    """Why."""

    reason = TextField(max_length=LONGEST_REASON)


class OptionalReasonWriter(StrictSerializer):
    """Why, if there is something to say."""

    reason = TextField(required=False, allow_blank=True, max_length=LONGEST_REASON)


def act(
    writer: type[Any],
    *,
    operation_id: str,
    summary: str,
    answer: type[Any] | dict[int, type[Any]],
    path: str | None = None,
    may_name_version: bool = False,
) -> Callable[[Method], Method]:
    """A POST that does something with one resource, and how the OpenAPI file describes it.

    Args:
        writer: reads the body.
        answer: what the resource looks like afterwards; by status where that is not 200.
        path: the verb in the route, where it is not the name of the method.
        may_name_version: whether If-Match may name the version that was judged.
    """

    def decorate(method: Method) -> Method:
        extra: dict[str, Any] = {"url_path": path} if path else {}
        if may_name_version:
            extra["may_name_version"] = True
        acting = action(detail=True, methods=["post"], writer_class=writer, **extra)(method)
        # Described last: action() replaces what a description keeps on the method.
        described = extend_schema(operation_id=operation_id, summary=summary, request=writer, responses=answer)(acting)
        return cast("Method", described)

    return decorate
