"""Endpoints of lists of firms on their way in: `imports`. For staff alone; long work is a job."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedIn
from config.api.acts import NothingWriter, act
from config.api.conditional import NO_VERSION, tagged
from config.api.fields import (
    DayField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
    WholeNumberField,
)
from config.api.pagination import CursorPages
from config.api.parsers import StrictJSONParser
from config.api.uploads import UploadParser
from config.api.views import ResourceViewSet
from config.iso import check_country
from jobs.api.v1.answers import accepted
from jobs.api.v1.serializers import JobSerializer
from suppliers.imports import lists
from suppliers.imports.columns import HEADINGS, IGNORE
from suppliers.imports.likenesses import NEW
from suppliers.imports.report import Result
from suppliers.imports.words import CHOICES, words_of
from suppliers.models import Import
from taxonomy.models.terms import LONGEST_TERM

FIELDS = [IGNORE, *HEADINGS]
MOST_DECISIONS = 500
RESULTS = [(result.value, result.value) for result in Result]


class ImportSerializer(ResourceSerializer):
    """A list of firms that was sent: how its columns are read, what was decided, and what becomes of its rows."""

    uploaded_by = serializers.SlugRelatedField[Any](slug_field="public_id", read_only=True, allow_null=True)
    job = serializers.SlugRelatedField[Any](
        slug_field="public_id", read_only=True, allow_null=True, help_text="The last one that worked on it."
    )
    samples = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Some texts of each column."
    )
    headings = serializers.ListField(child=serializers.CharField())
    columns = serializers.DictField(
        child=serializers.ChoiceField(choices=FIELDS),
        help_text="By heading: the field that the column fills, or `-`. At first as the last list with the same"
        " headings had them, else as the headings say.",
    )
    decided = serializers.DictField(
        child=serializers.CharField(), help_text="By row: id of the firm that it is, or `new`."
    )
    count = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many rows have which result; empty before the preview."
    )
    is_outdated = serializers.BooleanField(help_text="Something was decided since the preview: preview it again.")
    error = serializers.CharField(
        source="why_failed", allow_blank=True, help_text="Why the last preview or import failed, for people."
    )

    class Meta:
        model = Import
        fields = [
            *("id", "state", "name", "size_bytes", "sha256", "source", "country", "observed_on", "submit"),
            *("all_or_nothing", "headings", "samples", "columns", "decided", "is_outdated", "count", "error", "job"),
            *("uploaded_by", "previewed_at", "imported_at", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class ImportUploadWriter(StrictSerializer):
    """A list, and what it is."""

    file = serializers.FileField(
        allow_empty_file=True, help_text="XLSX, or CSV in UTF-8 or UTF-16, of at most 10 MB and 50,000 rows."
    )
    source = TextField(  # type: ignore[assignment]  # DRF has one too
        max_length=100,
        required=False,
        help_text="Name of the list, by which its firms are recognised; else the file's.",
    )
    country = TextField(required=False, validators=[check_country], help_text="Of rows that do not say, ISO 3166-1.")
    observed_on = DayField(required=False, help_text="The day for which the list holds; else that of the import.")


class ImportWriter(StrictSerializer):
    """How the list is read and used. Changing it needs a new preview."""

    source = TextField(max_length=100, required=False)  # type: ignore[assignment]  # DRF has one too
    country = TextField(required=False, validators=[check_country])
    observed_on = DayField(required=False, allow_null=True)
    submit = TrueOrFalseField(required=False, help_text="Put the firms into the review queue.")
    all_or_nothing = TrueOrFalseField(required=False, help_text="Write nothing if a single row is skipped.")
    columns = serializers.DictField(
        child=serializers.ChoiceField(choices=FIELDS), required=False, help_text="Those headings that change."
    )


class ImportDecisionWriter(StrictSerializer):
    """Which stored firm a row is."""

    row = WholeNumberField(min_value=1, max_value=2**31 - 1, help_text="Its number, as a spreadsheet shows it.")
    firm = TextField(
        max_length=32, allow_null=True, help_text=f"Id of the stored firm, `{NEW}`, or null to take it back."
    )


class ImportDecisionsWriter(StrictSerializer):
    """Which stored firms rows are."""

    decisions = serializers.ListField(child=ImportDecisionWriter(), min_length=1, max_length=MOST_DECISIONS)


class ImportWordWriter(StrictSerializer):
    """What a word means, for all rows, of this and every later list."""

    kind = serializers.ChoiceField(choices=CHOICES)
    text = TextField(max_length=LONGEST_TERM)
    code = TextField(max_length=40, help_text="Of an entry in use; of a province such as `2025:01`.")


class ImportRowChangeSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class ImportRowProblemSerializer(serializers.Serializer[Any]):
    column = serializers.CharField(allow_blank=True, help_text="The heading; empty where the whole row is meant.")
    code = serializers.CharField()
    detail = serializers.CharField(source="reason")
    could_be = serializers.ListField(child=serializers.CharField(), help_text="Stored firms that it likely is.")


class ImportRowLeftOutSerializer(serializers.Serializer[Any]):
    column = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    outcome = serializers.CharField()
    could_be = serializers.ListField(child=serializers.CharField())


class ImportRowSerializer(serializers.Serializer[Any]):
    """What would become, or became, of a row."""

    row = serializers.IntegerField(source="number")
    name = serializers.CharField(allow_blank=True)
    result = serializers.ChoiceField(choices=RESULTS)
    supplier = serializers.CharField(allow_blank=True, help_text="Id of the firm; in a preview empty of new ones.")
    said = serializers.DictField(child=serializers.CharField(), help_text="Text of the list, by field.")
    changes = ImportRowChangeSerializer(many=True)
    problems = ImportRowProblemSerializer(many=True, source="why_skipped")
    left_out = ImportRowLeftOutSerializer(many=True)


class ImportWordSerializer(serializers.Serializer[Any]):
    """A word that was not understood."""

    column = serializers.CharField()
    kind = serializers.ChoiceField(choices=CHOICES)
    text = serializers.CharField()
    outcome = serializers.CharField(help_text="unknown, ambiguous or superseded.")
    could_be = serializers.ListField(child=serializers.CharField())
    rows = serializers.IntegerField(help_text="In how many rows it stands.")


class ImportWordsSerializer(serializers.Serializer[Any]):
    results = ImportWordSerializer(many=True)


class ImportFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=Import.State.choices, label="The state.")

    class Meta:
        model = Import
        fields = ["state"]


@extend_schema_view(
    list=extend_schema(operation_id="imports_list", summary="Lists of firms that were sent, newest first (staff)"),
    retrieve=extend_schema(operation_id="imports_retrieve", summary="A list that was sent (staff)"),
)
class ImportViewSet(ResourceViewSet[Import]):
    """Lists of firms: uploaded, mapped, previewed, confirmed. Only staff see them."""

    queryset: QuerySet[Import] = Import.objects.select_related("uploaded_by", "job")
    serializer_class = ImportSerializer
    writer_class = ImportWriter
    filterset_class = ImportFilters
    permission_classes = [SignedIn]
    parser_classes = [UploadParser, StrictJSONParser]
    ordering: tuple[str, ...] = CursorPages.ordering

    @extend_schema(
        operation_id="imports_upload",
        summary="Send a list of firms (staff)",
        request={"multipart/form-data": ImportUploadWriter},
        responses={201: ImportSerializer},
    )
    def create(self, request: Request) -> Response:
        """It is read, and the meaning of its columns proposed. Nothing is imported yet."""
        return self.answer(lists.upload_list(**self.read(ImportUploadWriter), by=request.auth), status=201)

    @extend_schema(
        operation_id="imports_change",
        summary="Say what columns mean, and how the list is used (staff)",
        request=ImportWriter,
        responses=ImportSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk, values = self.expected_version(), self.get_object().pk, self.read(partial=True)
        return self.answer(lists.change_list(import_id=pk, values=values, by=request.auth, expected_version=version))

    @extend_schema(
        operation_id="imports_remove", summary="Throw away a list that was not imported (staff)", responses={204: None}
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        lists.remove_list(import_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    @act(
        NothingWriter,
        operation_id="imports_preview",
        summary="Find what would become of each row (staff)",
        answer={202: JobSerializer},
    )
    def preview(self, request: Request, id: str) -> Response:  # noqa: A002
        """A job; nothing is written. One list at a time."""
        self.read()
        return accepted(request, lists.request_preview(import_id=self.get_object().pk, by=request.auth))

    @act(
        NothingWriter,
        operation_id="imports_confirm",
        summary="Write what the preview showed (staff)",
        answer={202: JobSerializer},
    )
    def confirm(self, request: Request, id: str) -> Response:  # noqa: A002
        """A job, whose file says what became of each row. Where it fails or is cancelled, nothing is written."""
        self.read()
        return accepted(request, lists.confirm_list(import_id=self.get_object().pk, by=request.auth))

    @act(
        ImportDecisionsWriter,
        operation_id="imports_decide",
        summary="Say which stored firms rows are, or that they are new (staff)",
        answer=ImportSerializer,
    )
    def decide(self, request: Request, id: str) -> Response:  # noqa: A002
        decisions = {each["row"]: each["firm"] for each in self.read()["decisions"]}
        return self.answer(lists.decide_rows(import_id=self.get_object().pk, decisions=decisions, by=request.auth))

    @act(
        ImportWordWriter,
        operation_id="imports_teach",
        summary="Say what a word means, for all rows and later lists (staff)",
        answer=ImportSerializer,
    )
    def teach(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.answer(lists.teach_word(import_id=self.get_object().pk, by=request.auth, **self.read()))

    @extend_schema(
        operation_id="imports_rows",
        summary="What would become, or became, of each row, in the list's order (staff)",
        parameters=[OpenApiParameter("result", enum=[result.value for result in Result])],
        responses=ImportRowSerializer(many=True),
    )
    @action(detail=True, filterset_class=None, parameters=CursorPages.parameters | {"result"})
    def rows(self, request: Request, id: str) -> Response:  # noqa: A002
        rows = self.get_object().rows.all()
        self.ordering = ("number",)
        if "result" in request.query_params:
            wanted = serializers.ChoiceField(choices=RESULTS).run_validation(request.query_params["result"])
            rows = rows.filter(result=wanted)
        page: Any = self.paginate_queryset(rows) or []  # type: ignore[arg-type]
        return self.get_paginated_response(ImportRowSerializer(page, many=True).data)

    @extend_schema(
        operation_id="imports_words",
        summary="Words that were not understood, the most frequent first (staff)",
        responses=ImportWordsSerializer,
    )
    @action(detail=True, filterset_class=None)
    def words(self, request: Request, id: str) -> Response:  # noqa: A002
        found = words_of(self.get_object())
        return tagged(request, ImportWordsSerializer({"results": found}).data, version=NO_VERSION)
