"""How views are described in the OpenAPI file."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from drf_spectacular.drainage import error
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.utils import Direction
from rest_framework import serializers

from config.api.components import EVERYWHERE, PROBLEMS, headers, ref, shared_components
from config.api.examples import add_examples, example_of
from config.api.shapes import EXPAND, FIELDS, Expansion
from config.api.tags import TAGS
from config.api.wording import put_into_words

CHANGES_OF_A_VERSION = ("PUT", "PATCH", "DELETE")
"""Methods that must say which version they change."""


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


class DocumentGenerator(SchemaGenerator):
    """The document in a language; English where it is written to a file.

    It is made in English in any case, so that names do not depend on the language; then it is put into words.
    """

    language = "en"

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        with translation.override("en"):
            document = super().get_schema(*args, **kwargs)  # type: ignore[no-untyped-call]
            document["webhooks"] = import_string(settings.API_WEBHOOKS)()
        for kind, described in shared_components().items():
            document["components"].setdefault(kind, {}).update(deepcopy(described))  # its words are replaced
        add_examples(document["components"]["schemas"])
        paths = [*document["paths"].values(), *document["webhooks"].values()]
        used = {tag for path in paths for operation in path.values() for tag in operation["tags"]}
        document["tags"] = [{"name": tag, "description": said} for tag, said in TAGS.items() if tag in used]
        with translation.override(self.language):
            put_into_words(document)
        return document


def _names(parameter: str, allowed: list[str], description: str) -> dict[str, Any]:
    """A query parameter that lists names, parted by commas."""
    names = {"type": "array", "items": {"type": "string", "enum": allowed}, "minItems": 1}
    described = {"name": parameter, "in": "query", "description": description, "schema": names}
    return {**described, "style": "form", "explode": False}


class ApiSchema(AutoSchema):
    """drf-spectacular's description, with the errors that any route can answer."""

    def get_tags(self) -> list[str]:
        tag = self.path.removeprefix("/api/v1/").split("/")[0]
        if tag not in TAGS:
            error(f"{self.path} needs a line in config/api/tags.py")
        return [tag]

    def get_operation_id(self) -> str:
        """Only asked where a view names none: one made of the path would change with it."""
        error(f"{self.method} {self.path} needs an operation id")
        return str(super().get_operation_id())

    def get_summary(self) -> str | None:
        """Only asked where a view gives none."""
        error(f"{self.method} {self.path} needs a summary")
        return None

    def _map_serializer(self, serializer: Any, direction: Direction, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if vars(type(serializer)).get("__doc__") is None:
            schema.pop("description", None)  # that of a base class, which speaks to its heirs
        example = example_of(type(force_instance(serializer)))  # type: ignore[no-untyped-call]
        if example is not None and "properties" in schema:
            schema["examples"] = [example]
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if "oneOf" in schema and getattr(field, "allow_blank", False):
            schema["anyOf"] = schema.pop("oneOf")  # for readers that check no formats an empty text is both kinds

    def _get_serializer_field_meta(self, field: Any, direction: Direction) -> Any:
        meta = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.JSONField):
            meta.pop("nullable", None)  # null is JSON like any other; said twice, it would match twice and be refused
        return meta

    def _get_parameters(self) -> list[Any]:
        headers = (ref("parameters", name) for name in self._request_headers())
        return [*super()._get_parameters(), *self._shapes(), *headers]

    def _shapes(self) -> Iterator[dict[str, Any]]:
        """The parameters by which a caller chooses what an answer shows."""
        if getattr(self.view, "action", "") not in ("list", "retrieve") or not hasattr(self.view, "shaped"):
            return
        view: Any = self.view
        serializer = view.get_serializer()
        yield _names(
            FIELDS,
            sorted(serializer.fields),
            "Show only these, and the id: what is required below may then be missing.",
        )
        if serializer.expansions:
            yield _names(EXPAND, sorted(serializer.expansions), "Carry these along, whole, under `expanded`.")

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        expansions: Mapping[str, Expansion] = getattr(serializer, "expansions", {})
        if expansions and direction == "response":
            related = {name: self._or_null(each.serializer) for name, each in sorted(expansions.items())}
            described = {"type": "object", "properties": related, "description": "Only with `?expand=`."}
            schema["properties"]["expanded"] = described
        return schema

    def _or_null(self, serializer: type[Any]) -> dict[str, Any]:
        return {"oneOf": [self.resolve_serializer(serializer, "response").ref, {"type": "null"}]}

    def _request_headers(self) -> list[str]:
        """Components of the headers that this operation reads."""
        named = ["AcceptLanguage"]
        if self._takes_sign_in():
            named.append("Organisation")
        if self.method in CHANGES_OF_A_VERSION:
            named.append("IfMatch")
        if self.method == "POST" and getattr(self.view, "may_name_version", False):
            named.append("IfMatchIfGiven")
        if self.method == "GET" and self._is_tagged():
            named.append("IfNoneMatch")
        if self._is_done_once():
            named.append("IdempotencyKey")
        return named

    def is_deprecated(self) -> bool:
        return getattr(self.view, "deprecation", None) is not None

    def _is_done_once(self) -> bool:
        """Whether a key makes this operation safe to send again."""
        return self.method == "POST" and not getattr(self.view, "post_changes_nothing", False)

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status, answer in bodies.items():
            answer["headers"] = {**headers(*self._answer_headers(status)), **answer.get("headers", {})}
            answer["description"] = answer.get("description") or HTTPStatus(int(status)).phrase
        if self.method == "GET" and self._is_tagged():
            bodies["304"] = {"description": "What you have is current.", "headers": headers("RequestId", "ETag")}
        self.resolve_serializer(ProblemSerializer, "response")
        for problem in self._problem_statuses():
            bodies.setdefault(str(problem), ref("responses", PROBLEMS[problem].name))
        return dict(sorted(bodies.items()))

    def _answer_headers(self, status: str) -> list[str]:
        named = ["RequestId"]
        if status in ("200", "201", "202") and self._is_tagged():
            named.append("ETag")
        if status in ("201", "202") and not self._is_bulk():
            named.append("Location")
        if self._is_done_once():
            named.append("IdempotentReplayed")
        return named

    def _problem_statuses(self) -> list[int]:
        statuses = [status for status in EVERYWHERE if status != 401 or self._takes_sign_in()]
        if "{" in self.path:
            statuses.append(404)
        if self.method in ("POST", "PUT", "PATCH"):
            statuses += [409, 411, 413, 415]
        if self.method in CHANGES_OF_A_VERSION:
            statuses += [409, 412, 428]
        if self.method == "POST" and getattr(self.view, "may_name_version", False):
            statuses.append(412)
        if self._is_done_once():
            statuses.append(422)
        return [*statuses, *getattr(self.view, "further_problems", ())]

    def _takes_sign_in(self) -> bool:
        return bool(self.view.get_authenticators())

    def _is_tagged(self) -> bool:
        """Whether a success carries an ETag."""
        tagged: bool = getattr(self.view, "tags_lists" if self._is_list_view() else "tags_answers")
        return tagged and not self._is_bulk()

    def _is_bulk(self) -> bool:
        """Whether it answers with many resources, each of which has an address and a tag of its own."""
        return bool(self.path.endswith("/bulk"))
