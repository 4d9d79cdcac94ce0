"""How views are described in the OpenAPI file."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One fault in a request."""

    pointer = serializers.CharField(help_text="JSON pointer (RFC 6901) of the field, or the name of the parameter.")
    code = serializers.CharField(help_text="Stable; for programs.")
    detail = serializers.CharField(help_text="For people, in the language of Accept-Language.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField(help_text="Stable; for programs.")
    errors = ProblemErrorSerializer(many=True)
    request_id = serializers.CharField()


class ApiSchema(AutoSchema):
    """drf-spectacular's description, with the errors that any route can answer."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def _get_response_bodies(self, direction: str = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._problem_statuses():
            bodies.setdefault(
                status, self._get_response_for_code(ProblemSerializer, status, ["application/problem+json"], direction)
            )
        return bodies

    def _problem_statuses(self) -> list[str]:
        statuses = ["400", "401", "403"]
        if "{" in self.path:
            statuses.append("404")
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            statuses += ["409", "415"]
        if self.method in ("PUT", "PATCH", "DELETE"):
            statuses += ["412", "428"]
        return statuses
