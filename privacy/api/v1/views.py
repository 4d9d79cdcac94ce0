"""Endpoints by which people use their rights to their personal data."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.v1.people import person_of
from config.api.acts import NothingWriter, act
from config.api.fields import ExactTextField, ResourceSerializer, StrictSerializer, TextField
from config.api.views import ResourceViewSet
from privacy import services
from privacy.models import DataRequest


class DataRequestSerializer(ResourceSerializer):
    """What one has asked about one's personal data."""

    job = serializers.CharField(
        source="job.public_id", allow_null=True, default=None, help_text="The job that makes the copy: see /jobs."
    )

    class Meta:
        model = DataRequest
        fields = [
            *("id", "kind", "state", "state_reason", "details", "acknowledge_by", "due_on", "acknowledged_at"),
            *("decided_at", "job", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class DataRequestWriter(StrictSerializer):
    """What is asked."""

    kind = serializers.ChoiceField(choices=DataRequest.Kind.choices)
    details = TextField(
        max_length=4000, required=False, allow_blank=True, help_text="What is to be corrected, restricted, told."
    )
    password = ExactTextField(
        max_length=1000, required=False, trim_whitespace=False, help_text="Your password. Needed for erasure."
    )


@extend_schema_view(
    list=extend_schema(operation_id="me_data_requests_list", summary="Your requests about your personal data"),
    retrieve=extend_schema(operation_id="me_data_requests_retrieve", summary="One of your requests"),
)
class DataRequestViewSet(ResourceViewSet[DataRequest]):
    """Requests about one's own personal data: a copy, information, correction, restriction, withdrawal, erasure."""

    queryset = DataRequest.objects.select_related("job")
    serializer_class = DataRequestSerializer
    writer_class = DataRequestWriter

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        person_of(request)

    @extend_schema(
        operation_id="me_data_requests_create",
        summary="Ask for a copy of your data, for correction, for erasure …",
        request=DataRequestWriter,
        responses={201: DataRequestSerializer, 202: DataRequestSerializer},
    )
    def create(self, request: Request) -> Response:
        """A copy is made at once: 202, and the job in `Location`. All else is answered by staff until `due_on`."""
        asked = services.ask_about_data(**self.read(), by=request.auth)
        if asked.job is None:
            return self.answer(asked, status=201)
        response = self.answer(asked, status=202)
        response["Location"] = f"/api/v1/jobs/{asked.job.public_id}"
        return response

    @act(
        NothingWriter,
        operation_id="me_data_requests_withdraw",
        summary="Take a request back",
        answer=DataRequestSerializer,
    )
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002
        self.read()
        return self.answer(services.withdraw_request(request_id=self.get_object().pk, by=request.auth))
