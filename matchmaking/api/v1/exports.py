"""The endpoint that writes lists to files."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedInToRead
from config.api.fields import StrictSerializer, TextField
from config.api.filtering import MAX_VALUE_LENGTH
from config.api.views import StrictView
from config.tables.writing import WRITERS
from jobs.api.v1.answers import accepted
from jobs.api.v1.serializers import JobSerializer
from matchmaking.exports.jobs import LISTS, request_export


class ExportWriter(StrictSerializer):
    """Which list, as what."""

    kind = serializers.ChoiceField(
        choices=sorted(LISTS),
        help_text="The list; `matches` is of one requirement, `messages` are of one connection, "
        "`delivery_reports` of one or of all, `shortlist` is what is on one.",
    )
    format = serializers.ChoiceField(choices=sorted(WRITERS), default="csv")
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, required=False, help_text="Of headers and sentences; else that of Accept-Language."
    )
    filters = serializers.DictField(
        child=TextField(max_length=MAX_VALUE_LENGTH),
        default=dict,
        help_text="The query parameters of the list, as text: those that choose and sort. `matches` needs"
        " `requirement`, the id, and takes `eligibility`, `order` and `top`; `shortlist` needs `shortlist`, the id; "
        "`messages` needs `connection`, the id, and `delivery_reports` takes it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"language": (get_language() or "vi").partition("-")[0], **attrs}


class ExportView(StrictView):
    """Lists as files."""

    permission_classes = [SignedInToRead]
    tags_answers = True

    @extend_schema(
        operation_id="exports_request",
        summary="Have a list written to a file",
        request=ExportWriter,
        responses={202: JobSerializer},
    )
    def post(self, request: Request) -> Response:
        """All rows that you see of the list, with the fields that you see. The file is fetched from the job.

        An organisation waits for three at a time; a further one is a 409. Who asked is told by e-mail.
        """
        writer = ExportWriter(data=request.data)
        writer.is_valid(raise_exception=True)
        return accepted(request, request_export(**writer.validated_data, by=request.auth))
