"""Files that people sent, on the wire: how one is taken, and the endpoint that gives it back."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from config.api.files import AnyMediaType
from config.uploads import TYPES
from config.uploads.storage import handed_out


def file_field() -> serializers.FileField:
    """Of a writer that takes one file."""
    return serializers.FileField(
        allow_empty_file=True,
        help_text="PDF, PNG, JPEG, XLSX, CSV, STEP or DXF of at most 10 MB, without macros and scripts.",
    )


def content_of_file(operation_id: str) -> Any:
    """`GET …/{id}/content`, for viewsets whose rows are files: the file itself; 410 where it is lost."""

    def content(view: Any, _request: Request, **_path: Any) -> StreamingHttpResponse:
        return handed_out(view.get_object())

    routed = action(detail=True, content_negotiation_class=AnyMediaType, tags_answers=False, further_problems=(410,))(
        content
    )
    return extend_schema(
        operation_id=operation_id,
        summary="The file itself",
        responses={(200, file_type.media_type): OpenApiTypes.BINARY for file_type in TYPES},
    )(routed)
