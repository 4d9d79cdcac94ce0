"""How views are described in the OpenAPI file."""

from typing import Any

from django.utils import translation
from drf_spectacular.drainage import error
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One fault in a request."""

    pointer = serializers.CharField(help_text="JSON pointer (RFC 6901) of the field, or the name of the parameter.")
    code = serializers.CharField(help_text="Stable; for programs.")
    detail = serializers.CharField(help_text="For people, in the language of Accept-Language.")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField(help_text="urn:problem-type: and the code; a name, not an address.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField(help_text="Stable; for programs.")
    request_id = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # As an attribute it would replace the property by which DRF tells what is wrong with a body.
        return {**super().get_fields(), "errors": ProblemErrorSerializer(many=True)}


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Of your choice, new for each request. Sent again within 24 hours, the same request changes nothing "
    "more and gets the stored answer with `Idempotent-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
REPLAYED = {"description": "`true` where a stored answer is repeated.", "schema": {"type": "string", "enum": ["true"]}}


class EnglishGenerator(SchemaGenerator):
    """One document for everybody: names and choices in English, whatever the reader's language."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        with translation.override("en"):
            return super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call]


class ApiSchema(AutoSchema):
    """drf-spectacular's description, with the errors that any route can answer."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_operation_id(self) -> str:
        """Only asked where a view names none: one made of the path would change with it."""
        error(f"{self.method} {self.path} needs an operation id")
        return str(super().get_operation_id())

    def get_summary(self) -> str | None:
        """Only asked where a view gives none."""
        error(f"{self.method} {self.path} needs a summary")
        return None

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if "oneOf" in schema and getattr(field, "allow_blank", False):
            schema["anyOf"] = schema.pop("oneOf")  # for readers that check no formats an empty text is both kinds

    def _get_serializer_field_meta(self, field: Any, direction: Direction) -> Any:
        meta = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.JSONField):
            meta.pop("nullable", None)  # null is JSON like any other; said twice, it would match twice and be refused
        return meta

    def _get_parameters(self) -> Any:
        parameters = super()._get_parameters()
        return [*parameters, IDEMPOTENCY_KEY] if self._is_done_once() else parameters

    def _is_done_once(self) -> bool:
        """Whether a key makes this operation safe to send again."""
        return self.method == "POST" and not getattr(self.view, "post_changes_nothing", False)

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for described in bodies.values() if self._is_done_once() else ():
            described.setdefault("headers", {})["Idempotent-Replayed"] = REPLAYED
        for status in self._problem_statuses():
            described = self._get_response_for_code(  # type: ignore[no-untyped-call]
                ProblemSerializer, status, ["application/problem+json"], direction
            )
            bodies.setdefault(status, described)
        return bodies

    def _problem_statuses(self) -> list[str]:
        statuses = ["400", "401", "403"]
        if "{" in self.path:
            statuses.append("404")
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            statuses += ["409", "415"]
        if self.method in ("PUT", "PATCH", "DELETE"):
            statuses += ["412", "428"]
        if self._is_done_once():
            statuses.append("422")
        return statuses
