"""Jobs on the wire."""

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.fields import MomentField, ResourceSerializer
from config.api.schema import ProblemErrorSerializer
from jobs.models import Job


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the work is."""

    done = serializers.IntegerField(help_text="Rows, or other steps, that are done.")
    total = serializers.IntegerField(allow_null=True, help_text="Of how many; null while that is not known.")
    phrase = serializers.SerializerMethodField(help_text="What is being done, for people; empty before it begins.")

    def get_phrase(self, job: Job) -> str:
        return gettext(job.phrase) if job.phrase else ""


class ResultFileSerializer(serializers.Serializer[Any]):
    """The file that a job made."""

    name = serializers.CharField(source="file_name")
    media_type = serializers.CharField(source="file_type")
    bytes = serializers.IntegerField(source="file_bytes")
    url = serializers.SerializerMethodField(help_text="Where it is fetched, with the same credentials.")
    expires_at = MomentField(help_text="When it is deleted.")

    def get_url(self, job: Job) -> str:
        return f"/api/v1/jobs/{job.public_id}/result"


class JobErrorSerializer(serializers.Serializer[Any]):
    """Why a job failed: the members of a problem that do not belong to a request."""

    code = serializers.CharField(help_text="Stable; for programs.")
    title = serializers.CharField()
    detail = serializers.CharField(help_text="For people, in the language of Accept-Language.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # As an attribute it would replace the property by which DRF tells what is wrong with a body.
        return {**super().get_fields(), "errors": ProblemErrorSerializer(many=True)}


class JobSerializer(ResourceSerializer):
    """Long work: asked for, done by a worker, looked at here."""

    state = serializers.ChoiceField(choices=Job.Standing.choices, source="standing")
    organisation = serializers.SlugRelatedField[Any](slug_field="public_id", read_only=True, allow_null=True)
    asked_by = serializers.SlugRelatedField[Any](
        slug_field="public_id", read_only=True, allow_null=True, help_text="The person; null for an API key."
    )
    parameters = serializers.DictField(help_text="What was asked for.")
    progress = ProgressSerializer(source="*")
    cancel_requested = serializers.SerializerMethodField(help_text="Somebody wants it to stop.")
    result = serializers.DictField(allow_null=True, help_text="Figures of what was done; null before it has succeeded.")
    file = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            *("id", "kind", "state", "organisation", "asked_by", "parameters", "progress", "cancel_requested"),
            *("result", "file", "error", "request_id", "created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields

    def get_cancel_requested(self, job: Job) -> bool:
        return job.cancel_asked_at is not None

    @extend_schema_field(ResultFileSerializer(allow_null=True))
    def get_file(self, job: Job) -> Any:
        return ResultFileSerializer(job).data if job.has_file else None

    @extend_schema_field(JobErrorSerializer(allow_null=True))
    def get_error(self, job: Job) -> Any:
        if job.outcome != Job.Standing.FAILED:
            return None
        return job.problem() or given_up()


def given_up() -> dict[str, Any]:
    """What is said where every attempt failed for a reason that is ours."""
    detail = gettext("An error of ours. It has been recorded under the request id.")
    return {"code": "internal_error", "title": gettext("The job failed."), "detail": detail, "errors": []}
